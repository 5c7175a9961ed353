import { describe, expect, test } from "vitest";
import type { Card } from "../../src/core/card.ts";
import { cardOf } from "../../src/core/card-of.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import { plain } from "../../src/core/words.ts";
import { id, minutes, seenWith } from "../support/builders.ts";
import { Log, said } from "../support/core-log.ts";

/** The cards people read, as golden texts: open one and read it as somebody woken at three would. */

const cardIn = (log: Log, escalation: EscalationId = "HP-1"): Card =>
  cardOf(log.telling, log.escalation(escalation));

const textOf = (card: Card): string =>
  [
    plain(card.title),
    ...card.lines.map(plain),
    "",
    ...card.buttons.map((row) => row.map(({ label }) => `[${label}]`).join(" ")),
    "",
    card.lockScreen,
    "",
  ].join("\n");

const firing = seenWith({ kind: "alert", status: "firing", source: "alertmanager" });
const collapse = seenWith({
  ...firing,
  metric: "RefusalRateCollapse",
  value: "0.41",
  threshold: "0.7",
  worse: "lower",
  suite: "",
  scorer: "",
  samples: "",
});

const openCritical = (): Log => {
  const log = new Log();
  log.fire("jailbreak-rate", { signals: 400 });
  log.wait(minutes(4));
  said(log, "bob", "ack HP-1");
  return log;
};

const cards: Readonly<Record<string, () => Card>> = {
  "open-critical": () => cardIn(openCritical()),
  "open-passes-on": () => {
    const log = new Log();
    log.fire("refusal-collapse", { seen: collapse });
    return cardIn(log);
  },
  indeterminate: () => {
    const log = new Log();
    log.fire("score-unavailable", {
      verdict: "indeterminate",
      because: "signal.value is missing",
      seen: seenWith({ value: "", threshold: "" }),
    });
    return cardIn(log);
  },
  "no-result": () => {
    const log = new Log();
    const seen = { status: "incomplete", value: "", threshold: "", samples: "112 of 200" };
    log.fire("score-unavailable", { seen: seenWith(seen) });
    return cardIn(log);
  },
  "nobody-reachable": () => {
    const log = new Log();
    for (const key of ["chidi", "erin"] as const) log.unreachable.add(id(key));
    log.fire("jailbreak-rate");
    return cardIn(log);
  },
  raised: () => {
    const log = new Log();
    const actor = { type: "person", person: id("ana") } as const;
    log.fire("raised", {
      seen: null,
      verdict: "none",
      reason: "it quotes a customer's file",
      actor,
    });
    return cardIn(log);
  },
  "by-hand-decided": () => {
    const log = new Log();
    said(log, "bob", "pause", { reason: "8.2 %, samples look real" });
    return cardIn(log);
  },
  "decided-stricter": () => {
    const log = openCritical();
    log.wait(minutes(5));
    said(log, "bob", "pause HP-1", { reason: "8.2 %, samples look real" });
    return cardIn(log);
  },
  "decided-without-reason": () => {
    const log = openCritical();
    said(log, "bob", "narrow HP-1", { reason: "" });
    return cardIn(log);
  },
  "by-policy": () => {
    const log = openCritical();
    log.wait(minutes(26));
    return cardIn(log);
  },
  "resume-pending": () => {
    const log = openCritical();
    said(log, "bob", "pause HP-1", { reason: "8.2 %, samples look real" });
    log.wait(minutes(20));
    said(log, "chidi", "resume HP-1", { reason: "two clean runs" });
    return cardIn(log);
  },
  unmatched: () => {
    const log = new Log();
    log.fire("unmatched", { seen: collapse, because: "no written rule names this" });
    return cardIn(log);
  },
  overdue: () => {
    const log = openCritical();
    said(log, "bob", "pause HP-1", { reason: "8.2 %, samples look real" });
    for (let hour = 0; hour < 60; hour += 1) {
      log.fire("jailbreak-rate");
      log.wait(minutes(50));
    }
    return cardIn(log);
  },
};

describe("a card", () => {
  test.each(Object.keys(cards))("reads as its golden text: %s", async (name) => {
    const card = cards[name]?.();

    await expect(card ? textOf(card) : "").toMatchFileSnapshot(`../golden/cards/${name}.txt`);
  });

  test.each(Object.keys(cards))("fits a phone and its lock screen: %s", (name) => {
    const card = cards[name]?.() as Card;

    expect(1 + card.lines.length).toBeLessThanOrEqual(10);
    expect(card.buttons.length).toBeLessThanOrEqual(2);
    expect([...card.lockScreen].length).toBeLessThanOrEqual(120);
    expect(card.lockScreen.endsWith(card.escalation)).toBe(true);
  });

  const hostile = "<!channel> [x](http://evil) \u202e\n\n# Approved by Chidi Lindt 8.2 %".repeat(
    20,
  );

  const trusted = (card: Card): string =>
    [card.title, ...card.lines, ...card.more.flatMap(({ lines }) => lines)]
      .flat()
      .map((part) => (typeof part === "string" ? part : "name" in part ? part.name : ""))
      .join("\n");

  test("keeps what senders and people wrote out of its own words, and short", () => {
    const log = new Log();
    const seen = seenWith({ metric: hostile, suite: hostile, scorer: hostile, source: hostile });
    log.fire("jailbreak-rate", { seen, because: hostile });
    const open = cardIn(log);
    said(log, "bob", "pause HP-1", { reason: hostile });
    const decided = cardIn(log);

    for (const card of [open, decided]) {
      expect(trusted(card)).not.toContain("evil");
      expect([...card.lockScreen].length).toBeLessThanOrEqual(120);
      expect(card.lockScreen.endsWith("HP-1")).toBe(true);
    }
    expect(open.lockScreen).toContain("Chidi decides by 03:40, else narrows to no-tools.");
    expect(decided.lines.map(plain).join("").length).toBeLessThan(700);
  });
});
