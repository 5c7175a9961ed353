import type { Entry } from "../log/entry.ts";
import type { EvidenceReference } from "../log/evidence.ts";
import { isSealed } from "../log/sealed-names.ts";
import type { Line } from "./card.ts";

/** What an entry says that it rests on: the model, and each signal with the delivery it came in. */
export function recordedEvidence(entry: Entry): readonly Line[] {
  if (entry.kind !== "escalation.opened" && entry.kind !== "decision.made") return [];
  const { model, evidence = [] } = entry;
  const more = entry.kind === "decision.made" ? (entry.moreEvidence ?? 0) : 0;
  return [
    ...(model ? [["Model ", { untrusted: model }]] : []),
    ...evidence.map(evidenceLine),
    ...(more > 0 ? [[`and ${more} older ${more === 1 ? "signal" : "signals"}`]] : []),
  ];
}

function evidenceLine({ delivery, body, suite, occurrence, value }: EvidenceReference): Line {
  const named = [suite, occurrence].map((name) => (isSealed(name) ? "(name erased)" : name));
  const what = [...named.filter((name) => name !== ""), value === "" ? "no value" : value];
  return ["Evidence: ", { untrusted: what.join(" ") }, `, delivery ${delivery}, SHA-256 ${body}`];
}
