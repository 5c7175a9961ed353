import type { LogKey, LogKeys } from "../../core/log/checkpoint.ts";
import { rotationText } from "../../core/log/key-chain.ts";
import {
  noCurrentKey,
  otherWasFaster,
  rotationInDoubt,
  rotationRecorded,
  rotationTold,
  tooLarge,
  usedKey,
} from "../../core/words/key-rotated.ts";
import { channelsOf } from "../channels-of.ts";
import type { Journal } from "../journal.ts";
import type { Store } from "../ports.ts";
import type { Record } from "../reads/log-service.ts";
import { keysInLog } from "../reads/signing-keys.ts";
import type { Doubts } from "../self-check/doubts.ts";

/** Recorded, or why not; `told` is for people. */
export interface KeyRotated {
  readonly is: "recorded" | "refused";
  readonly told: string;
}

export interface RotationParts {
  readonly store: Pick<Store, "head" | "entries">;
  readonly journal: Journal;
  readonly record: Pick<Record, "sign">;
  readonly doubts: Doubts;
  readonly keys: LogKeys;
}

const refused = (told: string): KeyRotated => ({ is: "refused", told });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/**
 * Replaces the log's key, in these steps:
 *
 * 1. The next key is there: durable, on this server at least. A crash leaves the old key in use.
 * 2. The entry is committed, signed by both. From here on the log itself says that the next key
 *    signs, to this process, to every other one and to each start.
 * 3. The checkpoint that ends with it is signed. A crash before leaves that to the next signing.
 */
export async function rotateKey(
  { store, journal, record, doubts, keys }: RotationParts,
  { because, distrusted }: { readonly because: string; readonly distrusted: number | null },
): Promise<KeyRotated> {
  await record.sign(); // looks at what this database has now
  const doubt = doubts.first();
  if (doubt) return refused(rotationInDoubt(doubt.sentence));
  const [first] = keys.all();
  const chain = first ? await keysInLog(store, first) : [];
  const current = keys.all().find(({ vkey }) => vkey === chain.at(-1)?.vkey);
  if (!current) return refused(noCurrentKey);
  const { size } = await store.head();
  if (distrusted !== null && distrusted > size) return refused(tooLarge(size));
  const next = keys.next(chain.length);
  if (typeof next === "string") return refused(next);
  if (chain.some(({ vkey }) => vkey === next.vkey)) return refused(usedKey(next.vkey));
  // a key hands the log over once: of two requests at once, both get the answer of the first
  const asked = { key: `key-rotated:${current.vkey}`, surface: "http" as const, deployments: [] };
  const { index } = await journal.write(asked, (work) => {
    const reason = work.text(because);
    const body = { ...handedOver(current, next, distrusted), reason };
    work.add("org", [{ actor: { type: "operator" }, body }]);
    const line = rotationTold(next.vkey, distrusted, because);
    work.tellChannels(channelsOf(work), { key: asked.key, line });
  });
  const after = await keysInLog(store, current);
  await record.sign();
  const isOurs = after.at(-1)?.vkey === next.vkey;
  return isOurs
    ? { is: "recorded", told: rotationRecorded(index ?? 0, next.vkey) }
    : refused(otherWasFaster);
}

function handedOver(from: LogKey, to: LogKey, distrusted: number | null) {
  const said = { before: from.vkey, key: to.vkey, distrusted: distrusted ?? undefined };
  const text = rotationText(said);
  return {
    kind: "key.rotated" as const,
    before: from.vkey,
    key: to.vkey,
    ...(distrusted === null ? {} : { distrusted }),
    signed: base64(from.sign(text)),
    proof: base64(to.sign(text)),
  };
}
