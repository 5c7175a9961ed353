import { describe, expect, test } from "vitest";
import type { Announcement } from "../../src/core/card/announcement.ts";
import { announcementsOf } from "../../src/core/card/announcements.ts";
import { duesOf, handOffDue } from "../../src/core/deadlines.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import type { Schedule } from "../../src/core/policy/model.ts";
import { instantOf } from "../../src/core/time.ts";
import { plain } from "../../src/core/words/words.ts";
import {
  days,
  hours,
  id,
  type Key,
  keyOf,
  minutes,
  oncall,
  policyWith,
  triggers,
  withAuthority,
} from "../support/builders.ts";
import { Log, of, said } from "../support/core-log.ts";

/**
 * A hand-off while something waits: whoever is on call now takes over what is open, and no deadline
 * moves.
 */

const rota = (parts: Partial<Schedule> & Pick<Schedule, "rotation">): Schedule => ({
  ...oncall,
  overrides: [],
  handoff: { every: { count: 1, unit: "hours" }, on: null, at: "00:00", from: "2026-11-02" },
  ...parts,
});

/** Ten o'clock in London: a turn of an hourly rotation begins. */
const ten = instantOf("2026-11-24T10:00:00Z");

/** These take turns by the hour, the first of them from ten o'clock on. */
const hourly = (...keys: Key[]): Schedule =>
  rota({
    rotation: keys.map(id),
    handoff: { every: { count: 1, unit: "hours" }, on: null, at: "10:00", from: "2026-11-24" },
  });

const passing = triggers.map((trigger) =>
  trigger.id === "refusal-collapse" ? { ...trigger, decideWithin: hours(2) } : trigger,
);

const byRota = (schedule: Schedule, deputies: readonly Key[] = []) => ({
  schedules: [schedule],
  triggers: passing,
  deployment: withAuthority({
    acknowledge: ["schedule:model-oncall"],
    restrict: { decider: "schedule:model-oncall", deputies: deputies.map(id), alsoMay: [] },
  }),
});

const changes = (entries: readonly Entry[]) =>
  of(entries, "oncall.changed").map(({ from, to, asked, decider }) => [
    keyOf(from),
    keyOf(to),
    asked.join("+"),
    keyOf(decider),
  ]);

const told = (log: Log, entries: readonly Entry[]): readonly Announcement[] =>
  of(entries, "oncall.changed").flatMap((entry) => announcementsOf(log.viewContext, entry));

const answeredAt = (log: Log) =>
  of(log.entries, "decision.made").map(({ at, people }) => [instantOf(at) - ten, people.length]);

/** Looks at the clock every so often, as the tick does. */
function watch(log: Log, length: number, every = minutes(1)): readonly Entry[] {
  const done: Entry[] = [];
  for (let passed = 0; passed < length; passed += every) done.push(...log.wait(every));
  return done;
}

describe("the new on-call", () => {
  test("is named, asked and mentioned, with what is open, what to do, and the time that was promised before", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob"), ["erin"])), ten);
    log.fire("refusal-collapse");

    const [line] = told(log, log.wait(hours(1)));

    expect(changes(log.entries)).toEqual([["ana", "bob", "acknowledge+decide", "bob"]]);
    expect(log.escalation("HP-1")).toMatchObject({
      decider: id("bob"),
      named: [id("bob")],
      decideBy: ten + hours(2),
    });
    expect(line?.to).toEqual([id("bob")]);
    expect(plain(line?.line ?? [])).toBe(
      "Assistant (production): Bob Okafor is on call now, after Ana Ruiz. HP-1 is open: jailbreak-nightly attack_success mean 0.082 (limit 0.05). Please acknowledge. Bob Okafor decides by 12:00 GMT, else it passes to Erin.",
    );
    expect(line?.direct.map(({ to }) => to)).toEqual([id("bob")]);
    expect(plain(line?.direct[0]?.line ?? [])).toBe(
      "HIGH Assistant (production): jailbreak-nightly 0.082 (limit 0.05). You decide by 12:00 GMT, else it passes to Erin. Please acknowledge. You are on call now. HP-1",
    );
    expect(line?.direct[0]?.buttons.map(({ command }) => command)).toContain("ack HP-1");
  });

  test("is asked to acknowledge where that is all that is theirs, and nothing once somebody has", () => {
    const policy = {
      schedules: [hourly("ana", "bob")],
      triggers: triggers.map((trigger) => ({ ...trigger, decideWithin: hours(5) })),
    };
    const open = new Log(policyWith(policy), ten);
    open.fire("jailbreak-rate");
    const seen = new Log(policyWith(policy), ten);
    seen.fire("jailbreak-rate");
    said(seen, "ana", "ack HP-1");

    const asked = told(open, open.wait(hours(1)));
    const later = told(seen, seen.wait(hours(1)));

    expect(changes(open.entries)).toEqual([["ana", "bob", "acknowledge", "chidi"]]);
    expect(asked.map(({ to }) => to)).toEqual([[id("bob")]]);
    expect(plain(asked[0]?.direct[0]?.line ?? [])).toContain(
      "Please acknowledge. Chidi decides by 15:00 GMT. You are on call now. HP-1",
    );
    expect(changes(seen.entries)).toEqual([["ana", "bob", "", "chidi"]]);
    expect(later).toEqual([]);
  });

  test("is asked nothing where it is decided, and nothing is recorded", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob"))), ten);
    log.fire("refusal-collapse");
    said(log, "ana", "pause HP-1");

    log.wait(hours(1));

    expect(changes(log.entries)).toEqual([]);
  });

  test("is asked again what an undone decision opened again", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob", "erin"))), ten + minutes(55));
    log.fire("refusal-collapse");
    said(log, "ana", "pause HP-1");
    log.wait(minutes(4));
    said(log, "ana", "undo HP-1");

    log.wait(minutes(2));

    expect(changes(log.entries)).toEqual([["ana", "bob", "acknowledge+decide", "bob"]]);
  });

  test("who is away or cannot be reached is passed over at once, without another minute", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob", "frank"), ["erin"])), ten);
    log.away("bob", ten + days(1));
    log.fire("refusal-collapse");

    const done = log.wait(hours(1));

    expect(done.map(({ kind }) => kind)).toEqual([
      "acknowledge.missed",
      "oncall.changed",
      "authority.passed",
    ]);
    expect(log.escalation("HP-1")).toMatchObject({
      decider: id("erin"),
      decideBy: ten + hours(2),
    });
  });

  test("takes over where nobody could be reached before", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob"))), ten);
    log.unreachable.add(id("ana"));
    log.fire("refusal-collapse");
    expect(log.escalation("HP-1").decider).toBe("");

    log.wait(hours(1));

    expect(log.escalation("HP-1")).toMatchObject({
      decider: id("bob"),
      decideBy: ten + hours(2),
    });
  });

  test("takes a deputy's turn only where the deputy was asked", () => {
    const schedule = hourly("ana", "bob", "frank");
    const deployment = withAuthority({
      acknowledge: [id("dana")],
      restrict: { decider: id("chidi"), deputies: ["schedule:model-oncall"], alsoMay: [] },
    });
    const policy = {
      schedules: [schedule],
      triggers: passing.map((trigger) => ({ ...trigger, decideWithin: minutes(90) })),
      deployment,
    };
    const log = new Log(policyWith(policy), ten);
    log.fire("refusal-collapse");

    const before = told(log, log.wait(hours(1)));
    log.wait(minutes(30));
    const after = told(log, log.wait(minutes(30)));

    expect(before).toEqual([]);
    expect(log.escalation("HP-1").named).toEqual([id("chidi"), id("frank")]);
    expect(after.map(({ to }) => to)).toEqual([[id("frank")]]);
    expect(log.escalation("HP-1")).toMatchObject({
      decider: id("frank"),
      decideBy: ten + minutes(180),
    });
  });

  test("is told of what a deputy decides by now, and that they may decide too", () => {
    const policy = byRota(hourly("ana", "bob"), ["erin"]);
    const log = new Log(
      policyWith({
        ...policy,
        triggers: passing.map((trigger) => ({ ...trigger, decideWithin: minutes(40) })),
      }),
      ten,
    );
    log.fire("refusal-collapse");
    said(log, "ana", "ack HP-1");
    log.wait(minutes(40));

    const [line] = told(log, log.wait(minutes(20)));

    expect(line?.to).toEqual([id("bob")]);
    expect(plain(line?.line ?? [])).toContain("Bob Okafor may decide too.");
    expect(plain(line?.direct[0]?.line ?? [])).toContain(
      "Erin decides by 11:20 GMT. You may decide too. You are on call now.",
    );
    expect(log.escalation("HP-1").decider).toBe(id("erin"));
  });

  test("leaves in their place who stands in the chain under their own name as well", () => {
    const deployment = withAuthority({
      restrict: { decider: id("ana"), deputies: ["schedule:model-oncall"], alsoMay: [] },
    });
    const policy = { schedules: [hourly("ana", "bob")], triggers: passing, deployment };
    const log = new Log(policyWith(policy), ten);
    log.fire("refusal-collapse");

    log.wait(hours(1));

    expect(log.escalation("HP-1")).toMatchObject({ decider: id("ana"), named: [id("ana")] });
  });

  test("is asked to confirm the resume that waits, and who started it is not", () => {
    const schedule = hourly("frank", "bob", "chidi");
    const deployment = withAuthority({
      acknowledge: [id("dana")],
      widen: { confirm: { by: ["schedule:model-oncall"], people: 1, notOwner: true } },
    });
    const log = new Log(policyWith({ schedules: [schedule], deployment }), ten);
    said(log, "chidi", "pause assistant-prod");
    log.wait(minutes(1));
    said(log, "chidi", "resume assistant-prod");

    const [line] = told(log, log.wait(hours(1)));
    const toStarter = told(log, log.wait(hours(1)));

    expect(line?.to).toEqual([id("bob")]);
    expect(plain(line?.line ?? [])).toBe(
      "Assistant (production): Bob Okafor is on call now, after Frank Moreau. Chidi Lindt requests resume to full. Chidi Lindt (10:01): “said so”. Bob Okafor can approve it until Wed 10:01 GMT, otherwise nothing changes.",
    );
    expect(toStarter).toEqual([]);
    expect(log.scope).toBe("paused");
  });

  test("by a policy that changes the rota is asked as well", () => {
    const log = new Log(policyWith(byRota(rota({ rotation: [id("ana")] }))), ten);
    log.fire("refusal-collapse");
    log.adopt({
      ...policyWith(byRota(rota({ rotation: [id("frank")] }))),
      digest: "policy-2",
    });
    expect(duesOf(log.situation)).toContainEqual({ kind: handOffDue, at: log.now });

    log.wait(minutes(1));

    expect(changes(log.entries)).toEqual([["ana", "frank", "acknowledge+decide", "frank"]]);
  });
});

describe("the clock", () => {
  test.each([
    ["five who take turns by the hour", ["ana", "bob", "chidi", "dana", "frank"], [], 2],
    ["the same with a deputy", ["ana", "bob", "chidi", "dana", "frank"], ["erin"], 4],
    ["two who take turns, and both are deputies", ["ana", "bob"], ["ana", "bob"], 4],
  ] as const)(
    "the written answer comes when it was first promised: %s",
    (_, keys, deputies, at) => {
      const log = new Log(policyWith(byRota(hourly(...keys), deputies)), ten);
      log.fire("refusal-collapse");
      const promised = log.escalation("HP-1").answerBy;

      watch(log, hours(8));

      expect(promised).toBe(ten + hours(at));
      expect(answeredAt(log)).toEqual([[hours(at), 0]]);
    },
  );

  test("a deputy whom a hand-off makes somebody else gets no period that nobody was promised", () => {
    const schedule = hourly("erin", "frank", "bob");
    const deployment = withAuthority({
      acknowledge: [id("dana")],
      restrict: { decider: id("chidi"), deputies: [id("erin"), "schedule:model-oncall"] },
    });
    const log = new Log(policyWith({ schedules: [schedule], triggers: passing, deployment }), ten);
    log.fire("refusal-collapse");

    watch(log, hours(10));

    expect(answeredAt(log)).toEqual([[hours(4), 0]]);
  });

  test("a deputy who was away when it opened, and is back, gets no period that nobody was promised", () => {
    const policy = policyWith({ triggers: passing });
    const log = new Log(policy, ten);
    log.away("erin", ten + hours(1));
    log.fire("refusal-collapse");

    watch(log, hours(6));

    expect(answeredAt(log)).toEqual([[hours(2), 0]]);
  });

  test("a late look over several hand-offs says who is on call now, once, and nobody is blamed for time they never had", () => {
    const log = new Log(
      policyWith(byRota(hourly("ana", "bob", "chidi", "dana", "frank"), ["erin"])),
      ten,
    );
    log.fire("refusal-collapse");
    said(log, "ana", "ack HP-1");

    const early = log.wait(minutes(110));
    const late = log.wait(hours(1) + minutes(40));

    expect(changes(early)).toEqual([["ana", "bob", "decide", "bob"]]);
    expect(of(late, "authority.passed").map(({ from, to }) => [from, to])).toEqual([
      [id("bob"), id("erin")],
    ]);
    expect(changes(late)).toEqual([["bob", "dana", "decide", "erin"]]);
    expect(log.escalation("HP-1").decideBy).toBe(log.now + hours(2));
  });

  test("there and back again between two looks is nothing", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob"))), ten);
    log.fire("refusal-collapse");

    const done = log.wait(hours(2) - 1);
    const back = new Log(policyWith(byRota(hourly("ana", "bob"), ["erin"])), ten);
    back.fire("score-unavailable");
    const none = back.wait(hours(2));

    expect(changes(done)).toHaveLength(1);
    expect(changes(none)).toEqual([]);
    expect(duesOf(back.situation)).toContainEqual({ kind: handOffDue, at: ten + hours(3) });
  });

  test("an old log that does not say whom a schedule meant takes who was on call then", () => {
    const log = new Log(policyWith(byRota(hourly("ana", "bob"))), ten);
    log.fire("refusal-collapse");
    const old = {
      ...log.situation,
      state: {
        ...log.state,
        escalations: log.state.escalations.map(({ onCall, answerBy, ...one }) => one),
      },
    };

    const due = duesOf(old).find(({ kind }) => kind === handOffDue);

    expect(due?.at).toBe(ten + hours(1));
  });
});
