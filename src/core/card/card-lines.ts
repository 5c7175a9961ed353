import { actFirst } from "../decision/restrict.ts";
import { isSeen } from "../escalation/acknowledgement.ts";
import { isKnownToSomebody, nextOnTimeout } from "../escalation/passing-on.ts";
import type { Instant } from "../ids.ts";
import { chainOf, holders } from "../people/authority.ts";
import { ownSource } from "../policy/expectation.ts";
import { levelOf } from "../policy/posture.ts";
import { whoIsAsked } from "../reassessment/reassessment.ts";
import { deploymentOf, isUnconfirmed, isUnmatched } from "../state/situation.ts";
import type { Decided, EscalationState } from "../state/state.ts";
import { further, runbook } from "../words/evidence.ts";
import { stoppedTogether } from "../words/together.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";
import { enforcementLine, unconfirmedLine, unconfirmedLines } from "./enforcement-lines.ts";
import { caveatLine, detailLine, headline, signalsLine, summaryLine } from "./evidence-lines.ts";
import { shortTextOf } from "./kept-text.ts";
import { outcomeLine, seen } from "./outcome-line.ts";
import { followsLine } from "./overdue-line.ts";
import { proposalLine, reasonsOf, resumeLine } from "./resume-request-lines.ts";
import { monitoringLine, retestLine } from "./retest-lines.ts";
import { safeUrl } from "./safe-url.ts";
import { sharedLines, unmatchedNext } from "./unmatched-lines.ts";
import {
  deadline,
  moment,
  nameOf,
  scopeWordsOf,
  type ViewContext,
  who,
  whoWithDuty,
  whoWithTitle,
} from "./view-context.ts";
import { worsenedLine } from "./worsened-line.ts";

/**
 * What a card says, line by line, in the order a person needs it. Pure: told the state, the names
 * and the time.
 */

/** Lines of a card below its title. */
export const mostLines = 9;

/** What was seen against its limit, or who opened it and why. */
export function seenLine(view: ViewContext, escalation: EscalationState): Line {
  return isUnconfirmed(escalation)
    ? unconfirmedLine(view)
    : (headline(view, escalation) ?? openedByPerson(view, escalation));
}

function openedByPerson(view: ViewContext, escalation: EscalationState): Line {
  const by: Line =
    escalation.openedBy === "" ? [words.stranger] : whoWithDuty(view, escalation.openedBy);
  return words.openedWords(escalation.trigger, by, shortTextOf(view, escalation.reason));
}

function decidesLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const { situation } = view;
  if (isUnmatched(escalation)) return [unmatchedNext(view)];
  const until = escalation.decideBy === null ? null : deadline(view, escalation.decideBy);
  const { response, decider } = escalation;
  const next = nextOnTimeout(situation, escalation);
  const first =
    decider === ""
      ? words.nobodyDecides(until)
      : words.decidesWords(
          whoWithTitle(view, decider, true),
          until,
          next ? [who(view, next)] : null,
        );
  if (until === null || !response) return [first, words.noDeadline()];
  if (escalation.decided?.authority === actFirst && !next) return [first, words.staysSo(until)];
  return [
    first,
    words.withoutAnswer(
      until,
      response,
      next ? who(view, next) : null,
      furtherParts(view, escalation),
    ),
  ];
}

/** What the written response asks for besides what restricts. */
function furtherParts(
  view: ViewContext,
  { policy, trigger, response }: EscalationState,
): readonly string[] {
  const parts = view.situation.pinned(policy).triggers.get(trigger)?.parts ?? [];
  const main = parts.findIndex(({ kind }) => kind === response?.kind);
  return parts.flatMap((part, at) => {
    if (at === main || part.kind === "narrow" || part.kind === "pause") return [];
    if (part.kind === "monitor") return [further.monitor(part.monitor)];
    return [further.retest(part.suite, part.by === "" ? "" : nameOf(view, part.by))];
  });
}

/** What the policy did before anybody was asked. */
const doneAtOnce = (view: ViewContext, escalation: EscalationState): readonly Line[] =>
  escalation.decided?.authority === actFirst
    ? [outcomeLine(view, escalation, escalation.decided)]
    : [];

/** What to follow, as the rule that opened it says. */
function runbookLine(
  { situation }: ViewContext,
  { policy, trigger }: EscalationState,
): readonly Line[] {
  const link = safeUrl(situation.pinned(policy).triggers.get(trigger)?.runbook ?? "");
  return link ? [runbook(link.url, link.host)] : [];
}

function mayLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const people = [...holders(view.situation, "restrict", escalation).keys()].filter(
    (person) => person !== escalation.decider,
  );
  return people.length > 0
    ? [words.mayRestrict(people.map((person) => whoWithDuty(view, person)))]
    : [];
}

/** Of whoever took back what they did another line says so. */
function seenByLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const { acknowledgeMissed } = escalation;
  const isUnknown = !isKnownToSomebody(escalation);
  if (isUnknown || (acknowledgeMissed && !isSeen(escalation)))
    return [words.notSeen(acknowledgeMissed)];
  const by = seen(escalation).map(({ by, at, reason = "" }) =>
    words.seenAt(who(view, by), moment(view, at), shortTextOf(view, reason)),
  );
  return by.length === 0 ? [] : [words.seenBy(by)];
}

/** The open card: what, how much, now, who until when, what else, who may, who has seen it. */
export function openLines(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const { posture } = view.situation.state;
  if (isUnconfirmed(escalation)) return unconfirmedLines(view, escalation);
  const seen = escalation.others ? sharedLines(view, escalation) : [seenLine(view, escalation)];
  const rest = [
    ...decidedByLine(view, escalation),
    ...worsenedLine(view, escalation),
    ...(posture ? [words.nowWords(scopeWordsOf(view, posture.scope))] : []),
    ...doneAtOnce(view, escalation),
    ...decidesLine(view, escalation),
    ...runbookLine(view, escalation),
    ...mayLine(view, escalation),
    ...seenByLine(view, escalation),
    ...undoneLine(view, escalation),
    ...retestLine(view, escalation),
    ...monitoringLine(view, escalation, null),
    ...proposalLine(view),
  ];
  return [...seen, ...besides(view, escalation, mostLines - seen.length - rest.length), ...rest];
}

/**
 * What is good to know of the signals, in so many lines: two share one where there is little room,
 * and the sender's words give way to what somebody has to do. More… has it in full.
 */
function besides(view: ViewContext, escalation: EscalationState, room: number): readonly Line[] {
  const summary = summaryLine(view, escalation);
  const caveat = caveatLine(view, escalation);
  const known = [...detailLine(view, escalation), ...signalsLine(view, escalation)];
  const isTight = summary.length + caveat.length + known.length > room;
  const facts = isTight ? joined(known) : known;
  const hasRoom = summary.length + caveat.length + facts.length <= room;
  return [...(hasRoom ? summary : []), ...caveat, ...facts];
}

/** What earlier signals decided, of a rule that looks back: "3 of the last 5: 6.1 %, 5.4 %, 8.2 %". */
function decidedByLine(
  { situation }: ViewContext,
  { policy, trigger, because, verdict, seen: began }: EscalationState,
): readonly Line[] {
  const rule = situation.pinned(policy).triggers.get(trigger);
  const isSaid = began?.source === ownSource;
  return rule?.memory && verdict === "fired" && !isSaid ? [[{ untrusted: because }]] : [];
}

const joined = (lines: readonly Line[]): readonly Line[] =>
  lines.length === 0 ? [] : [lines.flatMap((line, at) => (at === 0 ? line : [" · ", ...line]))];

/** "Undone 3 times by Dana Weiss": how often somebody stopped it and took that back. */
const undoneLine = (view: ViewContext, { undone = [] }: EscalationState): readonly Line[] =>
  [...new Set(undone)].map((person) =>
    words.undone(undone.filter((id) => id === person).length, who(view, person)),
  );

/**
 * The decided card: outcome, by whom, why, told or not, deviation, when asked again, who can
 * resume, record.
 */
export function decidedLines(
  view: ViewContext,
  escalation: EscalationState,
  decided: Decided,
): readonly Line[] {
  const { state } = view.situation;
  const asked = whoIsAsked(view.situation).person;
  const index = view.indexOf(decided.entry);
  const deviates = escalation.response !== null && decided.deviation !== "none";
  return [
    outcomeLine(view, escalation, decided),
    ...reasonLine(view, decided),
    ...togetherLine(view, decided),
    ...proposalLine(view),
    ...retestLine(view, escalation),
    ...monitoringLine(view, escalation, decided),
    ...changedSince(view, decided),
    ...enforcementLine(view, decided),
    ...(deviates ? [words.planWas(escalation.response, decided.deviation)] : []),
    ...(state.reassess && asked !== ""
      ? [againLine(view, state.reassess.by, [who(view, asked)]), ...followsLine(view)]
      : []),
    ...(restricted(view) && !state.proposal ? resumeLine(view, escalation) : []),
    ...runbookLine(view, escalation),
    ...signalsLine(view, escalation),
    ...(index === null ? [] : [words.record(index)]),
  ];
}

/** Of a stop that was said of a group or a model: how many of them are back. */
function togetherLine({ together = null }: ViewContext, { group }: Decided): readonly Line[] {
  if (!group) return [];
  return [stoppedTogether(group.name, group.count, together?.back ?? null)];
}

const againLine = (view: ViewContext, by: Instant, asked: Line): Line =>
  by <= view.situation.now
    ? words.overdueSince(deadline(view, by), asked)
    : words.againBy(deadline(view, by), asked);

function reasonLine(view: ViewContext, decided: Decided): readonly Line[] {
  if (decided.agreed) return reasonsOf(view, decided.people[0], decided);
  const reason = shortTextOf(view, decided.reason);
  if (reason) return [words.quoted(reason)];
  return decided.reasonToFollow ? [words.reasonToFollow()] : [];
}

/** Another decision since then: what is in force now. */
function changedSince(view: ViewContext, decided: Decided): readonly Line[] {
  const { posture } = view.situation.state;
  const same = !posture?.decided || posture.decided.entry === decided.entry;
  const said = decided.decision !== "retest" && decided.decision !== "monitor";
  return !posture || (same && said) ? [] : [words.nowWords(scopeWordsOf(view, posture.scope))];
}

/** Whether a resume could widen anything now. */
export function restricted(view: ViewContext): boolean {
  const deployment = deploymentOf(view.situation);
  const { posture } = view.situation.state;
  return Boolean(deployment && posture && levelOf(deployment, posture.scope) > 0);
}

/** The chain as a table: who decides, who is next. */
export function chainNames(view: ViewContext, escalation: EscalationState): readonly Line[] {
  return chainOf(view.situation, escalation).map((person) => whoWithDuty(view, person));
}
