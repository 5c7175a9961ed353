import { inflateSync } from "node:zlib";

interface Pixel {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/**
 * The pixels of a PNG of 8 bits a channel that is not interlaced, row by row.
 * https://www.w3.org/TR/png-3/
 */
export function pixelsOf(png: Buffer): {
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly Pixel[];
} {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(({ type }) => type === "IHDR")?.bytes;
  if (header?.[8] !== 8 || header[12] !== 0) throw new Error("Not a PNG of that kind.");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[header[9] ?? 0];
  if (channels === undefined) throw new Error("Neither RGB nor RGBA.");
  const data = chunks.filter(({ type }) => type === "IDAT").map(({ bytes }) => bytes);
  const raw = unfiltered(inflateSync(Buffer.concat(data)), width * channels, channels);
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const [red = 0, green = 0, blue = 0, alpha = 255] = raw.subarray(
      index * channels,
      (index + 1) * channels,
    );
    return { red, green, blue, alpha };
  });
  return { width, height, pixels };
}

function* chunksOf(png: Buffer): Generator<{ type: string; bytes: Buffer }> {
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    yield { type, bytes: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

/**
 * §9: each byte is written as its difference to a guess from the bytes to its left, above, and
 * above left.
 */
function unfiltered(data: Buffer, stride: number, step: number): Buffer {
  const rows: Buffer[] = [];
  let above = Buffer.alloc(step + stride); // what lies outside counts as zero
  for (let at = 0; at < data.length; at += stride + 1) {
    const row = Buffer.alloc(step + stride);
    data.copy(row, step, at + 1, at + 1 + stride);
    const filter = data.readUInt8(at);
    for (let x = step; x < row.length; x += 1) {
      const left = row.readUInt8(x - step);
      const guess = guessOf(filter, {
        left,
        above: above.readUInt8(x),
        corner: above.readUInt8(x - step),
      });
      row[x] = row.readUInt8(x) + guess; // modulo 256
    }
    rows.push(row.subarray(step));
    above = row;
  }
  return Buffer.concat(rows);
}

function guessOf(
  filter: number,
  {
    left,
    above,
    corner,
  }: { readonly left: number; readonly above: number; readonly corner: number },
): number {
  const guess = left + above - corner;
  const paeth = [left, above, corner].reduce((best, number) =>
    Math.abs(guess - number) < Math.abs(guess - best) ? number : best,
  );
  return [0, left, above, (left + above) >> 1, paeth][filter] ?? Number.NaN;
}
