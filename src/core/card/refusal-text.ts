import { nothingYet } from "../decision/monitoring.ts";
import type { EscalationId, Instant, PersonId } from "../ids.ts";
import { isDenial, type Refusal } from "../state/refusal.ts";
import { deploymentOf, isUnconfirmed } from "../state/situation.ts";
import * as identity from "../words/account-linking.ts";
import { refusedInDoubt } from "../words/in-doubt.ts";
import * as typed from "../words/typed-line.ts";
import * as words from "../words/words.ts";
import type { Button } from "./card.ts";
import { choicesOf, type TypedRequest } from "./next-step-buttons.ts";
import { clock, clockInZone, nameOf, scopeWordsOf, type ViewContext } from "./view-context.ts";

/**
 * A refusal in words: what happened, why, and who can or what to do next, with the next step as
 * buttons.
 */
export interface Explained {
  readonly text: string;
  readonly choices: readonly Button[];
}

const did: Readonly<Record<string, string>> = {
  ack: "Not acknowledged",
  narrow: "Not narrowed",
  pause: "Not paused",
  resume: "Not resumed",
  keep: "Not kept",
  retest: "No re-test requested",
  monitor: "No monitoring added",
  reassess: "Not brought forward",
  away: "Not set",
};

/**
 * Writes a refusal. `actor` is who asked, null for a stranger; `asked` what they said, so that a
 * mistyped name can be put right by a press.
 */
export function refusalText(
  view: ViewContext,
  {
    refusal,
    actor,
    asked,
  }: { readonly refusal: Refusal; readonly actor: PersonId | null; readonly asked: TypedRequest },
): Explained {
  const text = textOf(view, refusal, actor);
  const choices = choicesOf(view, refusal, asked);
  const kept = choices.find(({ form }) => form?.reason)?.form?.reason ?? "";
  const words = kept === "" ? givenBack(refusal, asked.reason) : typed.kept(kept);
  return { text: words === "" ? text : `${text} ${words}`, choices };
}

/**
 * A reason that no next step carries is said, so that it can be used again. Only of an attempt
 * without the right to it is it on the record.
 */
function givenBack(refusal: Refusal, reason: string): string {
  if (reason === "") return "";
  return isDenial(refusal) ? typed.wasGiven(reason) : typed.notRecorded(reason);
}

const nameOfDeployment = (view: ViewContext): string =>
  deploymentOf(view.situation)?.name ?? view.situation.state.id;

const names = (view: ViewContext, people: readonly PersonId[], last = "or"): string =>
  words.plain(
    words.listed(
      people.map((person) => nameOf(view, person)),
      last,
    ),
  );

function postureNow(view: ViewContext): string {
  const { posture } = view.situation.state;
  return posture ? scopeWordsOf(view, posture.scope) : "not known to the policy";
}

function notAuthorized(
  view: ViewContext,
  refusal: Extract<Refusal, { refused: "not-authorized" }>,
  actor: PersonId | null,
): string {
  const asked = refusal.asked.replace(/^breakglass /, "");
  const start = did[asked] ?? "Not done";
  const verb = asked === "ack" ? "acknowledge" : asked;
  const alone = asked === refusal.asked ? `cannot ${verb}` : `cannot use breakglass for`;
  const you = actor ? `${nameOf(view, actor).split(" ")[0]}, you` : "You";
  const why =
    refusal.bar === "owner" ? ": its release owner is never one of the people behind a resume" : "";
  const moves = ["narrow", "pause", "resume", "keep"].includes(asked);
  const stays = moves && view.situation.state.posture ? `; it stays ${postureNow(view)}` : "";
  const still = refusal.mayRestrict ? " You may still pause or narrow." : "";
  return `${start}. ${you} ${alone} ${nameOfDeployment(view)}${why}${stays}. ${whoCan(view, refusal)}${still}`;
}

function whoCan(
  view: ViewContext,
  refusal: Extract<Refusal, { refused: "not-authorized" }>,
): string {
  const { now, state } = view.situation;
  const { proposal } = state;
  const resumes = refusal.asked === "resume";
  const waits = resumes && proposal !== null && !proposal.waits && proposal.expires > now;
  if (waits && refusal.confirmers.length > 0)
    return `${nameOf(view, proposal.by)} requested it; ${names(view, refusal.confirmers)} must approve.`;
  if (refusal.who.length === 0 || (resumes && refusal.confirmers.length === 0))
    return "The policy names nobody who could right now; its owner can adopt a policy that does.";
  if (refusal.confirmers.length > 0)
    return `${names(view, refusal.who)} requests it, then ${names(view, refusal.confirmers)} approves.`;
  return `${names(view, refusal.who)} can.`;
}

function undoWhy(view: ViewContext, refusal: Extract<Refusal, { refused: "no-undo" }>): string {
  const until = refusal.until === null ? "" : clockInZone(view, refusal.until);
  switch (refusal.because) {
    case "none":
      return "there is no restriction to undo. To widen it, request a resume.";
    case "not-yours":
      return `${ownUndo(view, refusal.until)} A resume needs two people.`;
    case "no-longer":
      return "the policy no longer lets you restrict it. A resume needs two people.";
    case "decided-since":
      return "somebody decided since. A resume needs two people.";
    case "too-late":
      return `that was possible until ${until}. A resume needs two people.`;
    case "by-link":
      return "with a login link of the operator you can undo only what was done with that link. A resume needs two people.";
    case "too-often":
      return "you have undone it three times already. A resume needs two people.";
    case "others-open":
      return "something else is open here. Decide that first, or resume with two people.";
  }
}

/** Whose it is to take back, and until when. */
function ownUndo(view: ViewContext, until: Instant | null): string {
  const { now, state } = view.situation;
  const [by] = state.lastDecision?.people ?? [];
  const who = by === undefined ? "who made it" : nameOf(view, by);
  if (until === null) return `only ${who} can undo it.`;
  const time = clockInZone(view, until);
  return until < now
    ? `only ${who} could undo it, until ${time}.`
    : `only ${who} can undo it, until ${time}.`;
}

function stale(view: ViewContext, refusal: Extract<Refusal, { refused: "stale" }>): string {
  const by = refusal.by.length > 0 ? names(view, refusal.by, "and") : "the policy";
  const index = refusal.entry ? view.indexOf(refusal.entry) : null;
  const record = index === null ? "" : ` (record ${index})`;
  return `Nothing changed: ${by} decided at ${clock(view, refusal.at)}${record}; it is now ${postureNow(view)}. Look at the card and press again.`;
}

function newAccounts(
  view: ViewContext,
  { people, until, confirmers }: Extract<Refusal, { refused: "new-accounts" }>,
): string {
  const whose = `the account${people.length > 1 ? "s" : ""} of ${names(view, people, "and")}`;
  const others =
    confirmers.length > 0
      ? `${names(view, confirmers)} can approve it now; or approve it again`
      : "Try again";
  return `Not resumed: ${whose} changed a short time ago, and a resume needs somebody whose account has not. ${others} from ${clockInZone(view, until)}. It stays ${postureNow(view)}.`;
}

const did3 = (names: readonly string[]): string =>
  names.length > 0 ? ` Did you mean: ${names.join(", ")}?` : "";

function textOf(view: ViewContext, refusal: Refusal, actor: PersonId | null): string {
  if (isAboutIdentity(refusal))
    return identity.notLinked(refusal, (person) => nameOf(view, person));
  return isAboutWords(refusal) ? wordsText(view, refusal) : stateText(view, refusal, actor);
}

const aboutWords = [
  "unknown-deployment",
  "unknown-escalation",
  "unknown-scope",
  "unknown-person",
  "unknown-watch",
  "unknown-command",
  "not-a-time",
  "in-the-past",
  "usage",
  "several-called",
  "unknown-group",
  "one-by-one",
  "odd-words",
  "say-plainly",
  "too-long",
  "too-long-for-form",
  "needs-reason",
  "not-a-person",
  "asks-only",
  "stranger",
  "not-a-reader",
  "reads-only",
  "no-reason-asked",
  "no-login-link",
] as const;

/** Refused for what was typed or by whom, before the state of anything was looked at. */
type AboutWords = Extract<Refusal, { readonly refused: (typeof aboutWords)[number] }>;

const isAboutIdentity = (refusal: Refusal): refusal is identity.IdentityRefusal =>
  identity.aboutIdentity.some((kind) => kind === refusal.refused);

const isAboutWords = (refusal: Refusal): refusal is AboutWords =>
  aboutWords.some((aboutWord) => aboutWord === refusal.refused);

function wordsText(view: ViewContext, refusal: AboutWords): string {
  switch (refusal.refused) {
    case "unknown-deployment":
      return `No deployment “${refusal.name}”.${did3(refusal.nearest)}`;
    case "unknown-escalation":
      return `No escalation “${refusal.name}” is known.${did3(refusal.nearest)}`;
    case "unknown-scope":
      return `${nameOfDeployment(view)} has no scope “${refusal.name}”.${did3(refusal.nearest)}`;
    case "unknown-person":
      return `The policy does not name “${refusal.name}”.${did3(refusal.nearest)}`;
    case "unknown-watch":
      return `No rule or source of the policy is called “${refusal.name}”.${did3(refusal.nearest)} Or say: ${nothingYet}.`;
    case "unknown-command":
      return `No command “${refusal.name}”.${did3(refusal.nearest)} Say help for all of them.`;
    case "needs-reason":
      return `A reason is needed: ${refusal.line} because …`;
    case "no-reason-asked":
      return "No decision of yours here waits for a reason. Nothing changed.";
    case "no-login-link":
      return "No login link that was made for you is open. Nothing changed.";
    case "not-a-time":
      return `“${refusal.text}” is not a time that I understand. Try 30m, 4h, 3d, 2026-12-01, tomorrow or friday.`;
    case "in-the-past":
      return `“${refusal.text}” is in the past. Nothing changed.`;
    case "asks-only":
      return `Only questions are answered here, and ${refusal.verb} is none. Nothing changed. Ask with status, who, decisions, record, policy, figures, audit or prove.`;
    case "not-a-person":
      return "Only people decide. A service may send evidence as a signed webhook.";
    case "stranger":
      return "The policy does not name you, so nothing was changed. The release owner can add you to it.";
    case "not-a-reader":
      return "The policy says who may read, and you are not among them. Whoever keeps the policy can add you to its readers.";
    case "reads-only":
      return "By the policy you may read and ask, and nothing else, so nothing was changed. Say who and the deployment for whom to ask.";
    case "usage":
      return `${refusal.problem} Like this: ${refusal.usage}`;
    case "several-called":
      return typed.severalCalled(refusal.name, refusal.nearest);
    case "unknown-group":
      return typed.unknownGroup(refusal.name, refusal.nearest);
    case "one-by-one":
      return typed.oneByOne(refusal.name, refusal.nearest);
    case "odd-words":
      return typed.oddWords(refusal.words, refusal.usage);
    case "say-plainly":
      return typed.sayPlainly(refusal.typed, refusal.verb);
    case "too-long":
      return typed.tooLong(refusal.length, refusal.most);
    case "too-long-for-form":
      return typed.tooLongForForm(refusal.length, refusal.most);
  }
}

const waiting = (deliveries: number): string =>
  deliveries > 1
    ? `${deliveries} deliveries that are still being read were`
    : "a delivery that is still being read was";

const isAboutGateways = ({ situation }: ViewContext, id: EscalationId): boolean =>
  situation.state.escalations.some(
    (escalation) => escalation.id === id && isUnconfirmed(escalation),
  );

function stateText(
  view: ViewContext,
  refusal: Exclude<Refusal, AboutWords | identity.IdentityRefusal>,
  actor: PersonId | null,
): string {
  switch (refusal.refused) {
    case "not-authorized":
      return notAuthorized(view, refusal, actor);
    case "closed":
      return `${refusal.escalation} is closed. Nothing changed; name the deployment instead, or raise a new one.`;
    case "acknowledge-only":
      return isAboutGateways(view, refusal.escalation)
        ? `Nothing is left to decide about ${refusal.escalation}: restore the gateway or apply the change manually. It can be acknowledged.`
        : `No trigger matches what ${refusal.escalation} reports. Acknowledge it, or narrow or pause the deployment.`;
    case "rehearsing":
      return `${refusal.escalation} is a rehearsal of it and goes on. Answer it as if it were real, or let its time pass; then rehearse again.`;
    case "only-rehearsed":
      return `${refusal.escalation} is a rehearsal: nothing has changed by it, so there is nothing to take back or to explain.`;
    case "rehearsed":
      return `The rehearsal ${refusal.escalation} is closed, and it changed nothing. For a real decision, name the deployment.`;
    case "already-acknowledged":
      return `You acknowledged ${refusal.escalation} at ${clock(view, refusal.at)} already.`;
    case "several-open":
      return `Several are open: ${refusal.escalations.join(", ")}. Say which one, e.g. ${refusal.asked} ${refusal.escalations[0]}.`;
    case "nothing-open":
      return refusal.deployment
        ? `Nothing is open for ${refusal.deployment}.`
        : "Nothing is open here.";
    case "others-open":
      return `${did[refusal.asked] ?? "Not done"}: ${refusal.escalations.join(", ")} ${refusal.escalations.length === 1 ? "is" : "are"} open. Decide that first; it stays ${postureNow(view)}.`;
    case "stale":
      return stale(view, refusal);
    case "not-wider":
      return `Nothing changed: ${nameOfDeployment(view)} is ${postureNow(view)}, and ${refusal.to} is not wider. To restrict, say narrow or pause.`;
    case "name-scope":
      return `No restriction came before this one, so say to which scope: ${refusal.scopes.join(", ")}.`;
    case "already-widest":
      return `Nothing changed: ${nameOfDeployment(view)} is ${postureNow(view)} already.`;
    case "already-narrowest":
      return `Nothing changed: ${nameOfDeployment(view)} is ${postureNow(view)}; only a pause is narrower.`;
    case "waits-for-second":
      return `You have already requested it. ${names(view, refusal.confirmers)} must approve by ${clockInZone(view, refusal.expires)}; until then it stays ${postureNow(view)}.`;
    case "takes-effect-later":
      return `Agreed already by ${names(view, refusal.by, "and")}. ${words.plain(words.takesEffect(clockInZone(view, refusal.until), names(view, refusal.unless)))}; until then it stays ${postureNow(view)}.`;
    case "new-accounts":
      return newAccounts(view, refusal);
    case "other-proposal":
      return `A resume to ${refusal.to} is waiting for approval. Approve that one, or wait until it expires.`;
    case "still-reading":
      return `Nothing changed: ${waiting(refusal.deliveries)} accepted before this and may be about it. It stays ${postureNow(view)}; try again in a moment.`;
    case "in-doubt":
      return `Nothing changed: ${nameOfDeployment(view)} stays ${postureNow(view)}. ${refusedInDoubt(refusal.sentence)}`;
    case "already-raised":
      return `${refusal.escalation} is open already for what people raise here. Say more in its thread, or decide it.`;
    case "no-undo":
      return `Not undone: ${undoWhy(view, refusal)}`;
    case "not-later":
      return `A review can be brought forward but not postponed: it is due ${clockInZone(view, refusal.by)}.`;
  }
}
