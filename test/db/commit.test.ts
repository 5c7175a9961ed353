import { expect, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, entry } from "./support.ts";

eachDatabase((kind) => {
  test("a change is applied whole, and its entries begin at the index it answers", async () => {
    const { store, query } = await freshStore(kind);

    const done = await store.commit(
      change({
        entries: [entry("e_1"), entry("e_2")],
        streams: [{ stream: "org", state: { a: 1 } }],
      }),
    );

    expect(done).toMatchObject({ is: "done", index: 0 });
    expect(await query("select index::int, id from holdpoint.entries order by index")).toEqual([
      [0, "e_1"],
      [1, "e_2"],
    ]);
    expect((await store.read(["org"])).streams.get("org")).toEqual({ version: 1, state: { a: 1 } });
  });
});
