import { Scanner } from "./canonical-json-scanner.ts";
import { digestOf, opens } from "./commitment.ts";
import { HASH_SIZE } from "./merkle.ts";

/** The files beside the entries of an export: what each says of itself, and whether it is true. */

const NEWLINE = 0x0a;
const HEX_LINE = 2 * HASH_SIZE + 1;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text; undefined when they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The hashes in the file `leaves`, 32 bytes each; null when it is not lines of 64 lower-case hex
 * digits.
 */
export function leavesIn(file: Uint8Array): Uint8Array | null {
  if (file.length % HEX_LINE !== 0) return null;
  const hashes = new Uint8Array((file.length / HEX_LINE) * HASH_SIZE);
  let bad = 0;
  for (let line = 0, to = 0; line < file.length; line += HEX_LINE) {
    for (let i = line; i < line + HEX_LINE - 1; i += 2, to += 1) {
      const value = ((NIBBLES[file[i] ?? 0] ?? BAD) << 4) | (NIBBLES[file[i + 1] ?? 0] ?? BAD);
      bad |= value >> 8;
      hashes[to] = value;
    }
    bad |= (file[line + HEX_LINE - 1] ?? 0) ^ NEWLINE;
  }
  return bad === 0 ? hashes : null;
}

const BAD = 0x100;
const NIBBLES = Uint16Array.from({ length: 256 }, (_, byte) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(byte));
  return value < 0 ? BAD : value;
});

/** Says which policy is not the one its name or the log names; null when all are. */
export function brokenPolicy(
  policies: ReadonlyMap<string, Uint8Array>,
  adopted: readonly { readonly index: number; readonly digest: string }[],
): string | null {
  for (const [digest, bytes] of policies) {
    if (digestOf(bytes) !== digest)
      return `policies/${digest}.json was changed: its SHA-256 is not its name`;
  }
  const missing = adopted.find(({ digest }) => !policies.has(digest));
  return missing === undefined
    ? null
    : `policies/${missing.digest}.json, adopted by entry ${missing.index}, is not there`;
}

/**
 * Says which line of `disclosures.jsonl` does not open its commitment; null when all do. Erased
 * texts have no line, and that is fine.
 */
export function brokenDisclosure(file: Uint8Array): string | null {
  const scanner = new Scanner(file);
  for (let at = 0, line = 1; at < file.length; line += 1) {
    const end = scanner.line(at);
    if (end < 0 || file[end] !== NEWLINE)
      return `line ${line} of disclosures.jsonl was changed: no canonical JSON`;
    const objection = disclosureObjection(JSON.parse(utf8.decode(file.subarray(at, end))));
    if (objection !== null) return `line ${line} of disclosures.jsonl ${objection}`;
    at = end + 1;
  }
  return null;
}

function disclosureObjection(line: unknown): string | null {
  const { commitment, salt, text, person, name } = strings(line);
  const isName = person !== undefined && name !== undefined;
  // A line of both kinds would be believed as a name, with a text that nobody checked.
  if (isName && commitment !== undefined) return "was changed: it discloses a text and a name";
  // A name is whatever the operator says it is.
  if (isName) return null;
  if (commitment === undefined || salt === undefined || text === undefined) {
    return "was changed: it discloses neither a text nor a name";
  }
  const bytes = Buffer.from(salt, "base64");
  const opened = bytes.toString("base64") === salt && opens(commitment, bytes, text);
  return opened ? null : `was changed: its text is not the one committed to by ${commitment}`;
}

const strings = (line: unknown): Readonly<Record<string, string | undefined>> =>
  typeof line === "object" && line !== null
    ? Object.fromEntries(Object.entries(line).filter(([, value]) => typeof value === "string"))
    : {};
