import {
  deploymentsConcerned,
  heardNotice,
  heartbeatSilence,
  type LastHeard,
  runSilence,
  type Standing,
  silentNotice,
  whatIsMissed,
  zoneOfExpectation,
} from "../core/expected.ts";
import type { Instant } from "../core/ids.ts";
import { conditionOf, identityOf, type Notice, noticeBody } from "../core/own-notice.ts";
import { ownSource } from "../core/policy/expectation.ts";
import type { Policy } from "../core/policy/model.ts";
import { parseRfc3339 } from "../core/time.ts";
import { createIntroduced } from "./introduced.ts";
import type { Journal } from "./journal.ts";
import { firingOf } from "./live-conditions.ts";
import type { Clock, ConditionRow, Random, Store } from "./ports.ts";

/**
 * Finds out what is not heard. A silence becomes a delivery like a sender's, stored once under a name that follows from what
 * happened: whoever finds it out too, later, or after a restart, finds it stored.
 */
export interface Expecting {
  /** Looks at everything that is expected, once. */
  look(): Promise<void>;
  /** Tells Holdpoint's own notices, each once. */
  tell(notices: readonly Notice[]): Promise<void>;
  /** Something could not be stored: from now on every heartbeat has one full period again. */
  deaf(): void;
}

export interface ExpectingParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
}

export const createExpecting = ({ store, journal, clock, random }: ExpectingParts): Expecting => {
  const standingUnder = createIntroduced(store);
  let hearingSince = clock.now();
  /** Told by this process: telling them again would change nothing. */
  const told = new Set<string>();
  /** Heard when last looked at, and nothing is left to be calmed. At a start nothing is known to be. */
  const calm = new Set<string>();

  const tell = async (notices: readonly Notice[]): Promise<void> => {
    const news = notices.filter((one) => !told.has(identityOf(one)));
    if (news.length === 0) return;
    const now = clock.now();
    await store.storeDeliveries(
      news.map((one) => ({
        id: random.id("d_"),
        source: ownSource,
        receivedAt: now,
        contentType: "application/json",
        body: noticeBody(one),
        identity: identityOf(one),
        attributes: {},
      })),
    );
    if (told.size > mostTold) told.clear();
    for (const one of news) told.add(identityOf(one));
  };

  const calmDown = async (looked: readonly Looked[], ownWait: boolean): Promise<void> => {
    for (const { what, isQuiet } of looked) if (isQuiet) calm.delete(what);
    const maybe = looked.filter(({ what, isQuiet }) => !isQuiet && !calm.has(what));
    const rows = await stillFiring(store, journal, maybe);
    await tell(maybe.flatMap((one) => endings(one, rows)));
    if (ownWait) return; // a silence that was told may not have been counted yet
    const firing = new Set(rows.map(({ condition }) => condition));
    for (const { what } of maybe) if (!firing.has(conditionOf(what))) calm.add(what);
  };

  const look = async (): Promise<void> => {
    const { org, rules } = await journal.look([]);
    if (org.policy === "") return;
    const policy = rules.policy(org.policy);
    const standing = await standingUnder(policy);
    if (standing.length === 0) return;
    const hearing = { now: clock.now(), hearingSince };
    const { heard, ownWait } = await lastHeard(store, standing);
    const looked = standing.map((one, at) => lookAt(policy, one, heard[at] ?? nothing, hearing));
    await tell(looked.flatMap(({ silent }) => silent ?? []));
    await calmDown(looked, ownWait);
  };

  return {
    look,
    tell,
    deaf: () => {
      hearingSince = clock.now();
    },
  };
};

const mostTold = 10_000;

const nothing: LastHeard = { at: null, waitingSince: null };

/** Of each expectation what was heard last, and whether notices of our own still wait to be looked into. */
const lastHeard = async (store: Store, standing: readonly Standing[]) => {
  const sources = [...new Set(standing.map(({ source }) => source))];
  const from = await store.heardFrom([...sources, ownSource]);
  const runs = standing.flatMap(({ source, expectation: one }) =>
    one.kind === "run" ? [{ source, deployment: one.deployment, suite: one.suite }] : [],
  );
  const lastRuns = runs.length > 0 ? await store.lastRuns(runs) : [];
  let next = 0;
  const heard = standing.map(({ source, expectation }): LastHeard => {
    const known = from.get(source) ?? nothing;
    if (expectation.kind === "heartbeat") return known;
    const at = lastRuns[next] ?? null;
    next += 1;
    return { ...known, at };
  });
  return { heard, ownWait: (from.get(ownSource)?.waitingSince ?? null) !== null };
};

interface Looked {
  readonly standing: Standing;
  readonly what: string;
  readonly zone: string;
  readonly heardAt: Instant | null;
  /** Whether it is missing now, also while this process cannot know for how long it could not hear. */
  readonly isQuiet: boolean;
  readonly silent: Notice | null;
}

const lookAt = (
  policy: Policy,
  standing: Standing,
  heard: LastHeard,
  hearing: { readonly now: Instant; readonly hearingSince: Instant },
): Looked => {
  const { expectation, introduced } = standing;
  const silenceFor = (hearingSince: Instant) =>
    expectation.kind === "heartbeat"
      ? heartbeatSilence(expectation, introduced, heard.at, { ...hearing, hearingSince })
      : runSilence(expectation, introduced, heard, hearing.now);
  const silence = silenceFor(hearing.hearingSince);
  const zone = zoneOfExpectation(expectation, policy.deployments);
  return {
    standing,
    what: whatIsMissed(standing),
    zone,
    heardAt: heard.at,
    isQuiet: silenceFor(introduced) !== null,
    silent: silence && silentNotice(standing, silence, zone),
  };
};

/** What was told of silences and has not been calmed, on cards that are still open. */
const stillFiring = async (
  store: Store,
  journal: Journal,
  maybe: readonly Looked[],
): Promise<readonly ConditionRow[]> => {
  if (maybe.length === 0) return [];
  const deployments = [
    ...new Set(maybe.flatMap(({ standing }) => deploymentsConcerned(standing.expectation))),
  ];
  const conditions = maybe.map(({ what }) => conditionOf(what));
  const desk = await journal.look(deployments);
  const firing = deployments.flatMap((one) => firingOf(desk, one, conditions, { every: true }));
  return firing.length === 0 ? [] : store.conditionsOf({ occurrences: [], firing });
};

/** Each silence that something was heard after. */
const endings = (
  { standing, what, zone, heardAt }: Looked,
  rows: readonly ConditionRow[],
): readonly Notice[] => {
  const occasions = rows
    .filter((row) => row.condition === conditionOf(what))
    .map((row) => parseRfc3339(row.occurrence));
  return [...new Set(occasions)].flatMap((occasion) =>
    occasion !== null && heardAt !== null && heardAt > occasion
      ? [heardNotice(standing, occasion, heardAt, zone)]
      : [],
  );
};
