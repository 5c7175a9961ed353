import type { Sent, Told } from "./signal-send.ts";

/** What the server understood of a delivery, a line for each signal, and which rules they meet. */
export const toldLines = ({
  signals,
  understood,
  unmapped,
}: Pick<Extract<Sent, { ok: true }>, "signals" | "understood" | "unmapped">): readonly string[] => {
  if (signals === null) return [];
  if (signals === 0 && unmapped === null) return ["  nothing in it is meant: no signal"];
  const more = signals - understood.length;
  return [
    ...understood.map((one) => `  ${lineOf(one)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
};

const lineOf = (one: Told): string => {
  const names = [one.suite, ...new Set([one.scorer, one.score]), one.metric];
  const of = one.group === "" ? "" : ` of ${one.group}`;
  const by = one.reducer === "" ? "" : ` (${one.reducer})`;
  const name = `${names.filter((part) => part !== "").join(" / ")}${of}${by}`;
  const samples = one.samples === "" ? "" : `, ${one.samples} samples`;
  const caveat = one.caveat === "" ? "" : ` (${one.caveat})`;
  const what = [one.kind, one.status, one.deployment, name].filter((part) => part !== "").join(" ");
  return `${what}${numberOf(one)}${samples}: ${rulesOf(one)}${caveat}`;
};

const numberOf = ({ value, atLeast, atMost }: Told): string => {
  if (value !== null) return ` = ${value}`;
  const from = atLeast === null ? "" : `, at least ${atLeast}`;
  return `${from}${atMost === null ? "" : `, at most ${atMost}`}`;
};

const rulesOf = ({ meets, unsure, unmatched }: Told): string => {
  const parts = [
    ...(meets.length > 0 ? [`meets ${meets.join(", ")}`] : []),
    ...(unsure.length > 0 ? [`cannot be told for ${unsure.join(", ")}`] : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  return unmatched ? "meets no rule, and opens an escalation of its own" : "meets no rule";
};
