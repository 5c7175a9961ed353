import type { LogKey } from "../../../src/core/log/checkpoint.ts";
import { rotationText } from "../../../src/core/log/key-chain.ts";
import { entriesOf, exportOf, key, noteOf, origin, testKey } from "./support.ts";

/** Logs that another key took over, and such that say so wrongly. */

export const second = testKey(origin, 2);
export const third = testKey(origin, 3);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

interface HandOver {
  readonly from: LogKey;
  readonly to: LogKey;
  readonly distrusted?: number;
}

type Entries = ReturnType<typeof log>;

/** What an entry has with which a key hands the log over to another. */
export function handOver({ from, to, distrusted }: HandOver) {
  const text = rotationText({ before: from.vkey, key: to.vkey, distrusted });
  return {
    kind: "key.rotated",
    before: from.vkey,
    key: to.vkey,
    ...(distrusted === undefined ? {} : { distrusted }),
    signed: base64(from.sign(text)),
    proof: base64(to.sign(text)),
  };
}

/** Ten entries, of which some hand the log over. */
export function log(handOvers: Readonly<Record<number, HandOver>>, changes: object = {}) {
  return entriesOf(10).map((entry, index) => {
    const keys = handOvers[index];
    if (keys === undefined) return entry;
    const { escalation: _, ...rest } = entry;
    return { ...rest, subject: "org", ...handOver(keys), ...changes };
  });
}

export const once = { 4: { from: key, to: second } };
export const stolen = { 6: { from: key, to: second, distrusted: 3 } };
/** What was signed at a size, by whom. */
export const seen = (entries: ReturnType<typeof log>, size: number, by: LogKey): string =>
  noteOf(exportOf(entries.slice(0, size), by));

const stranger = testKey(origin, 9);
const elsewhere = testKey("another.test/log", 2);
const bySelf = (by: LogKey, distrusted?: number) =>
  base64(by.sign(rotationText({ before: key.vkey, key: second.vkey, distrusted })));

/**
 * What, the entries, who signs the export, the entry that is named, and a piece of the sentence.
 */
export const forged: readonly (readonly [string, Entries, LogKey, number | null, RegExp])[] = [
  ["by nobody", log(once, { signed: "" }), second, 4, /the old key did not sign it/],
  ["that only the new key signed", log(once, { signed: bySelf(second) }), second, 4, /old key did/],
  ["to a key that nobody has", log(once, { proof: bySelf(key) }), second, 4, /the new key did not/],
  [
    "of a key that was not the log's",
    log({ 4: { from: key, to: second }, 7: { from: stranger, to: third } }),
    third,
    7,
    /was not the log's key/,
  ],
  [
    "of the same key a second time",
    log({ 4: { from: key, to: second }, 7: { from: key, to: third } }),
    third,
    7,
    /was not the log's key/,
  ],
  [
    "back to the key before",
    log({ 4: { from: key, to: second }, 7: { from: second, to: key } }),
    key,
    7,
    /has been the log's key before/,
  ],
  ["to another log's key", log({ 4: { from: key, to: elsewhere } }), second, 4, /keys of this log/],
  ["with another key in its place", log(once, { key: third.vkey }), third, 4, /did not sign/],
  ["with a theft that nobody signed", log(once, { distrusted: 2 }), second, 4, /did not sign/],
  [
    "with a theft after it",
    log({ 4: { from: key, to: second, distrusted: 5 } }),
    second,
    4,
    /a size that the log did not have/,
  ],
  ["with no keys", log(once, { before: 7 }), second, 4, /does not name two keys/],
  ["that the old key ignores", log(once), key, null, /was replaced at entry 4, and signs nothing/],
  ["signed by a third key", log(once), third, null, /none of the keys that the log had/],
  [
    "whose export the stolen key signed",
    log(stolen).slice(0, 7),
    key,
    null,
    /counts up to 3 entries only/,
  ],
];
