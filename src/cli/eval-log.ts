import { crc32 } from "node:zlib";
import { Decompress } from "fzstd";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { errorText } from "./error-text.ts";

/**
 * The header of an Inspect AI log in the `.eval` format: a small member of a ZIP archive that may
 * have gigabytes.
 */

/** The header; `unfinished`: only the start of the run, because its end was never written. */
export type EvalHeader =
  | { readonly body: Uint8Array; readonly unfinished: boolean }
  | { readonly problem: string };

/**
 * The largest member that is read, packed and unpacked, which also bounds memory for a ZIP bomb.
 */
const largestMember = 16 * 1024 * 1024;
const mostMembers = 1_000_000;

const header = "header.json";
const beginning = "_journal/start.json";

/** Whether bytes begin like a ZIP archive, an empty one included. */
export function isZip(bytes: Uint8Array): boolean {
  return ["PK\u0003\u0004", "PK\u0005\u0006"].includes(
    Buffer.from(bytes.subarray(0, 4)).toString("latin1"),
  );
}

/** Reads the header from an archive. Nothing is written, so the names of members are harmless. */
export async function evalHeader(file: string): Promise<EvalHeader> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false });
    if (zip.entryCount > mostMembers)
      return {
        problem: `it has ${zip.entryCount} members: no log that Inspect AI writes has so many`,
      };
    const found = await membersOf(zip, [header, beginning]);
    const whole = found.get(header);
    if (whole) return { body: await contentOf(zip, whole), unfinished: false };
    const begun = found.get(beginning);
    if (!begun)
      return {
        problem: `it has no ${header}: it is no log of Inspect AI, or its run died at once`,
      };
    return { body: started(await contentOf(zip, begun)), unfinished: true };
  } catch (error) {
    return { problem: errorText(error) };
  } finally {
    zip?.close();
  }
}

/** The last member of each name counts: a continued log is appended to. */
async function membersOf(
  zip: ZipFile,
  names: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  const found = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    const name = Buffer.from(entry.fileNameRaw).toString("latin1");
    if (names.includes(name)) found.set(name, entry);
  }
  return found;
}

const stored = 0;
const deflated = 8;
/** APPNOTE.TXT 6.3.10, 4.4.5 */
const zstandard = 93;

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.compressedSize > largestMember || entry.uncompressedSize > largestMember)
    throw new Error("its header is larger than 16 MB");
  if (entry.isEncrypted()) throw new Error("it is encrypted");
  const method = entry.compressionMethod;
  if (![stored, deflated, zstandard].includes(method))
    throw new Error(`its header is packed in a way that is not known (method ${method})`);
  const isZstandard = method === zstandard;
  const stream = await zip.openReadStreamPromise(
    entry,
    isZstandard ? { decodeFileData: false } : {},
  );
  const packed = await collected(stream, largestMember);
  const content = isZstandard ? unpacked(packed) : packed;
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32)
    throw new Error("its header is damaged");
  return content;
}

async function collected(stream: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) throw new Error("its header is larger than it says");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** 128 MB, as in the reference program: a frame may ask for a window of gigabytes. */
const largestWindow = 128 * 1024 * 1024;

function unpacked(packed: Buffer): Buffer {
  if (windowOf(packed) > largestWindow) throw new Error("its header asks for too much memory");
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = new Decompress((chunk) => {
    size += chunk.length;
    if (size > largestMember) throw new Error("its header is larger than it says");
    chunks.push(Uint8Array.from(chunk));
  });
  try {
    // In pieces, so that a result beyond the limit is noticed before it is complete.
    for (let at = 0; at < packed.length; at += 4096)
      reader.push(packed.subarray(at, at + 4096), at + 4096 >= packed.length);
  } catch (error) {
    const because = errorText(error);
    throw new Error(
      because.startsWith("its header") ? because : `its header is damaged: ${because}`,
    );
  }
  return Buffer.concat(chunks);
}

/**
 * RFC 8878 §3.1.1.1: the memory that a decoder needs. A single-segment frame needs its content
 * size.
 */
function windowOf(packed: Buffer): number {
  const descriptor = packed[4] ?? 0;
  if ((descriptor & 0x20) !== 0) return contentSizeOf(packed, descriptor);
  const [exponent, mantissa] = [(packed[5] ?? 0) >> 3, (packed[5] ?? 0) & 7];
  const base = 2 ** (10 + exponent);
  return base + (base / 8) * mantissa;
}

function contentSizeOf(packed: Buffer, descriptor: number): number {
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const width = [1, 2, 4, 8][descriptor >> 6] ?? 8;
  if (packed.length < at + width) return 0;
  return width === 8 ? Number(packed.readBigUInt64LE(at)) : packed.readUIntLE(at, width);
}

/**
 * The log of a run whose end was never written: the start of the journal has the task and its
 * settings.
 */
function started(content: Buffer): Buffer {
  const text = content.toString().trim();
  return Buffer.from(text.startsWith("{") ? `{"status":"started",${text.slice(1)}` : text);
}
