import { expect, test } from "vitest";
import { changeJson } from "../../db/change-json.ts";
import { canonicalText, entryBytes } from "../../src/core/log/bytes.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, entry } from "./support.ts";

const utf8 = new TextEncoder();

/** An entry of every place that columns are taken from. */
const odd = {
  id: "e_odd",
  kind: "decision.made",
  decision: "pause",
  deployment: 'a \0\0 b \\u0000 \n "c" \u{1f680}',
  subject: 'deployment:a \0\0 b \\u0000 \n "c" \u{1f680}',
  people: ["p_ada"],
  settles: [],
};

eachDatabase((kind) => {
  test("bytes that are not canonical are refused, and nothing is stored", async () => {
    const { store } = await freshStore(kind);
    const { entry: made, bytes } = entry("e_1");
    const text = new TextDecoder().decode(bytes);
    const broken = [
      `${text} `,
      ` ${text}`,
      JSON.stringify(made, null, 1),
      text.replace('"kind"', '"kind":"x","kind"'),
      JSON.stringify({ z: 1, ...made }),
      text.slice(0, -1),
      "",
      "[]",
      `\ufeff${text}`,
    ];

    for (const wrong of broken) {
      const entries = [{ entry: made, bytes: utf8.encode(wrong) }];
      await expect(store.commit(change({ entries }))).rejects.toThrow("not canonical JSON");
    }

    expect((await store.head()).size).toBe(0);
  });

  test.each([
    ["id", { id: "e_2" }],
    ["at", { at: "2026-11-23T12:00:01.000Z" }],
    ["kind", { kind: "escalation.closed" }],
    ["subject", { subject: "org" }],
    ["deployment", { deployment: "other" }],
    ["actor", { actor: { type: "person", person: "p_bob" } }],
    ["decision", { kind: "decision.made", decision: "keep" }],
  ])("the database refuses bytes that say another %s than the columns", async (_what, other) => {
    const { store, query } = await freshStore(kind);
    const isDecision = "decision" in other && { kind: "decision.made", decision: "pause" };
    const { entry: whole } = entry("e_1", isDecision || {});
    const bytes = entryBytes({ ...whole, ...other });

    // past our own code: whoever may call the function
    const json = changeJson(change({ entries: [{ entry: whole, bytes }] }), "an attempt");
    await expect(query("select holdpoint.commit($1::text::jsonb)", json)).rejects.toThrow(
      "do not say what its columns say",
    );

    expect((await store.head()).size).toBe(0);
  });

  test("the database refuses bytes that are not JSON", async () => {
    const { store, query } = await freshStore(kind);
    const { entry: made } = entry("e_1");
    for (const bytes of [utf8.encode("no JSON"), new Uint8Array([0xff, 0xfe]), utf8.encode("")]) {
      const json = changeJson(change({ entries: [{ entry: made, bytes }] }), "an attempt");
      await expect(query("select holdpoint.commit($1::text::jsonb)", json)).rejects.toThrow();
    }
    expect((await store.head()).size).toBe(0);
  });

  test("names with U+0000, escapes and line ends are the same in bytes and columns", async () => {
    const { store } = await freshStore(kind);
    const { entry: made } = entry("e_odd", odd);

    const done = await store.commit(change({ entries: [entry("e_odd", odd)] }));

    expect(done).toMatchObject({ is: "done", index: 0 });
    const [row] = await store.logRows(0, 1);
    expect(new TextDecoder().decode(row?.bytes)).toBe(canonicalText(made));
    expect(row?.columns.deployment).toBe(odd.deployment.replaceAll("\0", "\ufffd"));
  });
});
