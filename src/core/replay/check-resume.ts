import { inAll } from "../decision/authorized.ts";
import {
  confirmationsThatStand,
  live,
  secondsNeeded,
  starterStands,
} from "../decision/resume-request.ts";
import type { Millis, PersonId } from "../ids.ts";
import { isOwner } from "../people/authority.ts";
import { barredUntil } from "../people/rebind.ts";
import { levelOf, paused } from "../policy/posture.ts";
import { escalationIn, isAcknowledgeOnly, undecided } from "../state/situation.ts";
import type { Proposal } from "../state/state.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { checkOnCall } from "./check-passing.ts";
import { checkDeviation, checkHolds, checkSettles, type Governed } from "./check-rights.ts";
import { type Findings, inconsistent, listed, unauthorized } from "./finding.ts";
import { actorOf, governed, isFinding, type Moment } from "./moment.ts";

/** A resume: who requests it, who approves it, and that it does not happen without both. */

type Proposed = Moment<"decision.proposed">;
type Confirmed = Moment<"decision.confirmed">;
type Made = Moment<"decision.made">;

/** A request waits this long for its second person. */
const proposalLasts: Millis = 86_400_000;

export function* checkProposed(moment: Proposed): Findings {
  const { entry, situation, now } = moment;
  const here = governed(moment);
  if (isFinding(here)) return yield here;
  yield* checkStarter(moment);
  yield* checkTarget(moment, here, entry.to);
  yield* checkOthers(moment);
  if (situation.state.proposal !== null)
    yield inconsistent("it requests a resume while another one waits");
  if (entry.reason === "") yield inconsistent("it requests a resume without a reason");
  const needs = entry.authority === "breakGlass" ? 0 : secondsNeeded(situation, null);
  if (entry.needs !== needs)
    yield inconsistent(`it needs ${entry.needs} more people; by the policy that is ${needs}`);
  const expires = instantOf(entry.expires);
  if (expires <= now || expires > now + proposalLasts)
    yield inconsistent(`it waits until ${entry.expires}; a request waits a day at most`);
  yield* checkWaits(moment, needs === 0);
  yield* checkOnCall(moment);
}

/** Where nobody else is needed, it still waits for somebody to say that it was not them. */
function* checkWaits({ entry, now }: Proposed | Confirmed, isLast: boolean): Findings {
  const { takesEffect } = entry;
  if (isLast !== (takesEffect !== undefined))
    yield inconsistent(
      isLast
        ? "nobody else is needed, and it does not say when it takes effect"
        : "it takes effect although somebody else is needed",
    );
  if (takesEffect !== undefined && instantOf(takesEffect) <= now)
    yield inconsistent(`it takes effect at ${takesEffect}, when it had not been approved yet`);
}

function* checkStarter(moment: Proposed | Made): Findings {
  const { situation } = moment;
  const person = actorOf(moment);
  if (person === null) return;
  const barred = live(situation).some((found) => isOwner(situation, person, found));
  if (barred)
    yield unauthorized(`${person} is the release owner, who never stands behind a resume`);
  yield* checkHolds(moment, { person, capability: "start", escalations: live(situation) });
}

function* checkTarget(
  { situation }: Proposed | Made,
  { deployment, scope }: Governed,
  to: string,
): Findings {
  if (to !== paused && !deployment.scopes.some(({ id }) => id === to))
    yield inconsistent(`it resumes to “${to}”, which is no scope of “${situation.state.id}”`);
  if (levelOf(deployment, to) >= levelOf(deployment, scope))
    yield inconsistent(`it resumes from “${scope}” to “${to}”, which is no wider`);
}

/** Nothing is widened while another question about the deployment is open. */
function* checkOthers({ entry, situation }: Proposed | Made): Findings {
  const found = escalationIn(situation.state, entry.escalation || "HP-0");
  if (entry.escalation !== "" && (!found || isAcknowledgeOnly(found)))
    yield inconsistent(`it answers ${entry.escalation}, which nobody can decide now`);
  const others = undecided(situation.state).filter(({ id }) => id !== entry.escalation);
  if (others.length > 0)
    yield unauthorized(
      `it widens while ${listed(others.map(({ id }) => id))} waits for an answer, which is refused`,
    );
}

export function* checkConfirmed(moment: Confirmed): Findings {
  const { entry, situation } = moment;
  const { proposal } = situation.state;
  if (proposal === null || proposal.entry !== entry.proposal)
    return yield inconsistent(`it approves the resume ${entry.proposal}, which does not wait`);
  const person = actorOf(moment);
  if (person !== null) yield* checkSecond(moment, { person, proposal });
  yield* checkInTime(moment, proposal);
  const stand = confirmationsThatStand(situation, proposal);
  const needs = Math.max(0, secondsNeeded(situation, proposal) - stand.length - 1);
  if (entry.needs !== needs)
    yield inconsistent(`it needs ${entry.needs} more people; by the policy that is ${needs}`);
  yield* checkWaits(moment, needs === 0);
}

/** Whoever approves is another than the starter, is named for it, and is not the owner. */
function* checkSecond(
  { situation }: Confirmed | Made,
  { person, proposal }: { readonly person: PersonId; readonly proposal: Proposal },
): Findings {
  if (person === proposal.by)
    yield unauthorized(`${person} requested the resume, and cannot approve it as well`);
  const may = inAll(situation, "confirm", live(situation));
  if (!may.includes(person))
    yield unauthorized(
      `${person} approved the resume without the right to; those who had it: ${listed(
        may.filter((other) => other !== proposal.by),
      )}`,
    );
  if (proposal.confirmedBy.includes(person))
    yield unauthorized(`${person} had approved the resume already, and counts once`);
}

function* checkInTime({ now }: Confirmed | Made, { expires, waits }: Proposal): Findings {
  if (waits) yield inconsistent("it approves a resume that everybody needed had approved");
  else if (expires <= now)
    yield inconsistent(`it approves a resume whose time had passed on ${rfc3339(expires)}`);
}

export function* checkLapsed(moment: Moment<"decision.lapsed">): Findings {
  const { entry, situation, memory, now } = moment;
  const { proposal } = situation.state;
  const isAfter = proposal === null && memory.ended === entry.proposal;
  if (!isAfter && proposal?.entry !== entry.proposal)
    return yield inconsistent(`it ends the resume ${entry.proposal}, which does not wait`);
  if (proposal && entry.because === "time" && (proposal.waits || proposal.expires > now))
    yield inconsistent(
      `it ends the resume because its time had passed, which it had until ${rfc3339(proposal.waits?.until ?? proposal.expires)}`,
    );
}

/** A resume that is in force: by two people at least, or by break-glass. */
export function* checkResumed(moment: Made, here: Governed): Findings {
  const { entry, situation } = moment;
  const { proposal } = situation.state;
  yield* checkOthers(moment);
  const until = barredUntil(situation, entry.people);
  if (until !== null)
    yield unauthorized(
      `the accounts of all who widen it, ${listed(entry.people)}, are new until ${rfc3339(until)}`,
    );
  if (entry.authority === "breakGlass") yield* checkBroken(moment, proposal);
  else if (proposal === null || proposal.to !== entry.after)
    yield unauthorized(
      `it resumes to “${entry.after}” by ${listed(entry.people)}; nobody had requested that before, and a second person approved nothing`,
    );
  else yield* checkAgreed(moment, proposal);
  yield* checkTarget(moment, here, entry.after);
  const found = escalationIn(situation.state, entry.escalation || "HP-0");
  const isOpen = found?.status === "open";
  yield* checkSettles(moment, found && isOpen ? [found.id] : []);
  yield* checkDeviation(moment, isOpen && found.response ? "weaker" : "none");
}

/** Break-glass alone; where it waited for an objection, only after that time. */
function* checkBroken(moment: Made, proposal: Proposal | null): Findings {
  const { entry, now } = moment;
  if (entry.people.length !== 1)
    yield unauthorized(`break-glass is one person's; it names ${listed(entry.people)}`);
  yield* checkStarter(moment);
  if (proposal?.waits && proposal.authority === "breakGlass" && entry.surface === "tick")
    if (proposal.waits.until > now)
      yield inconsistent(`it takes effect before ${rfc3339(proposal.waits.until)}`);
}

function* checkAgreed(moment: Made, proposal: Proposal): Findings {
  const { entry, situation, now } = moment;
  const [starter, ...seconds] = entry.people;
  const needed = secondsNeeded(situation, proposal);
  if (starter !== proposal.by)
    yield unauthorized(`it names ${starter ?? "nobody"} as who requested it; ${proposal.by} did`);
  if (seconds.length < needed)
    yield unauthorized(
      `it is approved by ${listed(seconds)}; the policy asks for ${needed} besides who requested it`,
    );
  if (entry.authority !== `${proposal.authority}+widen.confirm`)
    yield unauthorized(`it was requested by ${proposal.authority}, and says ${entry.authority}`);
  if (!starterStands(situation, proposal))
    yield unauthorized(`${proposal.by}, who requested it, may not any more`);
  yield* checkSeconds(moment, proposal, seconds);
  if (proposal.waits && proposal.waits.until > now)
    yield inconsistent(`it takes effect before ${rfc3339(proposal.waits.until)}`);
  if (entry.reason !== proposal.reason)
    yield inconsistent("its reason is another than that of the request");
  yield* checkReasons(entry, proposal);
}

/** The reasons of those who approved are those that they gave. */
function* checkReasons({ agreed = [], people }: Made["entry"], proposal: Proposal): Findings {
  const given = new Map((proposal.agreed ?? []).map(({ person, reason }) => [person, reason]));
  const last = people.at(-1);
  for (const { person, reason } of agreed) {
    const isOwn = person === last && !proposal.waits;
    if (!people.slice(1).includes(person) || (!isOwn && given.get(person) !== reason))
      yield inconsistent(`it gives a reason of ${person} for approving, which they did not give`);
  }
}

/** Every approval is an entry of its own, but that of whoever completes it now. */
function* checkSeconds(moment: Made, proposal: Proposal, seconds: readonly PersonId[]): Findings {
  const stand = confirmationsThatStand(moment.situation, proposal);
  const last = proposal.waits ? null : (seconds.at(-1) ?? null);
  const untold = seconds.find((person) => person !== last && !stand.includes(person));
  if (untold !== undefined)
    yield unauthorized(`it counts the approval of ${untold}, of which no entry before tells`);
  if (last === null) return;
  yield* checkSecond(moment, { person: last, proposal });
  yield* checkInTime(moment, proposal);
}
