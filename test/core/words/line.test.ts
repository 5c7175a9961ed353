import { describe, expect, test } from "vitest";
import { line, plain } from "../../../src/core/words/line.ts";
import { lockScreen } from "../../../src/core/words/words.ts";
import { unreadableWithin } from "../../support/readable.ts";

describe("a sentence that is set into another", () => {
  test.each([
    [line`A: ${"Nobody saw it."}. Now paused.`, "A: Nobody saw it. Now paused."],
    [line`${[{ untrusted: "Is it?" }]}.`, "Is it?"],
    [line`${{ untrusted: "Refusals fell…" }}. ${"Next"}.`, "Refusals fell… Next."],
    [line`${"it"} ends${" here"}.`, "it ends here."],
    [line`${""}. ${3}.`, ". 3."],
    [line`${"…"}...`, "…..."],
  ])("ends once (%#)", (made, said) => {
    expect(plain(made)).toBe(said);
  });

  test("ends once on a locked screen too", () => {
    const said = { what: "Nothing heard.", figures: "", more: "", rest: "Chidi decides." };

    expect(lockScreen("high", { name: "Assistant", said, id: "HP-1" })).toBe(
      "HIGH Assistant: Nothing heard. Chidi decides. HP-1",
    );
  });
});

describe("what nobody should have to read", () => {
  test.each([
    [{ blocks: [{ text: "Not acknowledged.. Now paused" }] }, 1],
    [["until 30 Nov 23: 00: deputies decide", "fine."], 1],
    ["wait... HP-12: 40 signals, 10:00: 5", 0],
  ])("is found wherever it stands (%#)", (payload, count) => {
    expect(unreadableWithin(payload)).toHaveLength(count);
  });
});
