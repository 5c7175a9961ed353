import type { Sent, UnderstoodSignal } from "./signal-send.ts";

/** How the server understood a delivery: a line for each signal, and the rules they match. */
export function toldLines({
  signals,
  understood,
  unmapped,
}: Pick<Extract<Sent, { ok: true }>, "signals" | "understood" | "unmapped">): readonly string[] {
  if (signals === null) return [];
  if (signals === 0 && unmapped === null) return ["  it contains no signal"];
  const more = signals - understood.length;
  return [
    ...understood.map((signal) => `  ${lineOf(signal)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function lineOf(item: UnderstoodSignal): string {
  const names = [item.suite, ...new Set([item.scorer, item.score]), item.metric];
  const of = item.group === "" ? "" : ` of ${item.group}`;
  const by = item.reducer === "" ? "" : ` (${item.reducer})`;
  const name = `${names.filter((part) => part !== "").join(" / ")}${of}${by}`;
  const samples = item.samples === "" ? "" : `, ${item.samples} samples`;
  const caveat = item.caveat === "" ? "" : ` (${item.caveat})`;
  const what = [item.kind, item.status, item.deployment, name]
    .filter((part) => part !== "")
    .join(" ");
  return `${what}${numberOf(item)}${samples}: ${rulesOf(item)}${caveat}`;
}

function numberOf({ value, atLeast, atMost }: UnderstoodSignal): string {
  if (value !== null) return ` = ${value}`;
  const from = atLeast === null ? "" : `, at least ${atLeast}`;
  return `${from}${atMost === null ? "" : `, at most ${atMost}`}`;
}

function rulesOf({ meets, counts, unsure, unmatched }: UnderstoodSignal): string {
  const parts = [
    ...(meets.length > 0 ? [`matches ${meets.join(", ")}`] : []),
    ...(counts.length > 0 ? [`counts for ${counts.join(", ")}`] : []),
    ...(unsure.length > 0 ? [`is indeterminate for ${unsure.join(", ")}`] : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  return unmatched ? "matches no trigger, and opens an unmatched escalation" : "matches no trigger";
}
