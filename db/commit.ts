import { randomUUID } from "node:crypto";
import type { Change, Committed, Store } from "../src/app/ports.ts";
import { Scanner } from "../src/core/log/canonical-json-scanner.ts";
import { changeJson } from "./change-json.ts";
import type { Executor } from "./executor.ts";
import { lostRace, StoreFault } from "./fault.ts";

/**
 * The commit point and the receipts that make it safe to repeat. The executor's failures are
 * StoreFaults.
 *
 * When the connection breaks, nobody knows whether the statement took effect; it may even still be
 * on its way. The attempt is then given up under its key: either its receipt is there, or it is
 * marked so that it can never take effect. Only when that cannot be said either does the fault read
 * `unknown`, and `receipt` tries again before it answers.
 */
export function commitsOver(execute: Executor): Pick<Store, "commit" | "receipt"> {
  const unsettled = new Map<string, string[]>();

  const settle = async (key: string): Promise<{ readonly result: unknown } | undefined> => {
    let found: { readonly result: unknown } | undefined;
    for (const attempt of unsettled.get(key) ?? []) {
      const [[answer] = []] = await execute({
        text: "select holdpoint.give_up($1::text, $2::text)",
        params: [key, attempt],
      });
      if (typeof answer === "string") found = { result: JSON.parse(answer) };
    }
    unsettled.delete(key);
    return found;
  };

  const afterFailure = async (
    key: string | null,
    attempt: string,
    cause: unknown,
  ): Promise<Committed> => {
    if (!(cause instanceof StoreFault)) throw cause;
    if (lostRace(cause.cause)) return { is: "conflict", because: "another commit was in the way" };
    if (cause.outcome === "not-done" || key === null) throw cause;
    unsettled.set(key, [...(unsettled.get(key) ?? []), attempt]);
    const found = await settle(key).catch(() => "silence" as const);
    if (found === "silence") throw cause;
    if (found === undefined) throw new StoreFault("the change was not stored", "not-done", cause);
    return { is: "repeat", result: found.result };
  };

  return {
    commit: async (change: Change) => {
      refuseUncanonical(change);
      const attempt = randomUUID();
      const query = {
        text: "select holdpoint.commit($1::text::jsonb)",
        params: [changeJson(change, attempt)],
      };
      try {
        const [[answer] = []] = await execute(query);
        return committed(answer, change);
      } catch (cause) {
        return afterFailure(change.key, attempt, cause);
      }
    },

    receipt: async (key) => {
      if (unsettled.has(key)) return settle(key);
      const text =
        "select result from holdpoint.receipts where key = $1::text and result is not null";
      const [[answer] = []] = await execute({ text, params: [key] });
      return typeof answer === "string" ? { result: JSON.parse(answer) } : undefined;
    },
  };
}

/**
 * The bytes are what is hashed, signed and exported: they are in the one form that an entry has.
 * That they say what the columns say is checked by the function.
 */
function refuseUncanonical({ entries }: Change): void {
  for (const { entry, bytes } of entries)
    if (new Scanner(bytes).line(0) !== bytes.length)
      throw new Error(`invariant: the bytes of entry ${entry.id} are not canonical JSON`);
}

/** What the function answered: `{is, index?, result?, because?}` with the result as text. */
interface CommitResult {
  readonly is: Committed["is"];
  readonly index: number | null;
  readonly result: string;
  readonly because: string;
}

function committed(answer: unknown, change: Change): Committed {
  const { is, index, result, because }: CommitResult = JSON.parse(String(answer));
  switch (is) {
    case "done":
      return { is, index, result: change.result };
    case "repeat":
      return { is, result: JSON.parse(result) };
    case "conflict":
      return { is, because };
  }
}
