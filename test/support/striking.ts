import type { Executor } from "../../db/executor.ts";

type Query = Parameters<Executor>[0];

/**
 * Runs something just before a statement for which `isMoment` holds reaches the database: once,
 * when it is armed.
 */
export function striking(isMoment: (statement: Query) => boolean) {
  let armed: (() => Promise<unknown>) | null = null;
  return {
    wrap:
      (execute: Executor): Executor =>
      async (statement) => {
        const strike = armed;
        if (strike && isMoment(statement)) {
          armed = null;
          await strike();
        }
        return execute(statement);
      },
    arm: (strike: () => Promise<unknown>): void => {
      armed = strike;
    },
    /** Whether what was armed has happened. */
    hasStruck: (): boolean => armed === null,
  };
}

/** A commit that makes a deployment wider, or starts or confirms what will. */
export function isWidening({ text, params }: Query): boolean {
  return text.includes("holdpoint.commit") && String(params[0]).includes('"heard":[');
}
