import { withTimeout } from "../src/app/ports.ts";

const pastDeadline = "DEADLINE";

/** Whether it was `within` that gave up. */
export function isPastDeadline(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === pastDeadline;
}

/** Rejects with code DEADLINE when the work has not ended in time. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return withTimeout(work, ms, () =>
    Object.assign(new Error(`no answer within ${ms} ms`), { code: pastDeadline }),
  );
}
