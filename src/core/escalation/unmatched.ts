import type { Instant, Millis } from "../ids.ts";
import type { NamedSignal, SignalName } from "../log/entry.ts";
import { ownSource } from "../policy/expectation.ts";
import { type Severity, severities } from "../policy/severity.ts";
import type { ObservedSignal } from "../signal.ts";
import { isUnmatched } from "../state/situation.ts";
import type { DeploymentState, EscalationState } from "../state/state.ts";
import { short } from "./signal-evidence.ts";

/**
 * Signals that no trigger matches: one escalation for each name that a source uses on a deployment,
 * and one more for all names beyond a limit, so that a flood of signals or a faulty sender cannot
 * create unlimited cards.
 */

/**
 * So many escalations of their own a deployment gets within {@link within}, and so many may be live
 * at a time.
 */
const mostWithin = 20;
const within: Millis = 3_600_000;
const mostLive = 100;

/**
 * So many names of each severity are named one by one on the escalation that they share; further
 * ones are counted.
 */
const mostNamed = 20;

/** What stands for the names of an escalation that is shared by several. */
export const shared: SignalName = { source: "", name: "" };

/** Where signals belong that name no deployment, or one more than are kept apart. */
export const unnamedPlace = "unknown";

const longestName = 120;

/**
 * The name under which a signal that no trigger matches is known: what was measured, else what
 * tells it from others; and what its sender calls the deployment, where that is not the one on
 * which it is shown.
 */
export function nameOfSignal(observed: ObservedSignal, deployment: string): SignalName {
  const { source, deployment: sent } = observed.signal;
  const where = sent === "" || sent === deployment ? "" : ` on ${sent}`;
  return { source: short(source), name: bounded(`${whatIsSaid(observed)}${where}`) };
}

function whatIsSaid({ signal, condition }: ObservedSignal): string {
  const { source, kind, suite, scorer, score, metric, id, summary } = signal;
  // The metric of a silence is always the same, so the condition identifies it.
  if (source === ownSource) return condition;
  const measured = [suite, scorer, score, metric].filter((text) => text.trim() !== "").join(" ");
  // A finding with an id is a thing of its own; what else has one has it of the message that it
  // came in.
  const things = kind === "finding" ? [id, marked(summary)] : [marked(summary), id];
  const [thing = condition] = things.filter((text) => text.trim() !== "");
  return measured || `${kind} ${thing}`;
}

/**
 * A text that may be anybody's words does not enter the log: only what tells it from another, apart
 * from its numbers.
 */
const marked = (text: string): string =>
  text.trim() === "" ? "" : `#${fingerprint(text.replace(/\d+/g, "0"))}`;

/** One line of at most so many characters; of two long names that begin alike, two. */
export function bounded(text: string, most: number = longestName): string {
  const line = [...text.replace(/[\p{Cc}\p{Surrogate}\s]+/gu, " ").trim()];
  if (line.length <= most) return line.join("");
  return `${line.slice(0, most - 10).join("")}…#${fingerprint(text)}`;
}

/** FNV-1a over UTF-16 code units: tells names apart and protects nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/**
 * What stands in the place of a trigger's id where conditions are counted. A source's id has no
 * slash.
 */
export function ruleOf({ source, name }: SignalName): string {
  return `unmatched/${source}/${name}`;
}

/** Whether a condition counted under this rule was said by this source. */
export function isRuleOf(rule: string, source: string): boolean {
  return rule === "unmatched" || rule.startsWith(`unmatched/${short(source)}/`);
}

const isSame = (a: SignalName | undefined, b: SignalName): boolean =>
  a !== undefined && a.source === b.source && a.name === b.name;

/** The live escalation of a name, or with {@link shared} the one for the names beyond the bound. */
export function liveUnmatched(
  state: DeploymentState,
  about: SignalName,
): EscalationState | undefined {
  return state.escalations.find(
    (escalation) => isUnmatched(escalation) && isSame(escalation.about, about),
  );
}

/** Whether an escalation is shared by the names beyond the bound. */
export function isShared(escalation: EscalationState): boolean {
  return isSame(escalation.about, shared);
}

/** Whether one more name gets an escalation of its own. */
export function hasRoom(state: DeploymentState, now: Instant): boolean {
  const live = state.escalations.filter(
    (escalation) => isUnmatched(escalation) && !isShared(escalation),
  );
  const recent = live.filter(({ openedAt }) => openedAt > now - within);
  return live.length < mostLive && recent.length < mostWithin;
}

/** Whether the first severity is worse than the second. */
export function isWorse(a: Severity, b: Severity): boolean {
  return severities.indexOf(a) > severities.indexOf(b);
}

/** The names that are still named one by one, worst first: at most so many of each severity. */
export function toBeNamed<T extends Pick<NamedSignal, "severity">>(
  escalation: EscalationState,
  names: readonly T[],
): readonly T[] {
  const before = escalation.others?.names ?? [];
  const left = new Map(
    severities.map((each) => [
      each,
      mostNamed - before.filter(({ severity }) => severity === each).length,
    ]),
  );
  return worstFirst(names).filter(({ severity }) => {
    const room = left.get(severity) ?? 0;
    left.set(severity, room - 1);
    return room > 0;
  });
}

/** Worst first, else in the order in which they came. */
export function worstFirst<T extends Pick<NamedSignal, "severity">>(
  names: readonly T[],
): readonly T[] {
  return [...names].sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
}
