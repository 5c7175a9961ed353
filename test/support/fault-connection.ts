import type { Executor } from "../../db/executor.ts";

/** Where a statement fails: before it reaches the database, or after it took effect there. */
export interface FaultPlan {
  /** Counted from 1; 0 = none. */
  readonly statement: number;
  readonly when: "before" | "after";
  /** How many statements fail in a row from there on. */
  readonly times: number;
}

/**
 * A connection that breaks at one statement and works again afterwards, as with a network failure:
 * the caller sees the same error whether or not the statement took effect.
 */
export function faultConnection() {
  let plan: FaultPlan = { statement: 0, when: "before", times: 0 };
  let seen = 0;
  const wrap =
    (execute: Executor): Executor =>
    async (query) => {
      seen += 1;
      const fails = seen >= plan.statement && seen < plan.statement + plan.times;
      if (!fails) return execute(query);
      if (plan.when === "after") await execute(query);
      throw Object.assign(new Error("write CONNECTION_CLOSED"), { code: "CONNECTION_CLOSED" });
    };
  return {
    wrap,
    /** Starts counting. */
    plan: (next: FaultPlan): void => {
      plan = next;
      seen = 0;
    },
    seen: (): number => seen,
  };
}
