import { crc32 } from "node:zlib";

/** A file of an archive. */
export interface Zipped {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const versionNeeded = 10;
// 1980-01-01, the earliest date of the format: the same files give the same bytes at every time and
// in every time zone
const firstDay = 0x0021;

/**
 * Files as a ZIP archive, uncompressed, so that its bytes do not depend on a compressor's version.
 * Names are ASCII. APPNOTE.TXT 6.3.10, 4.3.6: each file behind its local header, then the central
 * directory, then its end record.
 */
export function zip(files: readonly Zipped[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const local = Buffer.concat([headerOf(file, null), file.bytes]);
    directory.push(headerOf(file, offset));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...locals, central, endOf(files.length, central.length, offset)]);
}

/** 4.3.7, or with the local header's offset 4.3.12: the two differ in what the directory adds. */
function headerOf({ name, bytes }: Zipped, offset: number | null): Buffer {
  const shared = fields([
    [2, versionNeeded],
    [2, 0], // flags
    [2, 0], // stored
    [2, 0], // midnight
    [2, firstDay],
    [4, crc32(bytes)],
    [4, bytes.length],
    [4, bytes.length],
    [2, name.length],
    [2, 0], // extra
  ]);
  const text = Buffer.from(name, "ascii");
  if (offset === null) return Buffer.concat([fields([[4, 0x04034b50]]), shared, text]);
  const before = fields([
    [4, 0x02014b50],
    [2, versionNeeded], // made by, as MS-DOS
  ]);
  const after = fields([
    [2, 0], // comment
    [2, 0], // disk
    [2, 0], // internal attributes
    [4, 0], // external attributes
    [4, offset],
  ]);
  return Buffer.concat([before, shared, after, text]);
}

/** 4.3.16 */
const endOf = (count: number, size: number, offset: number): Buffer =>
  fields([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, size],
    [4, offset],
    [2, 0],
  ]);

const fields = (parts: readonly (readonly [2 | 4, number])[]): Buffer =>
  Buffer.concat(
    parts.map(([width, value]) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
