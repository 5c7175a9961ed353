import { describe, expect, test } from "vitest";
import type { Reply } from "../../../src/app/ports.ts";
import { decodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { slackAnswer } from "../../../src/chat/slack/render/answer.ts";
import type { Line } from "../../../src/core/card/card.ts";
import { problemsOf, walk } from "../../support/block-kit.ts";
import { answer, button, buttonContext, field } from "./samples.ts";

const draw = (parts: Partial<Reply>, line = "pause asistant-prod") =>
  slackAnswer(answer(parts), { ...buttonContext, line });

const wordsIn = (payload: unknown): string =>
  [...walk(payload)].map(([, { type, text }]) => (type === "text" ? text : "")).join("\n");

const buttonsIn = (payload: unknown) =>
  [...walk(payload)].flatMap(([, { type, action_id: action, value }]) =>
    type === "button" ? [[String(action), decodePress(String(value))?.line]] : [],
  );

describe("an answer in Slack", () => {
  test("repeats what was said, and says what came of it", () => {
    const drawn = draw({ text: "Paused. Record 4212.", lines: [["By ", { untrusted: "Bob" }]] });

    expect(problemsOf(drawn, "message")).toEqual([]);
    expect(drawn.text).toBe("Paused. Record 4212.");
    expect(JSON.stringify(drawn.blocks[0])).toContain("You said: pause asistant-prod");
    expect(wordsIn(drawn)).toContain("• By Bob");
  });

  test("offers the nearest names as buttons that say the whole line", () => {
    const names = ["assistant-prod", "assistant-eu", "assistant-beta"];
    const choices = names.map((label) =>
      button({ label, command: `pause ${label}`, style: "plain", form: null }),
    );
    const drawn = draw({ ok: false, text: "No deployment “asistant-prod”.", choices });

    expect(problemsOf(drawn, "message")).toEqual([]);
    expect(buttonsIn(drawn)).toEqual(names.map((name, at) => [`hp:act:${at}`, `pause ${name}`]));
  });

  test("turns a page and opens a form by buttons of its own", () => {
    const drawn = draw({
      next: "decisions page 2",
      form: { command: "narrow", fields: [field()] },
    });

    expect(problemsOf(drawn, "message")).toEqual([]);
    expect(buttonsIn(drawn)).toEqual([
      ["hp:open:90", "narrow"],
      ["hp:act:91", "decisions page 2"],
    ]);
  });

  test("shows a short file and says where a long one is", () => {
    const short = draw({ file: { name: "proof.json", text: '{\n  "size": 3\n}' } });
    const long = draw({ file: { name: "proof.json", text: "a".repeat(9000) } });

    expect(wordsIn(short)).toContain('{\n  "size": 3\n}');
    expect(wordsIn(long)).toContain("proof.json is too long for Slack");
    expect(problemsOf(long, "message")).toEqual([]);
  });

  test("says how many lines it leaves out", () => {
    const lines = Array.from({ length: 100 }, (_, at): Line => [`decision ${at}`]);

    expect(wordsIn(draw({ lines }))).toContain("… and 60 more lines");
    expect(wordsIn(draw({ lines: lines.slice(0, 41) }))).toContain("… and 1 more line");
  });
});
