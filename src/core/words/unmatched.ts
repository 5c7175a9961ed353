import type { Severity } from "../policy/severity.ts";
import { type Line, line, listed, type Part, plural } from "./line.ts";

/** What is said of signals that no trigger matches. */

/** What can be done where the policy has the deployment. */
export function next(): Line {
  return line`No trigger matches. Acknowledge it, or restrict the deployment`;
}

/** What cannot be done where it has none; "" = none was named, or too many are. */
export function nextUnknown(name: string): Line {
  return name === ""
    ? line`It names no deployment of the policy: nothing can be restricted from here. Acknowledge it`
    : line`The policy has no deployment “${{ untrusted: name }}”: nothing can be restricted from here. Acknowledge it`;
}

export function onLockScreen(isKnown: boolean): string {
  return isKnown ? "No trigger matches." : "Not in the policy.";
}

/**
 * "Unreadable delivery from signals: “kind” is missing", "Unreadable items from alertmanager: 3"
 */
export function unusable(
  metric: string,
  {
    count,
    source,
    because,
  }: { readonly count: string; readonly source: string; readonly because: string },
): Line {
  const what = metric === "unmapped delivery" ? "unreadable delivery" : metric;
  const start = `${what.slice(0, 1).toUpperCase()}${what.slice(1)} from ${source}`;
  const more = count || because.replace(/\.$/, "");
  return [{ untrusted: more === "" ? start : `${start}: ${more}` }];
}

export function moreNames(count: number): Line {
  return line`and ${plural(count, "more name")} that no trigger matches`;
}

/** "WeightsLeaving (alertmanager, critical)", with the sender's words where there are any. */
export function named(
  name: string,
  {
    source,
    severity,
    said = "",
  }: { readonly source: string; readonly severity: Severity; readonly said?: string | undefined },
): Part {
  return {
    untrusted: `${name} (${source}, ${severity})${said === "" ? "" : ` “${said}”`}`,
  };
}

/** The names, and how many there are beside them. */
export function listOf(names: readonly Part[], more: number): Line {
  return listed(more > 0 ? [...names, plural(more, "more name")] : names);
}

interface WorseSignal {
  readonly severity: Severity;
  readonly name: string;
  readonly what: Line;
  readonly id: string;
}

export const said = {
  opened: (name: string, id: string, [what = [], words = []]: readonly Line[]): Line =>
    words.length === 0
      ? line`${name}: ${id} is open: ${what}. No trigger matches it.`
      : line`${name}: ${id} is open: ${what}, ${words}. No trigger matches it.`,
  worse: ({ severity, name, what, id }: WorseSignal): Line =>
    line`${severity.toUpperCase()} ${name}: ${what}. It was less severe before, and no trigger matches it. ${id}`,
  names: (name: string, names: Line, id: string): Line =>
    line`${name}: no trigger matches ${names}. ${id}`,
  counted: (name: string, count: number, id: string): Line =>
    line`${name}: ${id} now covers ${plural(count, "name")} of signals without a trigger.`,
  matched: (name: string, id: string): Line =>
    line`${name}: a trigger now matches what ${id} reported. ${id} is closed; the trigger’s escalation continues.`,
};
