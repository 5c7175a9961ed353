import { open, readFile, stat } from "node:fs/promises";
import { evalHeader, isZip } from "./eval-log.ts";

/** What is sent of a result file: its bytes, unless they are too many or an archive. */

/** Reduces the results of known programs. */
export type Trim = (
  body: Uint8Array,
) => { readonly body: Uint8Array; readonly without: string } | null;

type Body =
  | { readonly body: Uint8Array; readonly said: readonly string[] }
  | { readonly problem: string };

/** The largest body that a server reads whole (docs/webhooks.md). */
const largestTaken = 1024 * 1024;
/** The largest file that is read in order to reduce it. */
const largestRead = 256 * 1024 * 1024;

/** Reads a file for a server. Throws where it cannot be read. */
export async function bodyOf(file: string, trim: Trim): Promise<Body> {
  const { size } = await stat(file);
  if (isZip(await firstBytes(file))) return fromArchive(file, trim);
  if (size > largestRead)
    return { problem: `not sent: it has ${inWords(size)}, and more than 256 MB is not read` };
  return withinBounds(await readFile(file), trim, []);
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function fromArchive(file: string, trim: Trim): Promise<Body> {
  const header = await evalHeader(file);
  if ("problem" in header)
    return { problem: `not sent: it is an archive that cannot be read: ${header.problem}` };
  const what = header.unfinished
    ? "only how the run began is in it: its end was never written"
    : "its header is sent, without the samples";
  return withinBounds(header.body, trim, [what]);
}

function withinBounds(body: Uint8Array, trim: Trim, said: readonly string[]): Body {
  if (body.length <= largestTaken) return { body, said };
  const less = trim(body);
  if (!less || less.body.length >= body.length) return { body, said };
  const sizes = `${inWords(body.length)} made ${inWords(less.body.length)}`;
  return { body: less.body, said: [...said, `${sizes}, without ${less.without}`] };
}

const inWords = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
