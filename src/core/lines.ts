import { chainOf, holders } from "./authority.ts";
import type { Line, Part } from "./card.ts";
import { enforcementLine, unconfirmedLine, unconfirmedLines } from "./enforcement-lines.ts";
import { absence, isKnownToSomebody, isSeen, nextOnTimeout } from "./escalation.ts";
import { caveatLine, detailLine, headline, signalsLine, summaryLine } from "./evidence-lines.ts";
import type { Commitment, Instant, PersonId } from "./ids.ts";
import type { Agreed } from "./log/entry.ts";
import { levelOf, stateWord } from "./posture.ts";
import { whoIsAsked } from "./reassessment.ts";
import { monitoringLine, retestLine } from "./retest-lines.ts";
import { newsIn } from "./since-lines.ts";
import { deploymentOf, isUnconfirmed, isUnmatched } from "./situation.ts";
import type { Decided, DeploymentState, EscalationState } from "./state.ts";
import {
  deadline,
  moment,
  nameOf,
  scopeWordsOf,
  type Telling,
  who,
  whoWithDuty,
} from "./telling.ts";
import { sharedLines, unmatchedNext } from "./unmatched-lines.ts";
import * as words from "./words.ts";
import * as request from "./words-request.ts";

/** What a card says, line by line, in the order a person needs it. Pure: told the state, the names and the time. */

/** Lines of a card below its title. */
export const mostLines = 9;

/** A text by its commitment, as untrusted words; erased ones say so. */
export const textOf = (telling: Telling, commitment: Commitment | ""): Part | null =>
  commitment === "" ? null : { untrusted: telling.texts.get(commitment) ?? words.erased };

/** As much of a text as a card has room for; the whole of it is in the record. */
export const shortTextOf = (telling: Telling, commitment: Commitment | ""): Part | null => {
  const text = textOf(telling, commitment);
  return text && { untrusted: words.clipped(words.plain([text]), 160) };
};

/** As much of it as a form has room for. */
const longTextOf = (telling: Telling, commitment: Commitment | ""): Part | null => {
  const text = textOf(telling, commitment);
  return text && { untrusted: words.clipped(words.plain([text]), 1_000) };
};

/** What was seen against its limit, or who opened it and why. */
export const seenLine = (telling: Telling, escalation: EscalationState): Line =>
  isUnconfirmed(escalation)
    ? unconfirmedLine(telling)
    : (headline(telling, escalation) ?? openedByPerson(telling, escalation));

const openedByPerson = (telling: Telling, escalation: EscalationState): Line => {
  const by: Line =
    escalation.openedBy === "" ? [words.stranger] : whoWithDuty(telling, escalation.openedBy);
  return words.openedWords(escalation.trigger, by, shortTextOf(telling, escalation.reason));
};

const decidesLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const { situation } = telling;
  if (isUnmatched(escalation)) return [unmatchedNext(telling)];
  const until = escalation.decideBy === null ? null : deadline(telling, escalation.decideBy);
  const { response, decider } = escalation;
  const next = nextOnTimeout(situation, escalation);
  const first =
    decider === ""
      ? words.nobodyDecides(until)
      : words.decidesWords(
          [who(telling, decider, true)],
          until,
          next ? [who(telling, next)] : null,
        );
  if (until === null || !response) return [first, words.noDeadline()];
  return [first, words.withoutAnswer(until, response, next ? who(telling, next) : null)];
};

const mayLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const people = [...holders(telling.situation, "restrict", escalation).keys()].filter(
    (one) => one !== escalation.decider,
  );
  return people.length > 0
    ? [words.mayRestrict(people.map((one) => whoWithDuty(telling, one)))]
    : [];
};

/** Of whoever took back what they did another line says so. */
const seenByLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const { acknowledgeMissed } = escalation;
  const isUnknown = !isKnownToSomebody(escalation);
  if (isUnknown || (acknowledgeMissed && !isSeen(escalation)))
    return [words.notSeen(acknowledgeMissed)];
  const by = seen(escalation).map(({ by, at, reason = "" }) =>
    words.seenAt(who(telling, by), moment(telling, at), shortTextOf(telling, reason)),
  );
  return by.length === 0 ? [] : [words.seenBy(by)];
};

/** Who has seen it: those who said so, else those who did less than the plan and so left it open. */
const seen = ({ acknowledged, decided }: EscalationState): EscalationState["acknowledged"] => {
  const at = decided?.at ?? 0;
  return acknowledged.length > 0 ? acknowledged : (decided?.people ?? []).map((by) => ({ by, at }));
};

/** The open card: what, how much, now, who until when, what else, who may, who has seen it. */
export const openLines = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const { posture } = telling.situation.state;
  if (isUnconfirmed(escalation)) return unconfirmedLines(telling, escalation);
  const seen = escalation.others
    ? sharedLines(telling, escalation)
    : [seenLine(telling, escalation)];
  const rest = [
    ...(posture ? [words.nowWords(scopeWordsOf(telling, posture.scope))] : []),
    ...decidesLine(telling, escalation),
    ...mayLine(telling, escalation),
    ...seenByLine(telling, escalation),
    ...undoneLine(telling, escalation),
    ...retestLine(telling, escalation),
    ...monitoringLine(telling, escalation, null),
    ...proposalLine(telling),
  ];
  return [...seen, ...besides(telling, escalation, mostLines - seen.length - rest.length), ...rest];
};

/**
 * What is good to know of the signals, in so many lines: two share one where there is little room, and the sender's words give
 * way to what somebody has to do. More… has it in full.
 */
const besides = (telling: Telling, escalation: EscalationState, room: number): readonly Line[] => {
  const summary = summaryLine(telling, escalation);
  const caveat = caveatLine(telling, escalation);
  const known = [...detailLine(telling, escalation), ...signalsLine(telling, escalation)];
  const isTight = summary.length + caveat.length + known.length > room;
  const facts = isTight ? joined(known) : known;
  const hasRoom = summary.length + caveat.length + facts.length <= room;
  return [...(hasRoom ? summary : []), ...caveat, ...facts];
};

const joined = (lines: readonly Line[]): readonly Line[] =>
  lines.length === 0 ? [] : [lines.flatMap((one, at) => (at === 0 ? one : [" · ", ...one]))];

/** "Undone 3 times by Dana Weiss": how often somebody stopped it and took that back. */
const undoneLine = (telling: Telling, { undone = [] }: EscalationState): readonly Line[] =>
  [...new Set(undone)].map((person) =>
    words.undone(undone.filter((one) => one === person).length, who(telling, person)),
  );

/** Who starts a resume now and who confirms it. */
const resumeLine = (telling: Telling, escalation: EscalationState | null): readonly Line[] => {
  const { situation } = telling;
  const starters = [...holders(situation, "start", escalation).keys()];
  const starter = starters.find((one) => absence(situation, one) === null) ?? starters[0];
  const confirmers = [...holders(situation, "confirm", escalation).keys()].filter(
    (one) => one !== starter,
  );
  if (starter === undefined || confirmers.length === 0) return [];
  return [
    words.toResume(
      [who(telling, starter)],
      confirmers.map((one) => who(telling, one)),
    ),
  ];
};

/** The resume that waits, for its second person or for an objection. */
export const proposalLine = (telling: Telling): readonly Line[] => {
  const { proposal } = telling.situation.state;
  if (!proposal) return [];
  if (proposal.waits)
    return [
      agreedLine(telling, proposal, proposal.waits),
      ...reasonsOf(telling, proposal.by, proposal),
      ...sinceRequest(telling),
    ];
  const confirmers = [...holders(telling.situation, "confirm", null).keys()].filter(
    (one) => one !== proposal.by && !proposal.confirmedBy.includes(one),
  );
  const until = deadline(telling, proposal.expires);
  return [
    request.waitsForSecond(
      proposal.to,
      starterOf(telling, proposal),
      confirmers.map((one) => who(telling, one, true)),
      until,
    ),
    ...reasonsOf(telling, proposal.by, proposal),
    ...sinceRequest(telling),
  ];
};

const starterOf = (telling: Telling, { by, links = {}, fromLinked }: Proposal): Line => [
  who(telling, by),
  ...linkMark(by, { byLink: Object.keys(links), fromLinked }),
];

/** Whose reason is whose, where several gave one. */
const reasonsOf = (
  telling: Telling,
  starter: PersonId | undefined,
  { reason, agreed }: Pick<Decided, "reason" | "agreed">,
): readonly Line[] => {
  const text = shortTextOf(telling, reason);
  const first = text && starter ? [request.because(who(telling, starter), text)] : [];
  return [...first, ...agreedLines(telling, agreed)];
};

/** Why each of those who agreed to a resume did. */
const agreedLines = (telling: Telling, agreed: readonly Agreed[] = []): readonly Line[] =>
  agreed.flatMap(({ person, reason }) => {
    const text = shortTextOf(telling, reason);
    return text ? [request.because(who(telling, person), text)] : [];
  });

/** What came in and was decided since a resume was asked for; nothing where nobody looked. */
const sinceRequest = (telling: Telling): readonly Line[] => {
  const { requested } = telling;
  if (requested === null) return [];
  const { since, decided } = requested;
  const decisions = decided.map((one) => outcomeLine(telling, null, one));
  const news = [...decisions, ...newsIn(telling, since)];
  const told = news.length > 0 || !since.isAll ? news : [[request.nothingNew]];
  return told.length === 0 ? [] : [request.since(told)];
};

/** What whoever confirms a resume reads before they do: each reason as it was given, and what is new since. */
export const beforeConfirming = (telling: Telling): readonly Line[] => {
  const { proposal } = telling.situation.state;
  if (!proposal || proposal.waits) return [];
  const asked = request.asked(
    starterOf(telling, proposal),
    moment(telling, proposal.at),
    longTextOf(telling, proposal.reason),
  );
  return [asked, ...agreedLines(telling, proposal.agreed), ...sinceRequest(telling)];
};

type Proposal = NonNullable<DeploymentState["proposal"]>;

/** A resume that everybody needed agreed to, and that waits for who may say that it was not them. */
const agreedLine = (
  telling: Telling,
  { to, by, confirmedBy, links = {}, fromLinked }: Proposal,
  { until, unless }: NonNullable<Proposal["waits"]>,
): Line =>
  words.agreedWords(
    to,
    words.listed(
      [by, ...confirmedBy].map(
        (one): Line => [
          who(telling, one),
          ...linkMark(one, { byLink: Object.keys(links), fromLinked }),
        ],
      ),
    ),
    deadline(telling, until),
    words.plain(
      words.listed(
        unless.map((one) => nameOf(telling, one)),
        "or",
      ),
    ),
  );

/** What stands behind the name of somebody whose word the operator could have given: in which of two ways. */
const linkMark = (
  person: string,
  {
    byLink = [],
    fromLinked = [],
  }: {
    readonly byLink?: readonly string[] | undefined;
    readonly fromLinked?: readonly string[] | undefined;
  },
): Line => {
  if (!byLink.includes(person)) return [];
  return [fromLinked.includes(person) ? words.fromLinked : words.byLink];
};

/** What was decided, when and by whom: "Paused 03:19 by Bob Okafor (on call)". */
export const outcomeLine = (
  telling: Telling,
  escalation: EscalationState | null,
  decided: Decided,
): Line => {
  const deployment = deploymentOf(telling.situation);
  const state = deployment ? stateWord(deployment, decided.after) : "paused";
  const what = words.done(decided.decision, decided.after, state, decided.undoes !== "");
  const at = moment(telling, decided.at);
  if (decided.cause !== "") {
    const seen = escalation?.acknowledged[0];
    const by =
      seen && decided.cause === "seen, not decided"
        ? words.seenAt(who(telling, seen.by), moment(telling, seen.at))
        : null;
    return words.byRule(what, at, decided.cause, by);
  }
  const people = words.listed(
    decided.people.map(
      (person): Line => [...whoWithDuty(telling, person), ...linkMark(person, decided)],
    ),
  );
  return words.outcome(what, at, decided.breakGlass ? words.alone(people) : people);
};

/** The decided card: outcome, by whom, why, told or not, deviation, when asked again, who can resume, record. */
export const decidedLines = (
  telling: Telling,
  escalation: EscalationState,
  decided: Decided,
): readonly Line[] => {
  const { state } = telling.situation;
  const asked = whoIsAsked(telling.situation).person;
  const index = telling.indexOf(decided.entry);
  const deviates = escalation.response !== null && decided.deviation !== "none";
  return [
    outcomeLine(telling, escalation, decided),
    ...reasonLine(telling, decided),
    ...proposalLine(telling),
    ...retestLine(telling, escalation),
    ...monitoringLine(telling, escalation, decided),
    ...changedSince(telling, decided),
    ...enforcementLine(telling, decided),
    ...(deviates ? [words.planWas(escalation.response, decided.deviation)] : []),
    ...(state.reassess && asked !== ""
      ? [againLine(telling, state.reassess.by, [who(telling, asked)])]
      : []),
    ...(restricted(telling) && !state.proposal ? resumeLine(telling, escalation) : []),
    ...signalsLine(telling, escalation),
    ...(index === null ? [] : [words.record(index)]),
  ];
};

const againLine = (telling: Telling, by: Instant, asked: Line): Line =>
  by <= telling.situation.now
    ? words.overdueSince(deadline(telling, by), asked)
    : words.againBy(deadline(telling, by), asked);

const reasonLine = (telling: Telling, decided: Decided): readonly Line[] => {
  if (decided.agreed) return reasonsOf(telling, decided.people[0], decided);
  const reason = shortTextOf(telling, decided.reason);
  if (reason) return [words.quoted(reason)];
  return decided.reasonToFollow ? [words.reasonToFollow()] : [];
};

/** Another decision since then: what is in force now. */
const changedSince = (telling: Telling, decided: Decided): readonly Line[] => {
  const { posture } = telling.situation.state;
  const same = !posture?.decided || posture.decided.entry === decided.entry;
  const said = decided.decision !== "retest" && decided.decision !== "monitor";
  return !posture || (same && said) ? [] : [words.nowWords(scopeWordsOf(telling, posture.scope))];
};

/** Whether a resume could widen anything now. */
export const restricted = (telling: Telling): boolean => {
  const deployment = deploymentOf(telling.situation);
  const { posture } = telling.situation.state;
  return Boolean(deployment && posture && levelOf(deployment, posture.scope) > 0);
};

/** The chain as a table: who decides, who is next. */
export const chainNames = (telling: Telling, escalation: EscalationState): readonly Line[] =>
  chainOf(telling.situation, escalation).map((person) => whoWithDuty(telling, person));
