import type { Instant, Millis } from "../ids.ts";
import { decimal } from "../log/bytes.ts";
import type { WorstOf } from "../log/entry.ts";
import type { EscalationEvidence } from "../state/evidence.ts";
import type { BodyOf, Draft, Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { byPolicy } from "./acknowledgement.ts";
import { clocksOf, updateEvery } from "./escalation.ts";
import { shownOf } from "./shown-conditions.ts";
import { short } from "./signal-evidence.ts";
import { isShared } from "./unmatched.ts";

/** What changed of the values of an escalation, as the log is told of it. */

/**
 * What the signals say now that the log does not say yet; null when nothing, or too soon after the
 * last time.
 */
export function updateOf(
  situation: Situation,
  escalation: EscalationState,
  evidence: EscalationEvidence,
): Draft | null {
  const difference = differenceOf(escalation, evidence);
  if (!difference) return null;
  const worse = worsened(situation, { escalation, evidence, difference });
  if (!worse && situation.now < updatesFrom(escalation, difference)) return null;
  return { actor: byPolicy, body: { ...difference, ...(worse && { worse }) } };
}

/** The same whenever the last time was: what somebody decides now is about what it says. */
export function updatesNow(
  situation: Situation,
  escalation: EscalationState | null,
): readonly Draft[] {
  const evidence = escalation && situation.evidence.get(escalation.id);
  const difference = evidence ? differenceOf(escalation, evidence) : null;
  return difference ? [{ actor: byPolicy, body: difference }] : [];
}

/** So much further from its limit than when it was answered a value is asked about again. */
const asFarAgain = 1.5;

/** A rounding of doubles is no worsening, and takes none away. */
const tiny = 1e-9;

/**
 * Whether what was kept, monitored or re-tested got worse since: then it is asked again, with its
 * clocks. Null where it did not, or where nobody can tell.
 */
function worsened(
  situation: Situation,
  {
    escalation,
    evidence,
    difference: { worst },
  }: {
    readonly escalation: EscalationState;
    readonly evidence: EscalationEvidence;
    readonly difference: Difference;
  },
): Difference["worse"] | null {
  const { status, answered, decided, policy, trigger } = escalation;
  const rule = situation.pinned(policy).triggers.get(trigger);
  const [top] = shownOf(escalation, evidence).conditions;
  if (status !== "settled" || !answered || !decided || !rule || !top || worst === "") return null;
  const { worse, limit } = top.worst;
  if (worse === "unknown") return null;
  const sign = worse === "higher" ? 1 : -1;
  const [was, is] = [Number(answered), Number(worst)];
  const further = sign * (is - was);
  const isMuch =
    rule.worseBy !== null
      ? further >= rule.worseBy - tiny
      : limit !== null &&
        sign * (is - limit) >= asFarAgain * Math.max(0, sign * (was - limit)) - tiny;
  if (further <= 0 || !isMuch) return null;
  return { was: answered, decision: decided.decision, ...clocksOf(situation, rule, escalation) };
}

/** How many names a shared escalation has is recorded, and said to people, at most this often. */
const countedEvery: Millis = 600_000;

export function updatesFrom(escalation: EscalationState, { names }: Difference): Instant {
  return names !== undefined ? escalation.updatedAt + countedEvery : updatesAtFirst(escalation);
}

/** The first change of an escalation is recorded at once, the next a minute after the last. */
function updatesAtFirst({ openedAt, updatedAt }: EscalationState): Instant {
  return updatedAt === openedAt ? openedAt : updatedAt + updateEvery;
}

export type Difference = BodyOf<"escalation.updated">;

export function differenceOf(
  escalation: EscalationState,
  evidence: EscalationEvidence,
): Difference | null {
  const { worst, ...measured } = worstNow(escalation, evidence);
  const verdict = evidence.fired ? "fired" : "indeterminate";
  const same =
    worst === escalation.worst &&
    evidence.firing === escalation.firing &&
    (measured.of === undefined || isOfSame(measured.of, escalation));
  const isUnchanged = same && (verdict === escalation.verdict || escalation.verdict === "none");
  const isMore = escalation.others !== undefined && evidence.names > escalation.others.counted;
  if (isUnchanged && !isMore) return null;
  return {
    kind: "escalation.updated",
    escalation: escalation.id,
    firing: evidence.firing,
    verdict,
    worst,
    seen: null,
    ...measured,
    ...(isUnchanged ? { names: evidence.names } : {}),
  };
}

/** The worst that was measured, and of what. Values of several names are not of one thing. */
function worstNow(
  escalation: EscalationState,
  evidence: EscalationEvidence,
): Pick<Difference, "worst" | "of" | "latest"> {
  const [top] = isShared(escalation) ? [] : shownOf(escalation, evidence).conditions;
  if (!top || top.worst.value === null) return { worst: escalation.worst };
  const { worst, latest } = top;
  const value = decimal(top.worst.value);
  if (top.key === "") return { worst: value };
  const last = {
    value: figureOf(latest.value),
    at: rfc3339(latest.at),
    ...(latest.bound ? { bound: latest.bound } : {}),
  };
  return {
    worst: value,
    of: {
      source: short(top.source),
      suite: short(top.suite),
      scorer: short(top.scorer),
      score: short(top.score),
      metric: short(top.metric),
      group: short(top.group),
      reducer: short(top.reducer),
      model: short(top.model),
      limit: figureOf(worst.limit),
      worse: worst.worse,
      ...(worst.bound === "" ? {} : { bound: worst.bound }),
    },
    ...(latest.at > worst.at ? { latest: last } : {}),
  };
}

const figureOf = (value: number | null): string => (value === null ? "" : decimal(value));

const names = ["source", "suite", "scorer", "score", "metric", "model"] as const;
const apart = ["group", "reducer"] as const;

/** Whether the log names the same condition already. Old entries lack some of its names. */
function isOfSame(of: WorstOf, { worstOf, seen }: EscalationState): boolean {
  const told = worstOf ?? seen;
  return (
    told !== null &&
    names.every((name) => (told[name] ?? of[name]) === of[name]) &&
    apart.every((name) => (worstOf?.[name] ?? of[name]) === of[name]) &&
    worstOf?.bound === of.bound
  );
}
