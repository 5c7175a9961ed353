import { describe, expect, test } from "vitest";
import { decodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { homeTabView } from "../../../src/chat/slack/render/home.ts";
import { problemsOf, walk } from "../../support/block-kit.ts";
import { now, postures } from "../console/cards.ts";
import { channelOf, due, open, publicUrl, view } from "./samples.ts";

const context = { channelOf, now, publicUrl };

const wordsIn = (payload: unknown): string =>
  [...walk(payload)].map(([, { text }]) => (typeof text === "string" ? text : "")).join("\n");

const linesIn = (payload: unknown) =>
  [...walk(payload)].flatMap(([, { type, value }]) =>
    type === "button" ? [decodePress(String(value))?.line] : [],
  );

describe("the App Home", () => {
  test("shows first what I may decide and until when, then the rest", () => {
    const home = homeTabView(view(), context);
    const words = wordsIn(home);
    const order = [
      "What you may decide now",
      "You decide until 03:40",
      "Also open",
      "HP-143",
      "Reviews due",
      "Search beta: narrowed to staff, 9 days",
      "Deployments",
      "Agents EU: paused for everyone",
    ].map((text) => words.indexOf(text));

    expect(problemsOf(home, "home")).toEqual([]);
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("has the buttons of everything it shows", () => {
    const lines = linesIn(homeTabView(view(), context));

    expect(lines).toEqual(
      expect.arrayContaining([
        "narrow HP-142 to no-tools",
        "ack HP-142",
        "HP-142",
        "HP-143",
        "keep search-beta",
        "resume agents-eu",
      ]),
    );
  });

  test("mentions nobody: looking is no reason to be told", () => {
    expect(JSON.stringify(homeTabView(view(), context))).not.toContain('"user_id"');
  });

  test("says that a posture is overdue, in its own time zone", () => {
    const words = wordsIn(homeTabView(view({ postures }), context));

    expect(words).toContain("overdue since Sun 10:21");
    expect(words).toContain("review due 18:21 CET");
  });

  test("says so when nothing waits", () => {
    const home = homeTabView(view({ mayDecide: [], others: [], due: [], postures: [] }), context);

    expect(problemsOf(home, "home")).toEqual([]);
    expect(wordsIn(home)).toContain("Nothing waits for your decision.");
    expect(wordsIn(home)).not.toContain("Also open");
  });

  test("never has more blocks than Slack takes, and links to what it leaves out", () => {
    const many = <T>(item: T): readonly T[] => Array.from({ length: 60 }, () => item);
    const full = view({
      mayDecide: many({ card: open, named: false, confirms: false, until: null }),
      others: many(open),
      due: many(due()),
      postures: many(postures[0] ?? view().postures[0]).flatMap((postureView) =>
        postureView ? [postureView] : [],
      ),
    });
    const home = homeTabView(full, context);

    expect(problemsOf(home, "home")).toEqual([]);
    expect(home.blocks.length).toBeLessThanOrEqual(100);
    expect(wordsIn(home)).toContain("… and 52 more");
    expect(wordsIn(home)).toContain("You may decide too");
    expect(JSON.stringify(home)).toContain(publicUrl);
  });

  test("tells somebody the policy does not name who can add them, and shows nothing else", () => {
    const home = homeTabView(null, { ...context, publicUrl: null });

    expect(problemsOf(home, "home")).toEqual([]);
    expect(wordsIn(home)).toContain("The policy does not name you");
    expect(linesIn(home)).toEqual([]);
  });
});
