import type { EntryOf } from "../log/entry.ts";
import { instantOf, timeOf } from "../time.ts";
import type { Retest } from "./state.ts";

/** How re-tests that were asked for fold into the state. */

/** The newest are kept, those without a result before the others. */
const kept = 20;

/** A re-test that a decision asks for; one without a suite is of no run in particular. */
export function retestAsked(
  all: readonly Retest[],
  entry: EntryOf<"decision.made">,
): readonly Retest[] {
  if (entry.decision !== "retest" || entry.suite === "") return all;
  const asked: Retest = {
    entry: entry.id,
    escalation: entry.escalation,
    suite: entry.suite,
    askedBy: entry.people[0] ?? "",
    by: entry.by,
    at: timeOf(entry),
    due: entry.due === "" ? null : instantOf(entry.due),
    reminded: null,
    partial: null,
    missed: null,
    result: null,
  };
  const both = [...all, asked];
  if (both.length <= kept) return both;
  const oldest = both.findIndex(({ result }) => result !== null);
  return both.filter((_, at) => at !== Math.max(oldest, 0));
}

/** Records the outcome of a re-test. */
export function retestFollowed(
  all: readonly Retest[],
  entry: EntryOf<"retest.followed">,
): readonly Retest[] {
  return all.map((retest) =>
    retest.entry === entry.retest ? { ...retest, ...news(entry) } : retest,
  );
}

function news(entry: EntryOf<"retest.followed">): Partial<Retest> {
  const at = timeOf(entry);
  switch (entry.what) {
    case "reminded":
      return { reminded: entry.remind === "" ? at : instantOf(entry.remind) };
    case "missed":
      return { missed: at };
    case "incomplete":
    case "errored":
      return { partial: { was: entry.what, at, samples: entry.run?.samples ?? "" } };
    case "complete":
      return { result: entry.run && { ...entry.run, at } };
  }
}
