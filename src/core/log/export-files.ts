import { Scanner } from "./canonical-json-scanner.ts";
import { digestOf, opens } from "./commitment.ts";
import { type FileBytes, linesIn } from "./file-lines.ts";

/** The files beside the entries of an export: what each says of itself, and whether it is true. */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text; undefined when they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

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
export function brokenDisclosure(file: FileBytes): string | null {
  let [scanner, number] = [new Scanner(new Uint8Array()), 0];
  let known: Uint8Array | null = null;
  for (const { bytes, from, to, isWhole } of linesIn(file)) {
    if (bytes !== known) scanner = new Scanner(bytes);
    known = bytes;
    number += 1;
    if (!isWhole || scanner.line(from) !== to)
      return `line ${number} of disclosures.jsonl was changed: no canonical JSON`;
    const objection = disclosureObjection(JSON.parse(utf8.decode(bytes.subarray(from, to))));
    if (objection !== null) return `line ${number} of disclosures.jsonl ${objection}`;
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
