import { parseCheckpoint } from "../../core/log/checkpoint.ts";
import {
  alsoInDoubt,
  noBackup,
  nothingRestored,
  restoreKnown,
  restoreRecorded,
  restoreTold,
} from "../../core/words/restored.ts";
import { channelsOf } from "../channels-of.ts";
import type { Journal } from "../journal.ts";
import type { LastSigned, Store } from "../ports.ts";
import type { Record } from "../reads/log-service.ts";
import type { Doubts } from "../self-check/doubts.ts";

/** Recorded, or why not; `told` is for people. */
export interface RestoreRecorded {
  readonly is: "recorded" | "known" | "refused";
  readonly told: string;
}

export interface RestoreParts {
  readonly store: Pick<Store, "checkpoint" | "entries">;
  readonly journal: Journal;
  readonly record: Pick<Record, "sign" | "fits">;
  readonly lastSigned: LastSigned;
  readonly doubts: Doubts;
}

const refused = (told: string): RestoreRecorded => ({ is: "refused", told });

/**
 * Records that the database was restored on purpose: an operator's word, with the reason, where
 * this server would otherwise never sign again. Each replica has to be told, since each keeps what
 * it signed; the entry is written once.
 */
export async function recordRestore(
  parts: RestoreParts,
  because: string,
): Promise<RestoreRecorded> {
  const { store, journal, record, lastSigned, doubts } = parts;
  await record.sign(); // looks at what this database has now
  const kept = parseCheckpoint(lastSigned.read() ?? "");
  if (!kept || doubts.about("signing") === null) return refused(nothingRestored);
  const other = doubts.all().find(({ about }) => about !== "signing");
  if (other) return refused(alsoInDoubt(other.sentence));
  const own = await store.checkpoint();
  if (own && !(await record.fits(own.note))) return refused(noBackup);
  const { size } = kept;
  const root = Buffer.from(kept.root).toString("hex");
  const before = await store.entries({ kinds: ["log.restored"], limit: mostRestores });
  const known = before.some(({ entry }) => entry.kind === "log.restored" && entry.root === root);
  if (known) return signAgain(parts, { is: "known", told: restoreKnown(size) });
  const asked = { key: `restored:${root}`, surface: "http" as const, deployments: [] };
  const { index } = await journal.write(asked, (work) => {
    const body = { kind: "log.restored" as const, size, root, reason: work.text(because) };
    work.add("org", [{ actor: { type: "operator" }, body }]);
    work.tellChannels(channelsOf(work), { key: asked.key, line: restoreTold(size, because) });
  });
  return signAgain(parts, { is: "recorded", told: restoreRecorded(index ?? 0, size) });
}

/** More than anybody restores. */
const mostRestores = 1_000;

async function signAgain(
  { record, lastSigned }: RestoreParts,
  done: RestoreRecorded,
): Promise<RestoreRecorded> {
  lastSigned.setAside();
  await record.sign();
  return done;
}
