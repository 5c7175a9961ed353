import { inAll } from "../decision/authorized.ts";
import { live } from "../decision/resume-request.ts";
import { absence } from "../escalation/passing-on.ts";
import type { PersonId } from "../ids.ts";
import type { Agreed } from "../log/entry-fields.ts";
import { holders } from "../people/authority.ts";
import { barredUntil } from "../people/rebind.ts";
import type { Decided, EscalationState, Proposal } from "../state/state.ts";
import * as request from "../words/resume-request.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";
import { newsIn } from "./changes-lines.ts";
import { longTextOf, shortTextOf } from "./kept-text.ts";
import { linkMark } from "./link-mark.ts";
import { outcomeLine } from "./outcome-line.ts";
import { deadline, moment, nameOf, type ViewContext, who } from "./view-context.ts";

/** What a card says of a resume: who can start one, and the one that waits for its approval. */

/** Who starts a resume now and who confirms it. */
export function resumeLine(view: ViewContext, escalation: EscalationState | null): readonly Line[] {
  const { situation } = view;
  const starters = [...holders(situation, "start", escalation).keys()];
  const starter = starters.find((starter) => absence(situation, starter) === null) ?? starters[0];
  const confirmers = [...holders(situation, "confirm", escalation).keys()].filter(
    (person) => person !== starter,
  );
  if (starter === undefined || confirmers.length === 0) return [];
  return [
    words.toResume(
      [who(view, starter)],
      confirmers.map((confirmer) => who(view, confirmer)),
    ),
  ];
}

/** The resume that waits, for its second person or for an objection. */
export function proposalLine(view: ViewContext): readonly Line[] {
  const { proposal } = view.situation.state;
  if (!proposal) return [];
  if (proposal.waits)
    return [
      agreedLine(view, proposal, proposal.waits),
      ...reasonsOf(view, proposal.by, proposal),
      ...sinceRequest(view),
    ];
  const confirmers = inAll(view.situation, "confirm", live(view.situation)).filter(
    (person) => person !== proposal.by && !proposal.confirmedBy.includes(person),
  );
  const until = deadline(view, proposal.expires);
  return [
    request.waitsForSecond(proposal.to, {
      starter: starterOf(view, proposal),
      confirmers: confirmers.map((confirmer) => who(view, confirmer, true)),
      until,
    }),
    ...newAccountLines(view, [proposal.by, ...proposal.confirmedBy]),
    ...reasonsOf(view, proposal.by, proposal),
    ...sinceRequest(view),
  ];
}

/** Whose account is new, of those who have agreed so far: somebody else must not be. */
function newAccountLines(view: ViewContext, people: readonly PersonId[]): readonly Line[] {
  const until = barredUntil(view.situation, people);
  if (until === null) return [];
  return [
    request.newAccounts(
      people.map((person) => who(view, person)),
      deadline(view, until),
    ),
  ];
}

function starterOf(view: ViewContext, { by, links = {}, fromLinked }: Proposal): Line {
  return [who(view, by), ...linkMark(by, { byLink: Object.keys(links), fromLinked })];
}

/** Whose reason is whose, where several gave one. */
export function reasonsOf(
  view: ViewContext,
  starter: PersonId | undefined,
  { reason, agreed }: Pick<Decided, "reason" | "agreed">,
): readonly Line[] {
  const text = shortTextOf(view, reason);
  const first = text && starter ? [request.because(who(view, starter), text)] : [];
  return [...first, ...agreedLines(view, agreed)];
}

/** Why each of those who agreed to a resume did. */
function agreedLines(view: ViewContext, agreed: readonly Agreed[] = []): readonly Line[] {
  return agreed.flatMap(({ person, reason }) => {
    const text = shortTextOf(view, reason);
    return text ? [request.because(who(view, person), text)] : [];
  });
}

/** What came in and was decided since a resume was asked for; nothing where nobody looked. */
function sinceRequest(view: ViewContext): readonly Line[] {
  const { requested } = view;
  if (requested === null) return [];
  const { since, decided } = requested;
  const decisions = decided.map((decision) => outcomeLine(view, null, decision));
  const news = [...decisions, ...newsIn(view, since)];
  const told = news.length > 0 || !since.isAll ? news : [[request.nothingNew]];
  return told.length === 0 ? [] : [request.since(told)];
}

/**
 * What whoever confirms a resume reads before they do: each reason as it was given, and what is new
 * since.
 */
export function beforeConfirming(view: ViewContext): readonly Line[] {
  const { proposal } = view.situation.state;
  if (!proposal || proposal.waits) return [];
  const asked = request.asked(
    starterOf(view, proposal),
    moment(view, proposal.at),
    longTextOf(view, proposal.reason),
  );
  const people = [proposal.by, ...proposal.confirmedBy];
  return [
    asked,
    ...newAccountLines(view, people),
    ...agreedLines(view, proposal.agreed),
    ...sinceRequest(view),
  ];
}

/**
 * A resume that everybody needed agreed to, and that waits for who may say that it was not them.
 */
function agreedLine(
  view: ViewContext,
  { to, by, confirmedBy, links = {}, fromLinked }: Proposal,
  { until, unless }: NonNullable<Proposal["waits"]>,
): Line {
  return words.agreedWords(to, {
    people: words.listed(
      [by, ...confirmedBy].map(
        (person): Line => [
          who(view, person),
          ...linkMark(person, { byLink: Object.keys(links), fromLinked }),
        ],
      ),
    ),
    at: deadline(view, until),
    unless: words.plain(
      words.listed(
        unless.map((person) => nameOf(view, person)),
        "or",
      ),
    ),
  });
}
