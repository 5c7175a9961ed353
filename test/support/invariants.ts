import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { wholeObserved } from "../../db/stored-signal.ts";
import { createJournal } from "../../src/app/journal.ts";
import { createPolicyCache } from "../../src/app/policy-cache.ts";
import type { Recorded, StreamName } from "../../src/app/ports.ts";
import { newestCard } from "../../src/app/reads/newest-escalation.ts";
import { createDoubts } from "../../src/app/self-check/doubts.ts";
import { createSelfCheck } from "../../src/app/self-check/self-check.ts";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import type { ObservedSignal } from "../../src/core/signal.ts";
import { deploymentsOf, emptyFold, foldDeployment, unheardOf } from "../../src/core/state/fold.ts";
import { foldNumbers, foldOrg } from "../../src/core/state/fold-org.ts";
import { rehearsalName } from "../../src/core/state/situation.ts";
import type {
  DeploymentState,
  EscalationState,
  NumbersState,
  OrgState,
} from "../../src/core/state/state.ts";
import { timeOf } from "../../src/core/time.ts";
import { unaccounted } from "./accounted.ts";
import { logKey, operatorToken } from "./keys.ts";
import { seededRandom } from "./random.ts";
import type { World } from "./world-shape.ts";

/** The promises P1–P12 over database, console and log, checked after every story. */
export async function assertInvariants(world: World): Promise<void> {
  const { store } = world.server();
  const recorded = await store.entriesFrom(0, 100_000);
  await nothingWaits(world);
  await everySignalIsAccountedFor(world);
  await theLogVerifies(world);
  await theTablesAreAFoldOfTheLog(world, recorded);
  await theServerTrustsTheRecord(world);
  everyDecisionHasAuthorityAndADate(recorded);
  everyReminderFiredOnce(recorded);
  nothingWidensByItself(recorded);
  noRehearsalMovesAnything(recorded);
  await everySurfaceShowsTheSame(world);
}

/** P1: what was accepted has been evaluated; what was committed has been sent. */
async function nothingWaits(world: World): Promise<void> {
  const { deliveries, outbox } = await world.server().store.backlog();
  expect({ deliveries, outbox }).toEqual({ deliveries: 0, outbox: 0 });
}

/**
 * P1: everything that a delivery reports is stored as a signal, or counted in a signal that reports
 * the loss, for every kind of source.
 */
async function everySignalIsAccountedFor(world: World): Promise<void> {
  const { store } = world.server();
  const rows = await world.database().query(
    `select d.id, d.source, encode(d.body, 'hex'), d.attributes::text,
       coalesce(json_agg(s.observed order by s.position) filter (where s.delivery is not null), '[]')::text
     from holdpoint.deliveries d left join (
       select distinct on (delivery, position) * from holdpoint.signals order by delivery, position) s on s.delivery = d.id
     where d.removed_at is null group by d.id, d.source, d.body, d.attributes`,
  );
  const { streams } = await store.read(["org"]);
  const org = streams.get("org")?.state as OrgState | null | undefined;
  const rules = createPolicyCache(store);
  await rules.load([org?.policy ?? ""]);
  const sources = org ? rules.policy(org.policy).sources : new Map();
  const wrong = rows.map(([id, source, body, attributes, observed]) => {
    const all = JSON.parse(String(observed)).map((item: unknown) => wholeObserved(item, ""));
    const item = accountOf(String(source), String(body), all);
    const isCut = Object.hasOwn(JSON.parse(String(attributes)), "too large");
    return { id, because: unaccounted({ ...item, isCut }, sources.get(item.source)) };
  });
  expect(wrong.filter(({ because }) => because !== null)).toEqual([]);
}

function accountOf(source: string, body: string, all: readonly ObservedSignal[]) {
  const isLoss = ({ condition }: ObservedSignal): boolean => condition.startsWith("lost:");
  const losses = all.filter(isLoss);
  return {
    source,
    body: Buffer.from(body, "hex").toString(),
    // The bounds of a run without a result come with its one signal.
    kept: all
      .filter((observed) => !isLoss(observed) && !observed.partial)
      .map(({ signal }) => signal.metric),
    // What cannot be counted, such as what was cut off, counts as at least one.
    lost: losses.reduce((sum, { signal }) => sum + (signal.value ?? 1), 0),
    isUnmapped: all.some(({ condition }) => condition.startsWith("unmapped:")),
  };
}

/**
 * P8: an auditor's offline check of an export says OK: the bytes are those that were signed, and
 * everything in it was done by somebody who had the right to and follows from what was before.
 */
async function theLogVerifies(world: World): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "holdpoint-export-"));
  const exported = await exportLog({ url: world.server().url, token: operatorToken }, dir);
  expect(exported).toMatchObject({ ok: true });
  const said: string[] = [];
  const code = await logVerify([dir, "--key", logKey.vkey, "--require", "key,meaning"], {
    out: (line) => void said.push(line),
  });
  expect({ code, said: said.join("\n") }).toMatchObject({
    code: 0,
    said: expect.stringContaining("OK"),
  });
}

/** P8: streams, escalations and due times rebuilt from the entries alone equal the tables. */
async function theTablesAreAFoldOfTheLog(
  world: World,
  recorded: readonly Recorded[],
): Promise<void> {
  const { store } = world.server();
  const { org, numbers, deployments, escalations } = folded(recorded);
  const names: StreamName[] = [
    "org",
    "numbers",
    ...[...deployments.keys()].map((id): StreamName => `deployment:${id}`),
  ];
  const { streams } = await store.read(names);
  expect(streams.get("org")?.state).toEqual(org);
  expect(streams.get("numbers")?.state ?? emptyFold.numbers).toEqual(numbers);
  for (const [id, state] of deployments)
    expect(streams.get(`deployment:${id}`)?.state).toEqual(state);
  for (const [id, state] of escalations) expect(await store.escalation(id)).toEqual(state);
  const live = [...escalations.values()]
    .filter(({ status }) => status !== "closed")
    .map(({ id }) => id);
  expect((await store.liveEscalations()).map(({ id }) => id).sort()).toEqual(live.sort());
}

/** P8: the running server, and a new one, find nothing in the tables that the log does not say. */
async function theServerTrustsTheRecord(world: World): Promise<void> {
  const { store } = world.server();
  const doubts = createDoubts();
  const kept = { read: () => null, write: () => undefined };
  const rules = createPolicyCache(store, { doubts, kept });
  let now = world.clock.now();
  const check = createSelfCheck({ store, rules, kept, clock: { now: () => now }, doubts });
  // The second look also compares the keys by which entries are found.
  for (let looks = 0; looks < 2; looks += 1) {
    await check.look();
    now += 60_000;
  }
  expect(doubts.all()).toEqual([]);
  const { body } = await world.get("/readyz");
  expect(body).toMatchObject({
    checks: expect.arrayContaining([{ name: "record", problem: null }]),
  });
}

interface Rebuilt {
  readonly org: OrgState;
  readonly numbers: NumbersState;
  readonly deployments: ReadonlyMap<string, DeploymentState>;
  readonly escalations: ReadonlyMap<EscalationId, EscalationState>;
}

/** The contents of the log, from its entries alone. */
function folded(recorded: readonly Recorded[]): Rebuilt {
  let { org, numbers } = emptyFold;
  const deployments = new Map<string, DeploymentState>();
  const escalations = new Map<EscalationId, EscalationState>();
  for (const { entry } of recorded) {
    org = foldOrg(org, entry);
    numbers = foldNumbers(numbers, entry);
    for (const id of deploymentsOf(entry)) {
      const before = deployments.get(id) ?? unheardOf(id);
      const after = foldDeployment(before, entry);
      deployments.set(id, after);
      for (const escalation of [...closedBy(before, after, timeOf(entry)), ...after.escalations]) {
        escalations.set(escalation.id, escalation);
      }
    }
  }
  return { org, numbers, deployments, escalations };
}

const closedBy = (before: DeploymentState, after: DeploymentState, at: number) =>
  before.escalations
    .filter((escalation) => !after.escalations.some(({ id }) => id === escalation.id))
    .map((escalation): EscalationState => ({ ...escalation, status: "closed", closedAt: at }));

/**
 * P3, P7, P11: a decision names the rule that allowed it, its people, and when it is asked again.
 */
function everyDecisionHasAuthorityAndADate(recorded: readonly Recorded[]): void {
  for (const { entry } of recorded) {
    if (entry.kind !== "decision.made") continue;
    expect(entry.authority).not.toBe("");
    expect(Date.parse(entry.reassessBy)).toBeGreaterThan(timeOf(entry) - 1);
    expect(entry.actor.type).toBe(entry.people.length === 0 ? "policy" : "person");
    if (entry.decision === "resume" && entry.undoes === "" && !entry.breakGlass) {
      expect(new Set(entry.people).size).toBeGreaterThanOrEqual(2);
    }
  }
}

/** P7: one reminder and one overdue notice for each date they were due for. */
function everyReminderFiredOnce(recorded: readonly Recorded[]): void {
  const keys = recorded.flatMap(({ entry }) =>
    entry.kind === "reassessment.reminded" || entry.kind === "reassessment.overdue"
      ? [`${entry.deployment} ${entry.kind} ${entry.reassessBy} ${entry.due}`]
      : [],
  );
  expect(keys.length).toBe(new Set(keys).size);
}

const order = ["full", "no-tools", "staff", "paused"];

/** P9: only a resume or an undo widens, and only people make those. */
function nothingWidensByItself(recorded: readonly Recorded[]): void {
  for (const { entry } of recorded) {
    if (
      entry.kind !== "decision.made" ||
      !order.includes(entry.before) ||
      !order.includes(entry.after)
    )
      continue;
    if (order.indexOf(entry.after) < order.indexOf(entry.before)) {
      expect(entry.decision).toBe("resume");
      expect(entry.people.length).toBeGreaterThan(0);
    }
  }
}

/**
 * A rehearsal is answered at most once, by authority or by nobody, and no decision is about one or
 * settles one.
 */
function noRehearsalMovesAnything(recorded: readonly Recorded[]): void {
  const rehearsals = new Set<string>();
  const answered: string[] = [];
  for (const { entry } of recorded) {
    if (entry.kind === "escalation.opened" && entry.trigger === rehearsalName)
      rehearsals.add(entry.escalation);
    if (entry.kind === "rehearsal.answered") {
      answered.push(entry.escalation);
      expect(entry.authority === "").toBe(entry.asked === "");
      expect(entry.actor.type).toBe(entry.asked === "" ? "policy" : "person");
    }
    if (entry.kind !== "decision.made") continue;
    const touched = [entry.escalation, ...entry.settles];
    expect(touched.filter((item) => rehearsals.has(item))).toEqual([]);
  }
  expect(answered.filter((name) => !rehearsals.has(name))).toEqual([]);
  expect(answered.length).toBe(new Set(answered).size);
}

/**
 * P4: the last card of each chat equals the card as it would be drawn now, apart from the passing
 * of time.
 */
async function everySurfaceShowsTheSame(world: World): Promise<void> {
  const { store } = world.server();
  const rules = createPolicyCache(store);
  const journal = createJournal({
    store,
    rules,
    clock: world.clock,
    random: seededRandom(1),
    origin: logKey.origin,
    doubts: createDoubts(),
    scopeByLog: () => null,
    readFirst: () => ({ before: async () => [] }),
    chats: [{ name: "console", direct: false, reaches: () => true, serves: () => true }],
  });
  for (const { id } of await store.liveEscalations()) {
    const { card } = await world.card(id);
    const now = await newestCard({ store, journal, rules }, id);
    expect({
      status: card.status,
      version: card.version,
      buttons: card.buttons.length > 0,
    }).toEqual({
      status: now?.status,
      version: now?.version,
      buttons: (now?.buttons.length ?? 0) > 0,
    });
  }
}
