import type { Millis } from "../../core/ids.ts";
import { parseCheckpoint } from "../../core/log/checkpoint.ts";
import type { AuditAddress, WitnessAddress } from "../../core/policy/model.ts";
import { checkpointPosted } from "../../core/words/checkpoint.ts";
import type { Journal } from "../journal.ts";
import { type AuditFiles, type Claimed, type Outward, SendFault, type Store } from "../ports.ts";
import type { Record } from "../reads/log-service.ts";
import { checkpointsFor, dailyCheckpointRow } from "./checkpoint-rows.ts";
import { deliverThrough, nothingToSend, type OutboxSenderParts } from "./outbox-sender.ts";
import { askWitness } from "./witnesses.ts";

/** Gives signed checkpoints to the policy's `audit` addresses: where no database reaches them. */

export interface CheckpointParts extends OutboxSenderParts {
  readonly journal: Journal;
  readonly record: Pick<Record, "sign" | "held">;
  readonly outward: Pick<Outward, "pace" | "checkpoint" | "cosign">;
  readonly files: AuditFiles;
}

/** Sends what one address may receive now. Returns in how many ms there is more, or null. */
export function deliverCheckpoints(
  parts: CheckpointParts,
  address: string,
): Promise<Millis | null> {
  return deliverThrough(parts, {
    name: checkpointsFor(address),
    pace: parts.outward.pace,
    draw: (claimed) => drawn(parts, claimed),
  });
}

async function drawn(
  parts: CheckpointParts,
  { message: { body, key }, attempts }: Claimed,
): Promise<() => Promise<unknown>> {
  if (body.kind !== "checkpoint") return nothingToSend;
  const work = await parts.journal.look([]);
  const address = work.situation("").policy.audit.get(body.address);
  if (!address) return nothingToSend; // no policy names it any more
  if (address.kind === "witness") {
    const note = await noteFor(parts, address, body.entry);
    return note === null ? nothingToSend : () => askWitness(parts, { address, note, attempts });
  }
  const note = await noteOver(parts, body.entry);
  return () => give(parts, { address, note, key, attempts });
}

/**
 * The checkpoint that another witness cosigned, where it covers the entry and this one has not seen
 * it: a quorum is of one checkpoint. Else the newest; null where this one has cosigned the entry.
 */
async function noteFor(
  parts: CheckpointParts,
  { vkey }: WitnessAddress,
  entry: string,
): Promise<string | null> {
  const { store, record } = parts;
  const own = (await store.lastCosigned(vkey))?.size ?? 0;
  const index = await indexOf(parts, entry);
  if (index >= 0 && index < own) return null;
  const other = record.held() === null ? await store.lastCosigned(null) : undefined;
  return other && other.size > Math.max(own, index) ? other.note : noteOver(parts, entry);
}

async function indexOf({ store }: CheckpointParts, entry: string): Promise<number> {
  const [recorded] = entry === "" ? [] : await store.entryById([entry]);
  return recorded?.index ?? -1;
}

/** The newest checkpoint, which covers this entry. */
async function noteOver(parts: CheckpointParts, entry: string): Promise<string> {
  const { record } = parts;
  const note = await record.sign();
  const held = record.held();
  if (held !== null) throw notYet(held);
  const size = note === null ? 0 : (parseCheckpoint(note)?.size ?? 0);
  if (note === null || size <= (await indexOf(parts, entry))) throw notYet("it is not signed yet");
  return note;
}

const notYet = (because: string): SendFault =>
  new SendFault(`no checkpoint is given away now: ${because}`, { retry: "later", arrived: "no" });

async function give(
  { journal, outward, files }: CheckpointParts,
  {
    address,
    note,
    key,
    attempts,
  }: {
    readonly address: Exclude<AuditAddress, WitnessAddress>;
    readonly note: string;
    readonly key: string;
    readonly attempts: number;
  },
): Promise<void> {
  switch (address.kind) {
    case "directory":
      return files.keep(address.directory, note);
    case "webhook":
      return outward.checkpoint(address, { id: key, note }, attempts);
    case "channel": {
      const size = parseCheckpoint(note)?.size ?? 0;
      // one message for each checkpoint, however many decisions it covers
      const said = { key: `checkpoint:${address.id}:${size}`, line: checkpointPosted(note, size) };
      await journal.write({ key: said.key, surface: "tick", deployments: [] }, (work) => {
        work.tellChannels([address.channel], said);
      });
    }
  }
}

/**
 * Queues the day's checkpoint for each address: once a day (UTC), however many replicas tick, and
 * at the first tick after a policy first names the address.
 */
export async function dailyCheckpoints({
  store,
  journal,
}: {
  readonly store: Pick<Store, "receipt">;
  readonly journal: Journal;
}): Promise<void> {
  const look = await journal.look([]);
  if (look.org.policy === "") return;
  const date = new Date(look.now).toISOString().slice(0, 10);
  for (const address of look.situation("").policy.audit.keys()) {
    const key = `checkpoint:${address}:${date}`;
    if (await store.receipt(key)) continue;
    await journal.write({ key, surface: "tick", deployments: [] }, (work) => {
      work.send(() => [dailyCheckpointRow(address, date)]);
      return null;
    });
  }
}
