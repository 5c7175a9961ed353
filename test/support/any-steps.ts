import fc from "fast-check";
import type { Policy } from "../../src/core/policy/model.ts";
import {
  assistant,
  days,
  hours,
  id,
  type Key,
  minutes,
  policyWith,
  triggers,
  withAuthority,
} from "./builders.ts";
import { type Log, say } from "./core-log.ts";

/** Whatever people, senders, clocks and operators may do, one step after the other. */

const scopes = [...assistant.scopes.map((scope) => scope.id), "paused"];

const actors: readonly Key[] = ["ana", "bob", "chidi", "dana", "erin", "frank", "gina"];

const anyLine = fc
  .tuple(
    fc.constantFrom("", "", "", "breakglass "),
    fc.constantFrom("ack", "narrow", "pause", "resume", "keep", "retest", "monitor", "undo"),
    fc.constantFrom("", " HP-1", " HP-2", " HP-3"),
    fc.constantFrom("", "", ...scopes.map((scope) => ` to ${scope}`)),
  )
  .map((words) => words.join(""));

const others: readonly Policy[] = [
  policyWith({ digest: "policy-2", deployment: withAuthority({ widen: { decider: id("bob") } }) }),
  policyWith({ digest: "policy-3", without: ["chidi"] }),
  policyWith({
    digest: "policy-4",
    deployment: { ...assistant, scopes: assistant.scopes.slice(0, 2) },
  }),
  policyWith({ digest: "policy-5", triggers: [] }),
  policyWith({
    digest: "policy-8",
    deployment: {
      ...assistant,
      reassess: {
        ...assistant.reassess,
        onOverdue: { kind: "narrow", scope: null, grace: days(1) },
      },
    },
  }),
  policyWith({
    digest: "policy-7",
    triggers: triggers.map((trigger) => ({
      ...trigger,
      ...(trigger.response.kind === "retest" ? {} : { actsFirst: true }),
      ...(trigger.response.kind === "narrow"
        ? { response: { kind: "narrow", scope: "next" } as const }
        : {}),
    })),
  }),
  policyWith({
    digest: "policy-6",
    triggers: triggers.map((trigger) =>
      trigger.id === "jailbreak-rate"
        ? {
            ...trigger,
            authority: {
              restrict: { decider: id("frank") },
              widen: { decider: id("frank"), confirm: { by: [id("bob")] } },
            },
          }
        : trigger,
    ),
  }),
];

/** One step of a sequence. */
export const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...actors), anyLine)
      .map(([who, line]) => ({ do: "say" as const, who, line })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        "jailbreak-rate",
        "refusal-collapse",
        "score-unavailable",
        "unmatched",
        "raised",
      )
      .map((name) => ({ do: "fire" as const, name })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(1, minutes(1), minutes(10), minutes(21), hours(1), hours(9), days(1), days(9))
      .map((length) => ({ do: "wait" as const, length })),
  },
  { weight: 1, arbitrary: fc.constant({ do: "late" as const }) },
  { weight: 1, arbitrary: fc.constantFrom(...actors).map((who) => ({ do: "away" as const, who })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...actors).map((who) => ({ do: "vanish" as const, who })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...others).map((policy) => ({ do: "adopt" as const, policy })),
  },
);

export type Step = typeof anyStep extends fc.Arbitrary<infer One> ? One : never;

/** Takes a step. */
export function take(log: Log, step: Step): void {
  switch (step.do) {
    case "say":
      if (step.line.includes("ack") && !isLive(log, step.line)) return;
      say(log, step.who, step.line);
      return;
    case "fire":
      log.fire(
        step.name,
        step.name === "raised" ? { actor: { type: "person", person: id("bob") } } : {},
      );
      return;
    case "wait":
      log.wait(step.length);
      return;
    case "late":
      log.now += days(1);
      return;
    case "away":
      log.away(step.who, log.now + hours(5));
      return;
    case "vanish":
      log.unreachable.add(id(step.who));
      return;
    case "adopt":
      log.adopt(step.policy);
      return;
  }
}

function isLive(log: Log, line: string): boolean {
  const named = line.split(" ").find((word) => word.startsWith("HP-")) ?? "HP-1";
  return log.state.escalations.some((escalation) => escalation.id === named);
}
