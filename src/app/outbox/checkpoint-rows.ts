import type { Entry } from "../../core/log/entry.ts";
import type { Policy } from "../../core/policy/model.ts";
import { type SlottedRow, slotted } from "./outbox-rows.ts";

/** The outbox rows that give signed checkpoints to the addresses of `audit`. */

/** The `chat` of an address's rows: one each, so that a slow address delays no other. */
export function checkpointsFor(address: string): string {
  return `audit:${address}`;
}

/** Entries after which a checkpoint leaves at once. */
const given: ReadonlySet<Entry["kind"]> = new Set([
  "decision.made",
  "log.restored",
  "key.rotated",
  "log.redacted",
]);

/** One row for each address after such an entry. */
export function checkpointRows({ audit }: Policy, { id, kind }: Entry): readonly SlottedRow[] {
  return given.has(kind)
    ? [...audit.keys()].map((address) => rowFor(address, { key: id, entry: id }))
    : [];
}

/** One row for an address on a day (YYYY-MM-DD). */
export function dailyCheckpointRow(address: string, date: string): SlottedRow {
  return rowFor(address, { key: date, entry: "" });
}

function rowFor(
  address: string,
  { key, entry }: { readonly key: string; readonly entry: Entry["id"] | "" },
): SlottedRow {
  return slotted({
    key: `checkpoint:${address}:${key}`,
    chat: checkpointsFor(address),
    lane: "",
    urgency: 1,
    body: { kind: "checkpoint", address, entry },
  });
}
