import fc from "fast-check";
import { expect, test } from "vitest";
import { openPostgres } from "../../db/open-postgres.ts";
import type { Erasure } from "../../src/app/ports.ts";
import { eachDatabase, type FreshStore, freshStore } from "../support/databases.ts";
import { noon as at, change, delivery, escalation } from "./support.ts";

/** Legal holds against everything that removes and erases. */

const day = 86_400_000;

const deployments = ["assistant-prod", "search"] as const;
const secrets = [
  "Petra Quist saw it in her samples",
  "Tomas Berg wrote the prompt for it",
  'Ida "I" Voss sent it by mail',
] as const;

/** Each deployment has an old message with the first secret, and the second has one with both. */
const told: readonly { readonly key: string; readonly of: number; readonly says: string }[] = [
  { key: "line:a", of: 0, says: `It says: ${secrets[0]}` },
  { key: "line:b", of: 1, says: `It says: ${secrets[0]}, and ${secrets[1]}` },
];

/** What the body of each deployment's delivery says. */
const bodies: readonly (readonly string[])[] = [[secrets[0]], [secrets[2]]];

/** A message is old, its delivery as well. */
async function filled({ store, query }: FreshStore): Promise<void> {
  const old = { receivedAt: at - 400 * day };
  const ids = deployments.map((_, n) => `d_${n}`);
  const bodyOf = (of: number) =>
    Buffer.from(JSON.stringify(secrets.filter((secret) => bodies[of]?.includes(secret))));
  await store.storeDeliveries(
    ids.map((id, of) => delivery(id, { ...old, identity: id, body: bodyOf(of) })),
  );
  await store.commit(
    change({
      deliveries: ids,
      escalations: deployments.map((deployment, n) =>
        escalation({ id: `HP-${n + 1}`, status: "closed", deployment }),
      ),
    }),
  );
  for (const [n, deployment] of deployments.entries())
    await query(
      "insert into holdpoint.signals (delivery, position, escalation, deployment, at, observed) values ($1, 0, $2, $3, now(), '{}')",
      `d_${n}`,
      `HP-${n + 1}`,
      deployment,
    );
  const about = { chat: "console", channel: "c", to: [], place: "", at: at - 400 * day } as const;
  for (const { key, of, says } of told)
    await store.saveMessage({ ...about, key, escalation: `HP-${of + 1}`, body: says });
}

type Holds = Readonly<Record<string, { readonly what: string; readonly target: string }>>;

const placed = ({ query }: Pick<FreshStore, "query">, holds: Holds) =>
  query(
    "insert into holdpoint.streams (name, version, state) values ('org', 1, $1::text::jsonb) on conflict (name) do update set state = excluded.state",
    JSON.stringify({ holds }),
  );

const erasureOf = (secret: string): Erasure => ({
  commitments: [],
  person: "",
  everywhere: [secret],
  there: [],
  escalations: [],
  deliveries: [],
});

/** What stands where: the words of each message, and whether the body of each delivery is kept. */
async function left({ query }: Pick<FreshStore, "query">): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    `select key, coalesce(body::text, '') from holdpoint.messages
     union all select id, case when removed_at is null then 'kept' else '' end from holdpoint.deliveries`,
  );
  return new Map(rows.map(([key, said]) => [String(key), String(said)]));
}

const held = fc.oneof(
  fc.constantFrom(...deployments).map((target) => ({ what: "deployment", target })),
  fc.constantFrom("HP-1", "HP-2").map((target) => ({ what: "escalation", target })),
  fc.constant({ what: "everything", target: "" }),
);
const steps = fc.array(
  fc.oneof(
    held.map((hold) => ({ do: "place", hold }) as const),
    fc.nat({ max: 2 }).map((nth) => ({ do: "lift", nth }) as const),
    fc.constantFrom(...secrets).map((secret) => ({ do: "erase", secret }) as const),
    fc.constant({ do: "forget" } as const),
  ),
  { minLength: 1, maxLength: 8 },
);

const covers = ({ what, target }: Holds[string], of: number): boolean =>
  what === "everything" || target === deployments[of] || target === `HP-${of + 1}`;

type Step = typeof steps extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

const after = (holds: Holds, step: Step, n: number): Holds => {
  if (step.do === "place") return { ...holds, [`e_${n}`]: step.hold };
  const lifted = step.do === "lift" ? Object.keys(holds)[step.nth] : undefined;
  return Object.fromEntries(Object.entries(holds).filter(([id]) => id !== lifted));
};

const forgetAll = ({ store }: FreshStore) =>
  store.forget({ deliveries: at, messages: at, receipts: at, sessions: at }, 0, 50);

/** What each hold covers is as it was before the step. */
function isKept(holds: Holds, before: ReadonlyMap<string, string>, now: typeof before): void {
  for (const [of, keys] of [
    [0, ["line:a", "d_0"]],
    [1, ["line:b", "d_1"]],
  ] as const) {
    if (!Object.values(holds).some((hold) => covers(hold, of))) continue;
    for (const key of keys) expect(now.get(key), key).toBe(before.get(key));
  }
}

/** Whatever was agreed to is tried again after each step, as at each tick. */
async function played(database: FreshStore, all: readonly Step[]): Promise<void> {
  let holds: Holds = {};
  const agreed = new Set<string>();
  for (const [n, step] of all.entries()) {
    holds = after(holds, step, n);
    await placed(database, holds);
    const before = await left(database);
    if (step.do === "erase") agreed.add(step.secret);
    if (step.do === "forget") await forgetAll(database);
    for (const secret of agreed) await database.store.erase(erasureOf(secret));
    isKept(holds, before, await left(database));
  }
}

eachDatabase((kind) => {
  test("whatever is placed, lifted, erased and removed in any order: nothing under a hold changes, and without one everything goes", async () => {
    const database = await freshStore(kind, { isNew: true });
    const { store, query } = database;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        for (const table of ["messages", "signals", "deliveries", "escalations", "streams"])
          await query(`delete from holdpoint.${table}`);
        await filled(database);

        await played(database, all);

        await placed(database, {});
        for (const secret of secrets) expect(await store.erase(erasureOf(secret))).toBe(true);
        const said = [...(await left(database)).values()].join();
        for (const secret of secrets) expect(said).not.toContain(secret);
        await forgetAll(database);
        expect(new Set((await left(database)).values())).toEqual(new Set([""]));
      }),
      { numRuns: 60 },
    );
  });

  if (kind === "pglite") return;

  test("a hold that is being placed while somebody erases counts: the statement waits for it", async () => {
    const database = await freshStore(kind, { isNew: true });
    await filled(database);
    await placed(database, {});
    const other = await openPostgres(database.url ?? "", undefined, 1);
    const run = (text: string, ...params: readonly string[]) => other.execute({ text, params });
    try {
      const holds = JSON.stringify({ holds: { e_1: { what: "deployment", target: "search" } } });
      await run("begin");
      await run("update holdpoint.streams set state = $1::text::jsonb where name = 'org'", holds);
      const erased = database.store.erase(erasureOf(secrets[0]));
      await expect.poll(waiting(database), { timeout: 10_000 }).toBe(1);
      await run("commit");

      expect(await erased).toBe(false);
      for (const { key } of told) expect((await left(database)).get(key)).toContain(secrets[0]);
    } finally {
      await other.close();
    }
  });
});

/** How many statements of this database wait for a lock. */
const waiting =
  ({ query }: Pick<FreshStore, "query">) =>
  async (): Promise<number> => {
    const [[count] = []] = await query(
      "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return Number(count);
  };
