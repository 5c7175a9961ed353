const pastDeadline = "DEADLINE";

/** Whether it was `within` that gave up. */
export function isPastDeadline(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === pastDeadline;
}

/**
 * Rejects with code DEADLINE when the work has not ended in time. What it does by then is unknown:
 * it is not cancelled.
 */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error(`no answer within ${ms} ms`), { code: pastDeadline });
    timer = setTimeout(() => reject(error), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
