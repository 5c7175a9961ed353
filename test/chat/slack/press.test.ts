import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Press } from "../../../src/chat/shared/button-payload.ts";
import { decodePress, encodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { buttonContext, form } from "./samples.ts";

const press = (parts: Partial<Press> = {}): Press => ({
  ...buttonContext,
  line: "pause HP-142",
  form: form(),
  ...parts,
});

const text = fc.string({ unit: "binary", maxLength: 60 });
const long = fc.string({ unit: fc.constantFrom("&", '"', "é", "a", "\u0000"), maxLength: 3000 });
const forms = (words: typeof text) =>
  fc.option(
    fc.record({ title: words, reason: words, reasonRequired: fc.boolean(), submit: words }),
  );
const presses = (words: typeof text) =>
  fc.record({
    line: words.map((rest) => `pause ${rest}`),
    version: fc.option(fc.nat()),
    escalation: fc.constantFrom("" as const, "HP-1" as const, "HP-142" as const),
    channel: fc.constantFrom("", "model-risk"),
    form: forms(words),
  });

describe("a press", () => {
  test("comes back as it went", () => {
    expect(decodePress(encodePress(press()))).toEqual(press());
    fc.assert(
      fc.property(presses(fc.string({ maxLength: 60 })), (item) => {
        expect(decodePress(encodePress(item))).toEqual(item);
      }),
    );
  });

  test("fits a button whatever it carries, and never as half a command", () => {
    fc.assert(
      fc.property(presses(long), (item) => {
        const value = encodePress(item);
        const back = decodePress(value);

        expect(value.length).toBeLessThanOrEqual(2000);
        if (value !== "") expect(back?.line).toBe(item.line);
      }),
    );
  });

  test("gives up the reason filled in beforehand first, then its form's words", () => {
    const reason = "a".repeat(5000);
    const kept = decodePress(encodePress(press({ form: form({ reason }) })));
    const bare = decodePress(
      encodePress(press({ form: form({ reason, submit: "b".repeat(5000) }) })),
    );

    expect(kept?.form?.submit).toBe("Pause Assistant (production)");
    expect(kept?.form?.reason).toMatch(/^a{1499}…$/);
    expect(bare?.form?.reason).toBe("");
    expect(bare?.form?.submit).toMatch(/^b{149}…$/);
  });

  test("shortens a reason within a line and says so", () => {
    const line = `pause HP-142 because ${"a".repeat(5000)}`;

    expect(decodePress(encodePress(press({ line, form: null })))?.line).toMatch(
      /^pause HP-142 because a{1499}…$/,
    );
  });

  test("is nothing at all where the command itself is too long", () => {
    expect(encodePress(press({ line: `pause ${"a".repeat(2500)}` }))).toBe("");
  });

  test("holds no character that Slack hands back escaped", () => {
    const value = encodePress(press({ line: "pause <HP-142> && resume" }));

    expect(value).not.toMatch(/[&<>]/);
    expect(decodePress(value)?.line).toBe("pause <HP-142> && resume");
  });

  test.each([
    "",
    "null",
    "{}",
    "pause HP-142",
    '["pause"]',
    '["",1,"HP-1","c"]',
    '["pause",-1,"HP-1","c"]',
    '["pause","1","HP-1","c"]',
    '["pause",1,"HP-0","c"]',
    '["pause",1,"HP-1; resume","c"]',
    '["pause",1,"HP-1",null]',
    '["pause",1,"HP-1","c","title","reason",1,"submit"]',
    '["pause",1,"HP-1","c","title","reason",true]',
    '["pause",1,"HP-1","c","t","r",true,"s","more"]',
  ])("is not read from what we did not write: %s", (value) => {
    expect(decodePress(value)).toBeNull();
  });

  test("is read from no text at all without a complaint", () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(() => decodePress(any)).not.toThrow();
      }),
    );
  });
});
