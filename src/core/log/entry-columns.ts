import type { Entry } from "./entry.ts";

/** By what an entry is found in the database: columns where it has one of a kind. */
export interface EntryColumns {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  readonly deployment: string | null;
  readonly decision: string | null;
}

/** The columns that follow from an entry's bytes. */
export function columnsOf(entry: Entry): EntryColumns {
  return {
    id: entry.id,
    at: entry.at,
    kind: entry.kind,
    subject: entry.subject,
    deployment: deploymentOf(entry),
    decision: entry.kind === "decision.made" ? entry.decision : null,
  };
}

function deploymentOf(entry: Entry): string | null {
  if ("deployment" in entry) return entry.deployment;
  return entry.subject.startsWith("deployment:") ? entry.subject.slice("deployment:".length) : null;
}
