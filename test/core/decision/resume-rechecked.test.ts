import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { confirmation } from "../../../src/core/card/decision-answer.ts";
import { holders, isOwner } from "../../../src/core/people/authority.ts";
import type { Deployment, Policy } from "../../../src/core/policy/model.ts";
import { isRefusal } from "../../../src/core/state/refusal.ts";
import { instantOf } from "../../../src/core/time.ts";
import {
  assistant,
  days,
  hours,
  id,
  type Key,
  minutes,
  oncall,
  policyWith,
  withAuthority,
} from "../../support/builders.ts";
import { Log, of, refused, said, say } from "../../support/core-log.ts";

/**
 * Between its start and its second person a policy may change: everybody behind a resume is judged
 * again when it completes.
 */

const twoSeconds = (by: readonly Key[] = ["erin", "frank"]): Deployment =>
  withAuthority({ widen: { confirm: { by: by.map(id), people: 2, notOwner: true } } });

function paused(policy: Policy = policyWith(), by: Key = "bob"): Log {
  const log = new Log(policy);
  log.fire("jailbreak-rate");
  said(log, by, "pause HP-1");
  return log;
}

function started(policy: Policy = policyWith(), by: Key = "chidi", pauser: Key = "bob"): Log {
  const log = paused(policy, pauser);
  said(log, by, "resume HP-1");
  return log;
}

const lapsedBecause = (log: Log) =>
  of(log.entries, "decision.lapsed").map(({ because }) => because);

describe("who started it", () => {
  test("does not stand behind it any more as its release owner, and the answer says who can request it again", () => {
    const log = started();
    log.adopt(policyWith({ digest: "p2", deployment: { ...assistant, owner: id("chidi") } }));

    const answer = said(log, "frank", "resume HP-1");

    expect(log.scope).toBe("paused");
    expect(lapsedBecause(log)).toEqual(["authority withdrawn"]);
    expect(confirmation(log.viewContext, answer)).toContain("Erin Sato can request it again.");
  });

  test("stands behind it who was on call by an override when they started, also when that has ended", () => {
    const schedule = {
      ...oncall,
      overrides: [
        {
          person: id("gina"),
          from: instantOf("2026-11-24T03:00:00Z"),
          to: instantOf("2026-11-24T04:00:00Z"),
        },
      ],
    };
    const deployment = withAuthority({ widen: { decider: "schedule:model-oncall" } });
    const named = policyWith({ deployment, schedules: [schedule] });
    const policy = { ...named, people: new Set([...named.people, id("gina")]) };
    for (const wait of [minutes(1), hours(2)]) {
      const log = started(policy, "gina", "dana");
      log.now += wait;

      said(log, "erin", "resume HP-1");

      expect(log.scope).toBe("full");
    }
    const log = started(policy, "gina", "dana");
    log.adopt({ ...policy, digest: "p2", schedules: new Map([[oncall.id, oncall]]) });
    said(log, "erin", "resume HP-1");
    expect(lapsedBecause(log)).toEqual(["authority withdrawn"]);
  });

  test("stands behind it when they went away, or were taken out and named again meanwhile", () => {
    const log = started();
    log.away("chidi", log.now + hours(3));
    log.adopt(policyWith({ digest: "p2", without: ["chidi"] }));
    log.adopt(policyWith({ digest: "p3" }));

    said(log, "erin", "resume HP-1");

    expect(log.scope).toBe("full");
  });
});

describe("who confirmed it first", () => {
  test.each([
    ["left the policy", policyWith({ digest: "p2", deployment: twoSeconds(), without: ["erin"] })],
    ["is a confirmer no more", policyWith({ digest: "p2", deployment: twoSeconds(["frank"]) })],
    [
      "became the owner",
      policyWith({ digest: "p2", deployment: { ...twoSeconds(), owner: id("erin") } }),
    ],
  ])("counts no more who %s", (_how, later) => {
    const log = started(policyWith({ deployment: twoSeconds() }));
    said(log, "erin", "resume HP-1");
    log.adopt(later);

    const answer = said(log, "frank", "resume HP-1");

    expect(log.scope).toBe("paused");
    expect(of(answer, "decision.confirmed")).toMatchObject([{ needs: 1 }]);
    expect(confirmation(log.viewContext, answer)).toContain("Erin Sato approved it before");
  });

  test("counts again who may again, and a third person makes up for who may not", () => {
    const three = twoSeconds(["erin", "frank", "ana"]);
    const log = started(policyWith({ deployment: three }));
    said(log, "erin", "resume HP-1");
    const without = { ...twoSeconds(["frank", "ana"]) };
    log.adopt(policyWith({ digest: "p2", deployment: without }));
    said(log, "frank", "resume HP-1");
    expect(log.scope).toBe("paused");

    said(log, "ana", "resume HP-1");

    expect(log.scope).toBe("full");
    expect(of(log.entries, "decision.made").at(-1)?.people).toEqual(
      ["chidi", "frank", "ana"].map((name) => id(name as Key)),
    );

    const again = started(policyWith({ deployment: three }));
    said(again, "erin", "resume HP-1");
    again.adopt(policyWith({ digest: "p2", deployment: without }));
    again.adopt(policyWith({ digest: "p3", deployment: three }));
    said(again, "frank", "resume HP-1");
    expect(again.scope).toBe("full");
  });
});

describe("how many it needs", () => {
  test("is what the policy in force says where that is more than when it was started", () => {
    const log = started();
    log.adopt(policyWith({ digest: "p2", deployment: twoSeconds() }));

    said(log, "erin", "resume HP-1");
    expect(log.scope).toBe("paused");
    said(log, "frank", "resume HP-1");

    expect(log.scope).toBe("full");
  });

  test("is what the open escalation was opened under, where a later policy asks for fewer", () => {
    const log = paused(policyWith({ deployment: twoSeconds() }));
    log.adopt(policyWith({ digest: "p2" }));
    said(log, "chidi", "resume HP-1");
    expect(log.state.proposal?.needs).toBe(2);

    said(log, "erin", "resume HP-1");
    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ refused: "waits-for-second" });

    expect(log.scope).toBe("paused");
  });
});

describe("whatever a policy says between", () => {
  const keys = ["ana", "bob", "chidi", "dana", "erin", "frank"] as const;
  const person = fc.constantFrom<Key>(...keys);
  const some = fc.uniqueArray(person, { minLength: 1, maxLength: 4 });
  const anyPolicy = fc
    .record({
      decider: fc.oneof(person.map(id), fc.constant("schedule:model-oncall" as const)),
      deputies: some,
      by: some,
      people: fc.integer({ min: 1, max: 3 }),
      owner: person,
      without: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some }),
      rotation: some,
    })
    .map(({ decider, deputies, by, people, owner, without, rotation }) => ({
      without,
      schedules: [{ ...oncall, rotation: rotation.map(id), overrides: [] }],
      deployment: {
        ...withAuthority({
          widen: {
            decider,
            deputies: deputies.map(id),
            confirm: { by: by.map(id), people, notOwner: true },
          },
        }),
        owner: id(owner),
      },
    }));
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: person.map((who) => ({ do: "resume" as const, who })),
    },
    { weight: 2, arbitrary: anyPolicy.map((policy) => ({ do: "adopt" as const, policy })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(minutes(1), days(7))
        .map((length) => ({ do: "wait" as const, length })),
    },
  );

  /** Written down once more, so that the rule is not held against itself. */
  const stands = (log: Log, people: readonly string[], at: number): void => {
    const { situation } = log;
    const widen = situation.policy.deployments.get("assistant-prod")?.authority.widen;
    expect(new Set(people).size).toBe(people.length);
    expect(people.length).toBeGreaterThan(widen?.confirm.people ?? 1);
    for (const key of keys.filter((key) => people.includes(id(key)))) {
      expect(situation.policy.people.has(id(key)), `${key} is in the policy`).toBe(true);
      expect(isOwner(situation, id(key), null), `${key} is not the owner`).toBe(false);
    }
    const [starter, ...seconds] = people;
    const onCall = [at, log.now].map((now) =>
      holders({ ...situation, now, unreachable: () => true }, "start", null),
    );
    expect(onCall.some((who) => [...who.keys()].some((person) => person === starter))).toBe(true);
    for (const second of seconds) expect(widen?.confirm.by).toContain(second);
  };

  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

  /**
   * Whether a step completed a resume, which has to stand then; null = a resume that changed
   * nothing of that kind.
   */
  const completedIn = (log: Log, item: Step, digest: string): boolean | null => {
    if (item.do === "wait") {
      log.wait(item.length);
      return false;
    }
    if (item.do === "adopt") {
      log.adopt(policyWith({ ...item.policy, digest }));
      return false;
    }
    const { proposal } = log.state;
    const answer = say(log, item.who, "resume HP-1");
    const [made] = isRefusal(answer) ? [] : of(answer, "decision.made");
    if (!made || !proposal) return null;
    stands(log, made.people, proposal.at);
    return true;
  };

  /** How many resumes completed on the way to the first that widened to the full. */
  const completedBy = (log: Log, steps: readonly Step[]): number => {
    let completed = 0;
    for (const [n, item] of steps.entries()) {
      const done = completedIn(log, item, `p${n}`);
      if (done) completed += 1;
      if (done !== null && log.scope === "full") break;
    }
    return completed;
  };

  test("a resume that completes has the people that the policy in force asks for", () => {
    let completed = 0;
    fc.assert(
      fc.property(anyPolicy, fc.array(step, { minLength: 3, maxLength: 14 }), (first, steps) => {
        const log = new Log(policyWith({ ...first, without: [] }));
        log.fire("jailbreak-rate");
        const stopper = keys.find((key) => !isRefusal(say(log, key, "pause HP-1")));
        if (!stopper) return;
        completed += completedBy(log, steps);
      }),
      { numRuns: 1_500 },
    );
    expect(completed).toBeGreaterThan(20);
  });
});
