import { parseVkey, verifySignature } from "./checkpoint.ts";

/**
 * The keys of a log, each handed over to the next by an entry `key.rotated` (docs/log-format.md
 * §3.1).
 */

/** What an entry `key.rotated` says, as it is read. */
export interface Rotation {
  readonly index: number;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** A key of the log, and of which checkpoints it may be the signer. */
export interface KeyPeriod {
  readonly vkey: string;
  /** The entry with which it took over; null = it is the first. */
  readonly since: number | null;
  /** The entry with which it handed over; null = it is the newest. */
  readonly replaced: number | null;
  /** It was stolen: its checkpoints count up to this many entries; null = it was not. */
  readonly distrusted: number | null;
}

/** What both keys sign: the old one that it hands over, the new one that somebody has it. */
export function rotationText(said: {
  readonly before: string;
  readonly key: string;
  readonly distrusted: number | undefined;
}): Uint8Array {
  const lines = ["holdpoint key rotation", said.before, said.key, String(said.distrusted ?? "-")];
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/** The keys from the first to the newest; else the first entry that does not hand over. */
export function keyChain(
  rotations: readonly Rotation[],
  { only, origin }: { readonly only: string; readonly origin: string },
): readonly KeyPeriod[] | { readonly index: number; readonly because: string } {
  const first = rotations[0]?.entry["before"];
  const since = null;
  const begun = { vkey: typeof first === "string" ? first : only, since };
  const periods: KeyPeriod[] = [{ ...begun, replaced: null, distrusted: null }];
  for (const { index, entry } of rotations) {
    const last = periods.at(-1);
    const { before, key, distrusted } = entry;
    const because = objection({ index, entry }, periods, origin);
    if (because !== null || last === undefined || typeof key !== "string")
      return { index, because: because ?? `it names no key after ${String(before)}` };
    const stolen = typeof distrusted === "number" ? distrusted : null;
    periods[periods.length - 1] = { ...last, replaced: index, distrusted: stolen };
    periods.push({ vkey: key, since: index, replaced: null, distrusted: null });
  }
  return periods;
}

function objection(
  { index, entry }: Rotation,
  periods: readonly KeyPeriod[],
  origin: string,
): string | null {
  const { before, key, distrusted, signed, proof } = entry;
  if (typeof before !== "string" || typeof key !== "string") return "it does not name two keys";
  const isOurs = [before, key].every((vkey) => parseVkey(vkey)?.name === origin);
  if (!isOurs) return "its keys are not keys of this log";
  if (before !== periods.at(-1)?.vkey) return "the key that it replaces was not the log's key";
  if (periods.some(({ vkey }) => vkey === key)) return "its new key has been the log's key before";
  const isSize = Number.isSafeInteger(distrusted) && Number(distrusted) >= 0;
  const isStolen = distrusted !== undefined;
  if (isStolen && !(isSize && Number(distrusted) <= index))
    return "it distrusts the old key from a size that the log did not have";
  const said = { before, key, distrusted: isStolen ? Number(distrusted) : undefined };
  const text = rotationText(said);
  if (!verifySignature(before, text, signed)) return "the old key did not sign it";
  if (!verifySignature(key, text, proof)) return "the new key did not sign it";
  return null;
}

/**
 * Why a key of the log is not the signer of a checkpoint over so many entries; null = it may be.
 */
export function outsidePeriod(period: KeyPeriod, size: number): string | null {
  const { vkey, since, replaced } = period;
  if (since !== null && size <= since) return `${vkey} became the log's key at entry ${since} only`;
  if (replaced !== null && size > replaced + 1)
    return `${vkey} was replaced at entry ${replaced}, and signs nothing after it`;
  return null;
}

/** Whether the key was stolen by the time that it signed a checkpoint over so many entries. */
export function isDistrusted({ distrusted }: KeyPeriod, size: number): boolean {
  return distrusted !== null && size > distrusted;
}
