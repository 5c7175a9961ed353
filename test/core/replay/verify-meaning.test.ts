import { describe, expect, test } from "vitest";
import { canonicalText } from "../../../src/core/log/bytes.ts";
import { commit, digestOf } from "../../../src/core/log/commitment.ts";
import { verifyMeaning } from "../../../src/core/replay/verify-meaning.ts";
import { days, id, minutes } from "../../support/builders.ts";
import { said } from "../../support/core-log.ts";
import { exportedAs, histories, type Line, linesOf } from "../../support/histories.ts";

/** What a replay says besides its verdict: what it did not understand, and what it believed. */

const lines = (): Line[] => linesOf(histories.resumed());
const meaningOf = (all: readonly Line[]) => verifyMeaning(exportedAs(all));
const utf8 = new TextEncoder();

describe("kinds and keys that are not known", () => {
  test("a kind is counted, and what follows is judged as without it", () => {
    const all = lines();
    all.splice(3, 0, { ...all[2], id: "e_new", kind: "evidence.filed", more: { of: "it" } });

    const { finding, unknown } = meaningOf(all);

    expect(finding).toBeNull();
    expect([...unknown]).toEqual([["evidence.filed", 1]]);
  });

  test("the kind of an object's own member is no kind of an entry", () => {
    const all = lines();
    all.splice(3, 0, { ...all[2], id: "e_new", kind: "constructor" });

    expect([...meaningOf(all).unknown]).toEqual([["constructor", 1]]);
  });

  test("a key is ignored", () => {
    const all = lines().map((line) => ({ ...line, zzz: [1] }));

    expect(meaningOf(all).finding).toBeNull();
  });
});

describe("what no entry can show", () => {
  test("that a deputy requested a resume for somebody whom no chat reached is believed, and counted", () => {
    const log = histories.resumed();
    said(log, "chidi", "pause");
    log.unreachable.add(id("chidi"));
    log.wait(minutes(1));
    said(log, "erin", "resume to full");

    const { finding, claims } = meaningOf(linesOf(log));

    expect(finding).toBeNull();
    expect([...claims]).toEqual([["somebody could not be reached in any chat", 1]]);
  });

  test("that a clock was behind is believed, and counted", () => {
    const log = histories.resumed();
    log.now -= 5_000;
    said(log, "chidi", "pause");

    expect([...meaningOf(linesOf(log)).claims]).toEqual([
      ["the clock of the writer was behind the entry above", 2],
    ]);
  });
});

describe("a policy that cannot be read", () => {
  const withPolicy = (bytes: Uint8Array) => {
    const digest = digestOf(bytes);
    const [first] = lines();
    const exported = exportedAs([{ ...first, digest }]);
    return verifyMeaning({ ...exported, policies: new Map([[digest, bytes]]) });
  };

  test.each([
    ["no object", "[]"],
    ["an object without parts", "{}"],
    ["not canonical", '{"people": []}'],
    ["a key twice", '{"people":[],"people":[]}'],
    ["parts of a wrong kind", canonicalText({ people: {}, deployments: [], triggers: 1 })],
  ])("is no policy to replay under: %s", (_name, text) => {
    expect(withPolicy(utf8.encode(text)).finding).toMatchObject({ is: "INCONSISTENT", index: 0 });
  });
});

describe("disclosures", () => {
  test("that open nothing, are there twice or are missing are counted", () => {
    const salt = new Uint8Array(32).fill(3);
    const [used, unused, missing] = ["used", "unused", "missing"].map((text) => commit(salt, text));
    const all = lines();
    all[2] = { ...all[2], reason: used };
    all[3] = { ...all[3], reason: missing };
    const open = (commitment = "") =>
      `${canonicalText({ commitment, salt: Buffer.from(salt).toString("base64"), text: "" })}\n`;
    const disclosures = utf8.encode([open(used), open(unused), open(unused)].join(""));

    const { disclosures: figures } = verifyMeaning({ ...exportedAs(all), disclosures });

    expect(figures).toMatchObject({ used: 1, unused: 1, twice: 1 });
    expect(figures.missing).toBeGreaterThanOrEqual(1);
  });
});

describe("a long log", () => {
  test("is replayed from state to state, however long a deployment has been decided about", () => {
    const log = histories.overtaken();
    for (let week = 0; week < 20; week += 1) log.wait(days(7));

    const all = linesOf(log);

    expect(all.length).toBeGreaterThan(100);
    expect(meaningOf(all)).toMatchObject({ finding: null, entries: all.length });
  });
});
