import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Replay } from "../../../src/core/replay/replay.ts";
import { anyStep, type Step, take } from "../../support/any-steps.ts";
import { Log } from "../../support/core-log.ts";

/** A replay accepts every log that the rules themselves can write. */

function replayed(log: Log) {
  const replay = new Replay((digest) => log.policies.get(digest) ?? null);
  for (const entry of log.entries) if (!replay.take(structuredClone(entry))) break;
  const { finding } = replay.result;
  return finding && { ...finding, entry: log.entries[finding.index] };
}

/**
 * The program knows nobody whom no policy ever named, such as gina, and refuses to adopt a policy
 * without the scope that is in force, or the same again.
 */
function canHappen(log: Log, step: Step): boolean {
  if ("who" in step && step.who === "gina") return false;
  if (step.do === "fire") return isWritten(log, step.name);
  if (step.do !== "adopt") return true;
  const { policy } = step;
  const known = policy.deployments.get("assistant-prod")?.scopes.map(({ id }) => id) ?? [];
  return policy.digest !== log.situation.policy.digest && ["paused", ...known].includes(log.scope);
}

function isWritten(log: Log, name: string): boolean {
  return log.situation.policy.triggers.has(name) || name === "unmatched" || name === "raised";
}

describe("a replay", () => {
  test("finds nothing in whatever people, signals, policies and clocks bring about", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40 }), (sequence) => {
        const log = new Log();
        for (const step of sequence) if (canHappen(log, step)) take(log, step);

        expect(replayed(log)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
