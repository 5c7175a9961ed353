import { readFileSync } from "node:fs";
import { z } from "zod";
import { noteFrom, openCheckpoint } from "../core/log/checkpoint.ts";
import { verifyConsistency } from "../core/log/merkle.ts";
import { errorText } from "./error-text.ts";
import { type ClientResult, request, type ServerAddress } from "./operator-client.ts";

/**
 * `log consistency`: whether a server's log still begins with what a kept checkpoint covers,
 * without an export.
 */

export const USAGE = "usage: holdpoint log consistency <checkpoint file> --key <vkey>";

const proofBody = z.object({
  hashes: z.array(z.base64()).max(64),
  checkpoint: z.string(),
});

export interface ConsistencyAsked {
  readonly file: string;
  /** The log's key, which was kept. */
  readonly key: string;
}

/** What the arguments ask for; null = something else. */
export function consistencyAsked(argv: readonly string[]): ConsistencyAsked | null {
  const words = argv.flatMap((word) => /^(--key)=(.+)$/s.exec(word)?.slice(1) ?? word);
  const at = words.indexOf("--key");
  const [file = "", more] = words.filter((_, i) => i !== at && i !== at + 1);
  const key = words[at + 1]?.trim() ?? "";
  const isOdd = at < 0 || key === "" || file === "" || file.startsWith("-") || more !== undefined;
  return isOdd ? null : { file, key };
}

/** One line that says what was found, and whether it is good. */
export async function logConsistency(
  server: ServerAddress,
  { file, key }: ConsistencyAsked,
): Promise<ClientResult<{ readonly ok: boolean; readonly line: string }>> {
  const kept = keptIn(file, key);
  if (typeof kept === "string") return failed(kept);
  const asked = await request(server, `/log/consistency?from=${kept.size}`);
  if (!asked.ok) return asked;
  const read = proofBody.safeParse(await asked.value.json().catch(() => null));
  if (!read.success) return failed(`What ${server.url} sent is no consistency proof.`);
  const { hashes, checkpoint } = read.data;
  const opened = openCheckpoint(checkpoint, key);
  if (!opened.ok)
    return found(false, `TAMPERED: the server's checkpoint cannot be believed: ${opened.because}.`);
  const { size, root } = opened.checkpoint;
  const proof = hashes.map((hash) => Buffer.from(hash, "base64"));
  const extended = { first: kept.size, firstRoot: kept.root, second: size, secondRoot: root };
  return verifyConsistency({ ...extended, proof })
    ? found(true, `OK: the log of ${size} entries begins with the ${kept.size} of ${file}.`)
    : found(
        false,
        `FORKED: the log of ${size} entries does not begin with the ${kept.size} of ${file}: two histories were signed, or the server sent a wrong proof. Keep both checkpoints.`,
      );
}

/** The checkpoint in the file, or why there is none to compare with. */
function keptIn(file: string, key: string) {
  try {
    const opened = openCheckpoint(noteFrom(readFileSync(file, "utf8")), key);
    return opened.ok ? opened.checkpoint : `${file} cannot be compared: ${opened.because}.`;
  } catch (error) {
    return errorText(error);
  }
}

const found = (ok: boolean, line: string) => ({ ok: true, value: { ok, line } }) as const;

const failed = (because: string): ClientResult<never> => ({ ok: false, because, errors: [] });
