import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path/posix";
import { env } from "node:process";
import { describe, expect, test } from "vitest";
import { parseDelivery } from "../../src/sources/index.ts";
import { bytes, context } from "./context.ts";
import { type Row, table } from "./recorded-table.ts";

/**
 * Every message we have, whoever recorded it, through the source that reads it. Our own lie in
 * test/fixtures; a folder beside the checkout may hold more, which are not ours to copy:
 * HOLDPOINT_RECORDED_FIXTURES names it.
 */

interface Message {
  /** Folder and file: its row in the table. */
  readonly name: string;
  readonly path: string;
}

const messagesIn = (root: string): readonly Message[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:json|txt)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: path.split("/").slice(-2).join("/") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

interface Wrapped {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const isWrapped = (value: unknown): value is Wrapped =>
  typeof value === "object" && value !== null && "headers" in value && "body" in value;

/** Some files hold the headers beside the body. */
function read(path: string, row: Row) {
  const raw = readFileSync(path);
  const value: unknown = path.endsWith(".json") ? JSON.parse(raw.toString()) : null;
  if (!isWrapped(value)) return { body: raw, told: context({ source: row.type, ...row.context }) };
  const { "content-type": contentType = "", ...attributes } = value.headers;
  const told = context({ source: row.type, contentType, attributes, ...row.context });
  return { body: bytes(value.body), told };
}

const expectedOf = (row: Row) =>
  typeof row.gives === "string"
    ? { unmapped: expect.stringContaining(row.gives) }
    : { mapped: row.gives.map((signal) => ({ signal })) };

const sourceTypes = new Set(["mapped", ...Object.values(table).map(({ type }) => type)]);

/** Words for a measurement that did not happen: no type may call one of these messages fine. */
const unmeasured = /no-data|errored|incomplete|insufficient|failed|canceled/;

function promises(messages: readonly Message[]): void {
  test("each has its row in the table", () => {
    const unnamed = messages.filter(({ name }) => !Object.hasOwn(table, name));

    expect(messages).not.toEqual([]);
    expect(unnamed.map(({ name }) => name)).toEqual([]);
  });

  test.each(messages)("$name becomes what its row says", ({ name, path }) => {
    const row = table[name];
    if (!row) throw new Error(`${name} has no row in recorded-table.ts`);
    const { body, told: beside } = read(path, row);

    const parsed = parseDelivery(row.type, body, beside);

    // What a run that is not whole says of its numbers stands in the tests of its source.
    const told =
      "mapped" in parsed ? { mapped: parsed.mapped.filter(({ partial }) => !partial) } : parsed;

    expect(told).toMatchObject(expectedOf(row));
    if (typeof row.gives !== "string")
      expect("mapped" in told && told.mapped).toHaveLength(row.gives.length);
  });

  test.each(messages)(
    "$name throws in no source, and none calls a failure fine",
    ({ name, path }) => {
      const body = readFileSync(path);

      for (const type of sourceTypes) {
        const parsed = parseDelivery(type, body, context({ deployment: "assistant-prod" }));
        const said = "mapped" in parsed ? parsed.mapped : [];
        expect("unmapped" in parsed ? parsed.unmapped : "").not.toMatch(/be read: \w*Error/);
        if (unmeasured.test(name))
          expect(said.filter(({ signal }) => signal.status === "ok")).toEqual([]);
      }
    },
  );
}

describe("the messages in test/fixtures", () => {
  promises(messagesIn("test/fixtures").filter(({ path }) => !path.includes("/stand-in/")));
});

// biome-ignore lint/style/noProcessEnv: the folder is no part of the repository, so only the environment can name it
const beside = env["HOLDPOINT_RECORDED_FIXTURES"] ?? "";
const title = "the messages in HOLDPOINT_RECORDED_FIXTURES";

if (existsSync(join(beside, "recorded"))) {
  describe(title, () => {
    promises([...messagesIn(join(beside, "ours")), ...messagesIn(join(beside, "recorded"))]);

    test("no row of the table is about a message that is nowhere", () => {
      const there = [...messagesIn(beside), ...messagesIn("test/fixtures")].map(({ name }) => name);

      expect(Object.keys(table).filter((name) => !there.includes(name))).toEqual([]);
    });
  });
} else {
  test.skip(`SKIPPED, the variable names no folder: ${title}`, () => {});
}
