import { expect, test } from "vitest";
import { eachDatabase, type FreshStore, freshStore } from "../support/databases.ts";
import { rowsRead } from "./rows-read.ts";
import { change, entry, noon } from "./support.ts";

const gateways = ["edge", "proxy"];
const of = [
  { deployment: "assistant-prod", gateways },
  { deployment: "other-prod", gateways },
];

const n = (name: string) => `e_${name}`;
const at = (minute: number) => ({ at: new Date(noon + minute * 60_000).toISOString() });
const other = { subject: "deployment:other-prod", deployment: "other-prod" };
const here = { deployment: "assistant-prod" };
const reported = { kind: "enforcement.reported", version: 2 };

/** What a deployment's posture follows from, said several times. */
const told = [
  entry(n("1"), { ...here, ...at(1), kind: "decision.made", decision: "pause" }),
  entry(n("2"), { ...here, ...at(2), ...reported, gateway: "edge", what: "applied" }),
  entry(n("3"), { ...here, ...at(3), ...reported, gateway: "proxy", what: "applied" }),
  entry(n("4"), { ...here, ...at(4), kind: "reassessment.set" }),
  entry(n("5"), { ...here, ...at(5), kind: "decision.made", decision: "narrow" }),
  entry(n("6"), { ...here, ...at(6), ...reported, gateway: "edge", what: "told" }),
  entry(n("7"), { ...here, ...at(7), ...reported, gateway: "edge", what: "applied" }),
  entry(n("8"), { ...other, ...at(8), kind: "decision.made", decision: "pause" }),
  entry(n("9"), { ...other, ...at(9), kind: "reassessment.set" }),
];

/** A long time in which the same was said of the same deployment, and other things happened. */
async function muchElse({ query }: FreshStore): Promise<void> {
  for (const [kind, deployment] of [
    ["decision.made", "assistant-prod"],
    ["enforcement.reported", "assistant-prod"],
    ["escalation.updated", "assistant-prod"],
    ["decision.made", "third-prod"],
  ]) {
    await query(
      `insert into holdpoint.entries (index, bytes, leaf, id, at, kind, subject, deployment)
       select h.size + n, convert_to('{"gateway":"edge","what":"applied"}', 'UTF8'), '', 'much_' || h.size + n, now(), $1,
         'deployment:' || $2, $2 from holdpoint.log_head h, generate_series(0, 4999) n`,
      kind,
      deployment,
    );
    await query("update holdpoint.log_head set size = size + 5000");
  }
}

eachDatabase((kind) => {
  test("of each deployment the last entries are found that its posture followed from then", async () => {
    const { store } = await freshStore(kind, { isNew: true });
    await store.commit(change({ entries: told }));
    const idsBelow = async (below: number) =>
      (await store.lastOfPostures(of, below)).map(({ entry: { id } }) => id);

    expect(await idsBelow(9)).toEqual(["3", "4", "5", "7", "8", "9"].map(n));
    expect(await idsBelow(6)).toEqual(["2", "3", "4", "5"].map(n));
    expect(await idsBelow(1)).toEqual([n("1")]);
    expect(await idsBelow(0)).toEqual([]);
    expect(await store.lastOfPostures([], 9)).toEqual([]);
  });

  test.each(["as made", "analyzed"])(
    "a question about the past reads few rows, however long the log is (%s)",
    async (tables) => {
      const database = await freshStore(kind, { isNew: true });
      await muchElse(database);
      await database.store.commit(change({ entries: told }));
      await muchElse(database);
      if (tables === "analyzed") await database.query("analyze holdpoint.entries");

      for (const below of [20_009, 40_009]) {
        const read = await rowsRead(database, async (store) => {
          await store.entries({ kinds: ["policy.adopted"], below, limit: 25 });
          await store.lastOfPostures(of, below);
        });
        const { whole = 0, byIndex = 0 } = read.get("entries") ?? {};
        expect(whole).toBe(0);
        expect(byIndex).toBeGreaterThan(0);
        expect(byIndex).toBeLessThan(25);
      }
    },
  );
});
