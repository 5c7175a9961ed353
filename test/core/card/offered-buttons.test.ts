import { describe, expect, test } from "vitest";
import { announcementsOf } from "../../../src/core/card/announcements.ts";
import { buildCard } from "../../../src/core/card/build-card.ts";
import { personally } from "../../../src/core/card/direct-message-lines.ts";
import { offeredTo } from "../../../src/core/card/offered-buttons.ts";
import { dueFor } from "../../../src/core/card/reassessment-view.ts";
import { zoneLabel } from "../../../src/core/clock-text.ts";
import { isRefusal } from "../../../src/core/state/refusal.ts";
import { plain } from "../../../src/core/words/words.ts";
import { assistant, id, type Key, minutes, policyWith } from "../../support/builders.ts";
import { Log, of, said, say } from "../../support/core-log.ts";

/**
 * Who is asked, in what words, and what they are offered: nothing that would be refused to them,
 * nothing they have done already.
 */

const everybody: readonly Key[] = ["ana", "bob", "chidi", "dana", "erin", "frank"];

function offered(log: Log, key: Key): readonly string[] {
  const escalation = log.escalation("HP-1");
  const buttons = buildCard(log.viewContext, escalation).buttons.flat();
  return offeredTo(log.situation, { escalation, person: id(key), buttons }).map(
    ({ command }) => command,
  );
}

function toldOf(log: Log, kind: "decision.made" | "authority.passed" | "escalation.opened") {
  const entry = of(log.entries, kind).at(-1);
  const [told] = entry ? announcementsOf(log.viewContext, entry) : [];
  return told;
}

const directly = (log: Log, key: Key, news = "") =>
  personally(log.viewContext, { escalation: log.escalation("HP-1"), person: id(key), news });

describe("what somebody is offered", () => {
  const states: Readonly<Record<string, () => Log>> = {
    open: () => {
      const log = new Log();
      log.fire("jailbreak-rate");
      return log;
    },
    "seen by bob": () => {
      const log = new Log();
      log.fire("jailbreak-rate");
      said(log, "bob", "ack HP-1");
      return log;
    },
    "decided by bob": () => {
      const log = new Log();
      log.fire("jailbreak-rate");
      said(log, "bob", "narrow HP-1");
      return log;
    },
    "a resume that waits": () => {
      const log = new Log();
      log.fire("jailbreak-rate");
      said(log, "bob", "pause HP-1");
      said(log, "chidi", "resume HP-1");
      return log;
    },
    "passed to the deputy": () => {
      const log = new Log();
      log.fire("refusal-collapse");
      log.wait(minutes(20));
      return log;
    },
    unmatched: () => {
      const log = new Log();
      log.fire("unmatched");
      return log;
    },
  };
  const cells = Object.keys(states).flatMap((state) =>
    everybody.map((key) => [state, key] as const),
  );

  test.each(cells)(
    "%s: %s gets the buttons that are taken from them, and no other",
    (state, key) => {
      const make = states[state] ?? (() => new Log());
      const log = make();
      const commands = buildCard(log.viewContext, log.escalation("HP-1")).buttons.flat();

      const mine = offered(log, key);

      for (const { command } of commands) {
        const answer = say(make(), key, command);
        expect([command, mine.includes(command)]).toEqual([command, !isRefusal(answer)]);
      }
    },
  );

  test("when they are asked again: only what they can answer", () => {
    const log = new Log();
    said(log, "bob", "pause");
    expect(dueFor(log.viewContext, id("chidi"))?.buttons).toHaveLength(2);
    for (const key of ["chidi", "erin"] as const) log.unreachable.add(id(key));

    const due = dueFor(log.viewContext, id("frank"));

    expect(due?.buttons).toEqual([]);
  });
});

describe("one person's message", () => {
  test("tells who decides the facts, until when in the deployment's zone, and what happens otherwise", () => {
    const log = new Log();
    log.fire("jailbreak-rate");

    expect(plain(directly(log, "chidi").line)).toBe(
      "CRITICAL Assistant (production): jailbreak-nightly 0.082 (limit 0.05). You decide by 03:40 GMT, else it narrows to no-tools. HP-1",
    );
    expect(plain(directly(log, "bob").line)).toBe(
      "CRITICAL Assistant (production): jailbreak-nightly 0.082 (limit 0.05). Please acknowledge by 03:20 GMT. Chidi decides by 03:40 GMT. HP-1",
    );
  });

  test("tells a deputy the same, and who did not answer", () => {
    const log = new Log();
    log.fire("refusal-collapse");
    log.wait(minutes(20));

    const told = toldOf(log, "authority.passed");

    expect(told?.direct.map(({ to }) => to)).toEqual([id("bob"), id("erin")]);
    expect(plain(told?.direct[1]?.line ?? [])).toBe(
      "HIGH Assistant (production): jailbreak-nightly 0.082 (limit 0.05). You decide by 03:50 GMT, else it pauses. Chidi did not answer. HP-1",
    );
    expect(plain(told?.direct[0]?.line ?? [])).toContain(
      "Please acknowledge. Erin decides by 03:50 GMT.",
    );
  });

  test.each(everybody)("fits a lock screen, and what to do is the last to give way: %s", (key) => {
    const name = "An assistant with a long name for several regions (production)";
    const log = new Log(policyWith({ deployment: { ...assistant, name } }));
    log.fire("jailbreak-rate");

    const { lockScreen } = directly(log, key, "Chidi cannot be reached.");

    expect([...lockScreen].length).toBeLessThanOrEqual(120);
    expect(lockScreen).toMatch(/^CRITICAL .* HP-1$/);
  });

  test("of a stop made by hand asks nobody to decide it, and tells who would have decided", () => {
    const log = new Log();
    said(log, "bob", "pause");

    const opened = toldOf(log, "escalation.opened");
    const made = toldOf(log, "decision.made");

    expect(opened).toBeUndefined();
    expect(made?.direct).toEqual([]);
    expect(made?.to).toContain(id("chidi"));
    expect(made?.to).not.toContain(id("bob"));
  });

  test("is not sent to who raised it to acknowledge it, nor is the one who answered it with less asked to", () => {
    const raised = new Log();
    raised.fire("raised", { actor: { type: "person", person: id("bob") }, seen: null });
    const less = new Log();
    less.fire("refusal-collapse");
    said(less, "bob", "narrow to no-tools");

    less.wait(minutes(10));

    expect(buildCard(raised.viewContext, raised.escalation("HP-1")).notify).toEqual([id("chidi")]);
    expect(of(less.entries, "acknowledge.missed")).toEqual([]);
    expect(buildCard(less.viewContext, less.escalation("HP-1")).lines.map(plain)).toContain(
      "Acknowledged by Bob Okafor 03:10",
    );
  });
});

describe("people are mentioned", () => {
  test("when the written rule decides: who was asked, and who is on call", () => {
    const log = new Log();
    log.fire("refusal-collapse");
    log.wait(minutes(20));
    log.wait(minutes(20));

    const made = toldOf(log, "decision.made");

    expect(new Set(made?.to)).toEqual(new Set([id("chidi"), id("erin"), id("bob")]));
    expect(plain(made?.line ?? [])).toBe(
      "Assistant (production): Paused 03:50 automatically, by policy. Not acknowledged. Now paused for everyone. Not enforced: no gateway connected. Apply the change manually.",
    );
  });

  test("where somebody must switch by hand: who is on call and who decides, but not who has just decided", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "bob", "pause HP-1");

    const made = toldOf(log, "decision.made");

    expect(made?.to).toEqual([id("chidi")]);
    expect(plain(made?.line ?? [])).toContain("Apply the change manually.");
  });

  test("not where nothing changed and a person answered", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "chidi", "keep HP-1");

    expect(toldOf(log, "decision.made")?.to).toEqual([]);
  });
});

test.each([
  ["Europe/Berlin", "2026-11-23T22:39:00Z", "CET"],
  ["Europe/Berlin", "2026-07-23T22:39:00Z", "CEST"],
  ["Europe/London", "2026-07-23T22:39:00Z", "BST"],
  ["America/New_York", "2026-11-23T22:39:00Z", "EST"],
  ["Australia/Sydney", "2026-11-23T22:39:00Z", "AEDT"],
  ["Asia/Kathmandu", "2026-11-23T22:39:00Z", "GMT+5:45"],
  ["UTC", "2026-11-23T22:39:00Z", "UTC"],
])("a time in %s at %s is labelled %s", (zone, at, label) => {
  expect(zoneLabel(Date.parse(at), zone)).toBe(label);
});
