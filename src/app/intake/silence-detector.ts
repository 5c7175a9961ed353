import type { Instant } from "../../core/ids.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import type { Policy } from "../../core/policy/model.ts";
import {
  type ActiveExpectation,
  deploymentsConcerned,
  heardNotice,
  heartbeatSilence,
  type LastHeard,
  runSilence,
  silentNotice,
  whatIsMissed,
  zoneOfExpectation,
} from "../../core/reassessment/missing-signals.ts";
import {
  conditionOf,
  identityOf,
  noticeBody,
  type SilenceNotice,
} from "../../core/reassessment/silence-notice.ts";
import { parseRfc3339 } from "../../core/time.ts";
import type { Journal } from "../journal.ts";
import type { Clock, ConditionRow, Random, Store } from "../ports.ts";
import { createExpectationStart } from "./expectation-start.ts";
import { firingOf } from "./live-conditions.ts";

/**
 * Detects expected signals that are missing. A silence is stored as a delivery, under an id
 * computed from what happened, so that other replicas and later runs find it already stored.
 */
export interface SilenceDetector {
  /** Looks at everything that is expected, once. */
  look(): Promise<void>;
  /** Tells Holdpoint's own notices, each once. */
  tell(notices: readonly SilenceNotice[]): Promise<void>;
  /** Something could not be stored: from now on every heartbeat has one full period again. */
  deaf(): void;
}

export interface SilenceDetectorParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
}

export function createSilenceDetector({
  store,
  journal,
  clock,
  random,
}: SilenceDetectorParts): SilenceDetector {
  const standingUnder = createExpectationStart(store);
  let hearingSince = clock.now();
  /** Told by this process: telling them again would change nothing. */
  const told = new Set<string>();
  /**
   * Heard when last looked at, and nothing is left to be calmed. At a start nothing is known to be.
   */
  const quiet = new Set<string>();

  const tell = async (notices: readonly SilenceNotice[]): Promise<void> => {
    const news = notices.filter((notice) => !told.has(identityOf(notice)));
    if (news.length === 0) return;
    const now = clock.now();
    await store.storeDeliveries(
      news.map((notice) => ({
        id: random.id("d_"),
        source: ownSource,
        receivedAt: now,
        contentType: "application/json",
        body: noticeBody(notice),
        identity: identityOf(notice),
        attributes: {},
      })),
    );
    if (told.size > mostTold) told.clear();
    for (const notice of news) told.add(identityOf(notice));
  };

  const markQuiet = async (looked: readonly Looked[], ownWait: boolean): Promise<void> => {
    for (const { what, isQuiet } of looked) if (isQuiet) quiet.delete(what);
    const maybe = looked.filter(({ what, isQuiet }) => !isQuiet && !quiet.has(what));
    const rows = await stillFiring(store, journal, maybe);
    await tell(maybe.flatMap((looked) => endings(looked, rows)));
    if (ownWait) return; // a silence that was told may not have been counted yet
    const firing = new Set(rows.map(({ condition }) => condition));
    for (const { what } of maybe) if (!firing.has(conditionOf(what))) quiet.add(what);
  };

  const look = async (): Promise<void> => {
    const { org, rules } = await journal.look([]);
    if (org.policy === "") return;
    const policy = rules.policy(org.policy);
    const standing = await standingUnder(policy);
    if (standing.length === 0) return;
    const hearing = { now: clock.now(), hearingSince };
    const { heard, ownWait } = await lastHeard(store, standing);
    const looked = standing.map((expectation, at) =>
      lookAt(policy, { standing: expectation, heard: heard[at] ?? nothing, hearing }),
    );
    await tell(looked.flatMap(({ silent }) => silent ?? []));
    await markQuiet(looked, ownWait);
  };

  return {
    look,
    tell,
    deaf: () => {
      hearingSince = clock.now();
    },
  };
}

const mostTold = 10_000;

const nothing: LastHeard = { at: null, waitingSince: null };

/**
 * Of each expectation what was heard last, and whether notices of our own still wait to be looked
 * into.
 */
async function lastHeard(store: Store, standing: readonly ActiveExpectation[]) {
  const sources = [...new Set(standing.map(({ source }) => source))];
  const from = await store.heardFrom([...sources, ownSource]);
  const runs = standing.flatMap(({ source, expectation }) =>
    expectation.kind === "run"
      ? [{ source, deployment: expectation.deployment, suite: expectation.suite }]
      : [],
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
}

interface Looked {
  readonly standing: ActiveExpectation;
  readonly what: string;
  readonly zone: string;
  readonly heardAt: Instant | null;
  /**
   * Whether it is missing now, also while this process cannot know for how long it could not hear.
   */
  readonly isQuiet: boolean;
  readonly silent: SilenceNotice | null;
}

function lookAt(
  policy: Policy,
  {
    standing,
    heard,
    hearing,
  }: {
    readonly standing: ActiveExpectation;
    readonly heard: LastHeard;
    readonly hearing: { readonly now: Instant; readonly hearingSince: Instant };
  },
): Looked {
  const { expectation, expectedSince } = standing;
  const silenceFor = (hearingSince: Instant) =>
    expectation.kind === "heartbeat"
      ? heartbeatSilence(
          expectation,
          { expectedSince, heard: heard.at },
          { ...hearing, hearingSince },
        )
      : runSilence(expectation, { expectedSince, lastHeard: heard, now: hearing.now });
  const silence = silenceFor(hearing.hearingSince);
  const zone = zoneOfExpectation(expectation, policy.deployments);
  return {
    standing,
    what: whatIsMissed(standing),
    zone,
    heardAt: heard.at,
    isQuiet: silenceFor(expectedSince) !== null,
    silent: silence && silentNotice(standing, silence, zone),
  };
}

/** What was told of silences and has not been calmed, on cards that are still open. */
async function stillFiring(
  store: Store,
  journal: Journal,
  maybe: readonly Looked[],
): Promise<readonly ConditionRow[]> {
  if (maybe.length === 0) return [];
  const deployments = [
    ...new Set(maybe.flatMap(({ standing }) => deploymentsConcerned(standing.expectation))),
  ];
  const conditions = maybe.map(({ what }) => conditionOf(what));
  const work = await journal.look(deployments);
  const firing = deployments.flatMap((deployment) =>
    firingOf(work, { deployment, conditions, every: true }),
  );
  return firing.length === 0 ? [] : store.conditionsOf({ occurrences: [], firing });
}

/** Each silence that something was heard after. */
function endings(
  { standing, what, zone, heardAt }: Looked,
  rows: readonly ConditionRow[],
): readonly SilenceNotice[] {
  const occasions = rows
    .filter((row) => row.condition === conditionOf(what))
    .map((row) => parseRfc3339(row.occurrence));
  return [...new Set(occasions)].flatMap((occasion) =>
    occasion !== null && heardAt !== null && heardAt > occasion
      ? [heardNotice(standing, { occasion, at: heardAt, zone })]
      : [],
  );
}
