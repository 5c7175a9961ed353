import { randomBytes } from "node:crypto";
import type { EntryId, EscalationId } from "../src/core/ids.ts";
import { entryBytes } from "../src/core/log/bytes.ts";
import { commit } from "../src/core/log/commitment.ts";
import type { Entry } from "../src/core/log/entry.ts";

/** The bench's log. */
export const origin = "bench.example.org/log";

const salt = new Uint8Array(32).fill(9);
const reason = commit(salt, "a reason");
const began = Date.UTC(2026, 10, 23);

/** An entry like most of a real log, about 600 bytes, with its bytes; each a second after the one before. */
export const sampleEntry = (n: number): { readonly entry: Entry; readonly bytes: Uint8Array } => {
  const entry: Entry = {
    v: 1,
    origin,
    at: new Date(began + n * 1_000).toISOString(),
    id: `e_${randomBytes(10).toString("hex")}` as EntryId,
    subject: "deployment:assistant-prod",
    actor: { type: "policy" },
    surface: "webhook",
    policy: "0".repeat(64),
    kind: "escalation.updated",
    escalation: `HP-${(n % 500) + 1}` as EscalationId,
    firing: true,
    verdict: "fired",
    worst: "0.082",
    seen: {
      source: "signals",
      kind: "eval",
      status: "ok",
      metric: "mean",
      value: "0.082",
      threshold: "0.05",
      worse: "higher",
      suite: "jailbreak-nightly",
      scorer: "attack_success",
      samples: "600 of 600",
      signal: reason,
    },
  };
  return { entry, bytes: entryBytes(entry) };
};
