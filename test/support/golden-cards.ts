import { buildCard } from "../../src/core/card/build-card.ts";
import type { Card } from "../../src/core/card/card.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import { id, minutes, seenWith } from "./builders.ts";
import { Log, said } from "./core-log.ts";

/** The live card of an escalation of a log. */
export function cardIn(log: Log, escalation: EscalationId = "HP-1"): Card {
  return buildCard(log.viewContext, log.escalation(escalation));
}

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

function openCritical(): Log {
  const log = new Log();
  log.fire("jailbreak-rate", { signals: 400 });
  log.wait(minutes(4));
  said(log, "bob", "ack HP-1");
  return log;
}

/** Cards made by the core from a log: `test/golden/cards` has their texts. */
export const cards: Readonly<Record<string, () => Card>> = {
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
