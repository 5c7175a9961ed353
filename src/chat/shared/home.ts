import type { DueView, PersonView, PostureView } from "../../app/ports.ts";
import type { Button, Card, Line } from "../../core/card/card.ts";
import { clockWithZone } from "../../core/clock-text.ts";
import type { EscalationId, Instant } from "../../core/ids.ts";
import type { ButtonContext } from "./button-payload.ts";
import * as words from "./words.ts";

/** What one person looks at first, before a chat draws it. */

export interface HomeContext {
  /** The policy's key of a deployment's channel. */
  readonly channelOf: (deployment: string) => string;
  readonly now: Instant;
  /** Where the console is; null = nowhere. */
  readonly publicUrl: string | null;
}

/** One part of the home: a heading, and at most `most` items. */
export interface HomePart {
  readonly heading: string;
  readonly items: readonly HomeItem[];
  readonly most: number;
  /** Those behind `items` that were not drawn. */
  readonly undrawn: number;
  /** What to say where there is none; null = leave the part out. */
  readonly none: string | null;
}

export interface HomeItem {
  /** null = its lines say it. */
  readonly title: Line | null;
  readonly lines: readonly Line[];
  readonly buttons: readonly Button[];
  /** The escalation behind More…; null = there is none. */
  readonly more: EscalationId | null;
  readonly buttonContext: ButtonContext;
}

/**
 * The parts of the home: what the person may decide, what else is open, what is due, the postures.
 */
export function homeParts(view: PersonView, context: HomeContext): readonly HomePart[] {
  const zones = new Map(view.postures.map(({ id, timezone }) => [id, timezone]));
  return [
    {
      heading: words.mayDecide,
      items: view.mayDecide.map((item) => decidable(item, zones, context)),
      most: 8,
      undrawn: view.undrawn.mayDecide,
      none: words.nothingToDecide,
    },
    {
      heading: words.otherOpen,
      items: view.others.map((card) => brief(card, context)),
      most: 10,
      undrawn: view.undrawn.others,
      none: null,
    },
    {
      heading: words.due,
      items: view.due.map((due) => dueItem(due, context)),
      most: 10,
      undrawn: 0,
      none: null,
    },
    {
      heading: words.postures,
      items: view.postures.map((posture) => postureItem(posture, context)),
      most: 10,
      undrawn: 0,
      none: null,
    },
  ].filter(({ items, none }) => items.length > 0 || none !== null);
}

function decidable(
  { card, named, confirms, until }: PersonView["mayDecide"][number],
  zones: ReadonlyMap<string, string>,
  context: HomeContext,
): HomeItem {
  const end = until === null ? "" : clock(until, zones.get(card.deployment), context.now);
  return {
    title: card.title,
    lines: [
      [confirms ? words.yourWord(end) : words.yourTurn(named, end)],
      ...card.lines.slice(0, linesTold({ named, confirms })),
    ],
    buttons: card.buttons.flat().slice(0, 5),
    more: card.escalation,
    buttonContext: contextOf(card, context),
  };
}

/**
 * The fourth line names who decides, which the decider knows; who requested a resume, and to which
 * scope, comes after the outcome.
 */
const linesTold = ({ named, confirms }: { readonly named: boolean; readonly confirms: boolean }) =>
  confirms ? 6 : named ? 3 : 4;

/** A time with its zone: the deployment's, else UTC. */
const clock = (at: Instant, zone: string | undefined, now: Instant): string =>
  clockWithZone(at, zone ?? "UTC", now);

const contextOf = (card: Card, { channelOf }: HomeContext): ButtonContext => ({
  version: card.version,
  escalation: card.escalation,
  channel: channelOf(card.deployment),
});

const brief = (card: Card, context: HomeContext): HomeItem => ({
  title: card.title,
  lines: card.lines.slice(0, 2),
  buttons: [],
  more: card.escalation,
  buttonContext: contextOf(card, context),
});

const dueItem = (due: DueView, context: HomeContext): HomeItem => ({
  title: null,
  lines: [due.line],
  buttons: due.buttons.slice(0, 5),
  more: null,
  buttonContext: standing(due.deployment, due.version, context),
});

const standing = (
  deployment: string,
  version: number,
  { channelOf }: HomeContext,
): ButtonContext => ({
  version,
  escalation: "",
  channel: channelOf(deployment),
});

function postureItem(posture: PostureView, context: HomeContext): HomeItem {
  const since = clock(posture.since, posture.timezone, context.now);
  const by =
    posture.reassessBy === null ? "" : clock(posture.reassessBy, posture.timezone, context.now);
  const line: Line = [
    { untrusted: posture.name },
    ": ",
    { untrusted: posture.words },
    words.standingSince(since, by, posture.overdue),
  ];
  return {
    title: null,
    lines: [line],
    // Nothing is asked here, so no button is emphasized.
    buttons: posture.buttons.slice(0, 5).map((button): Button => ({ ...button, style: "plain" })),
    more: null,
    buttonContext: standing(posture.id, posture.version, context),
  };
}
