import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evalHeader, isZip } from "../../src/cli/eval-log.ts";

/**
 * Logs in Inspect AI's .eval format, made here byte by byte, so that each byte can be a wrong one.
 */

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "holdpoint-eval-"));
});
afterAll(() => rm(place, { recursive: true }));

interface Member {
  readonly name: string;
  readonly method: number;
  readonly packed: Buffer;
  readonly size: number;
  readonly crc: number;
  readonly flags?: number;
}

const header = Buffer.from(
  '{"version": 2, "status": "success", "eval": {"eval_id": "z1", "task": "jailbreak", "model": "m", "dataset": {"samples": 4}, "config": {"epochs": 1}, "metadata": {"deployment": "assistant-prod"}}, "results": {"total_samples": 4, "completed_samples": 4, "scores": [{"name": "attack_success", "scorer": "attack_success", "scored_samples": 4, "metrics": {"mean": {"name": "mean", "value": 0.25}}}]}}',
);

const member = (
  name: string,
  text: Buffer,
  {
    packed = text,
    method = 0,
    more = {},
  }: {
    readonly packed?: Buffer<ArrayBufferLike>;
    readonly method?: number;
    readonly more?: object;
  } = {},
): Member => ({
  name,
  method,
  packed,
  size: text.length,
  crc: crc32(text),
  ...more,
});

const fields = (parts: readonly (readonly [number, number])[]): Buffer =>
  Buffer.concat(
    parts.map(([width, value]) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );

const about = ({ name, method, packed, size, crc, flags = 0 }: Member) =>
  fields([
    ...([
      [2, 20],
      [2, flags],
      [2, method],
      [2, 0],
      [2, 0x21],
    ] as const),
    ...([
      [4, crc],
      [4, packed.length],
      [4, size],
      [2, name.length],
      [2, 0],
    ] as const),
  ]);

/** APPNOTE.TXT 6.3.10, 4.3.6 */
function archive(...members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name, "latin1");
    const local = Buffer.concat([fields([[4, 0x04034b50]]), about(member), name, member.packed]);
    directory.push(
      fields([
        [4, 0x02014b50],
        [2, 20],
      ]),
      about(member),
      fields([
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, offset],
      ]),
      name,
    );
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = members.length;
  const end = fields([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, central.length],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...locals, central, end]);
}

async function read(bytes: Buffer) {
  const file = join(place, "log.eval");
  await writeFile(file, bytes);
  return evalHeader(file);
}

/** Packed by the reference program, zstd 1.5. */
const zstandard = Buffer.from(
  "KLUv/WSLAP0GAAKMJB5gS5sDaLW1Ys1okzrMiByRiguClLRYJ+lkRFQQ3ArvGbz3CA4BAklaQXOYv5By++WMA3nXX2a4FLiGNH2N9LbFZTPRu4epOQRgmVeVqpF9MbREnrxfhAJqyBMUAmsIzXkDT2RZ9+p1WvnU1uG7g1ReONRLNCRlLKbAtHI0B1WPUKJoCtRkvYrmHEyBrCl1V3AJICAgQsKResLIC+MIJHmJhKG0CLzCpSxCQMzcGibyIktPNFhtgDV4IJdLu47WeQRsGCQuC92eF7EyaAv25tVoT1jSuFicNUrhlgGFE1kb",
  "base64",
);

describe("a log of Inspect AI", () => {
  test.each([
    ["as it is", member("header.json", header)],
    ["deflated", member("header.json", header, { packed: deflateRawSync(header), method: 8 })],
    ["packed with Zstandard", member("header.json", header, { packed: zstandard, method: 93 })],
  ])("with its header %s is read without its samples", async (_, item) => {
    const samples = member("samples/1_epoch_1.json", Buffer.alloc(100_000, "x"));

    expect(await read(archive(samples, item, samples))).toEqual({
      body: header,
      unfinished: false,
    });
  });

  test("that was written on has its last header", async () => {
    const before = member("header.json", Buffer.from("{}"));

    expect(await read(archive(before, member("header.json", header)))).toMatchObject({
      body: header,
    });
  });

  test("whose run was killed has only its beginning, and says so", async () => {
    const start = Buffer.from('{"version":2,"eval":{"task":"jailbreak"},"plan":{}}');

    const found = await read(archive(member("_journal/start.json", start)));

    expect(found).toMatchObject({ unfinished: true });
    expect(JSON.parse("body" in found ? Buffer.from(found.body).toString() : "")).toMatchObject({
      status: "started",
      eval: { task: "jailbreak" },
    });
  });

  test("may hold samples of any name: nothing is written by it", async () => {
    const odd = [
      "../../etc/passwd",
      "/etc/passwd",
      "C:\\x",
      "a\\..\\b",
      "\u0000",
      "HEADER.JSON",
      "",
    ];
    const members = odd.map((name) => member(name, Buffer.from("no")));

    expect(await read(archive(...members, member("header.json", header)))).toMatchObject({
      body: header,
    });
  });
});

/** A Zstandard frame of one run-length block: 8 bytes that become as many as they say. */
const bomb = (window: number, blocks: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, window]),
    ...Array.from({ length: blocks }, (_, at) => {
      const last = at === blocks - 1 ? 1 : 0;
      const block = Buffer.alloc(4);
      block.writeUIntLE((131_072 << 3) | (1 << 1) | last, 0, 3);
      return block;
    }),
  ]);

describe("a hostile archive", () => {
  const large = 64 * 1024 * 1024;

  test.each<readonly [string, Buffer, string]>([
    ["another program's", archive(member("a.txt", header)), "it has no header.json"],
    ["with nothing in it", archive(), "it has no header.json"],
    [
      "whose header says it is large",
      archive(
        member("header.json", header, {
          packed: deflateRawSync(header),
          method: 8,
          more: { size: large },
        }),
      ),
      "larger than 16 MB",
    ],
    [
      "whose header becomes more than it says",
      archive(
        member("header.json", header, { packed: deflateRawSync(Buffer.alloc(large)), method: 8 }),
      ),
      "too many bytes",
    ],
    [
      "whose header becomes less than it says",
      archive(
        member("header.json", header, { packed: deflateRawSync(Buffer.from("{}")), method: 8 }),
      ),
      "not enough bytes",
    ],
    [
      "whose header is no deflate",
      archive(member("header.json", header, { packed: header, method: 8 })),
      "invalid",
    ],
    [
      "whose header is another than its checksum says",
      archive(member("header.json", header, { packed: header, method: 0, more: { crc: 1 } })),
      "damaged",
    ],
    [
      "whose Zstandard is none",
      archive(member("header.json", header, { packed: header, method: 93 })),
      "damaged",
    ],
    [
      "whose Zstandard was cut off",
      archive(member("header.json", header, { packed: zstandard.subarray(0, 100), method: 93 })),
      "damaged",
    ],
    [
      "whose Zstandard is empty",
      archive(member("header.json", header, { packed: Buffer.alloc(0), method: 93 })),
      "damaged",
    ],
    [
      "whose Zstandard asks for a window of gigabytes",
      archive(member("header.json", header, { packed: bomb(0xf8, 1), method: 93 })),
      "too much memory",
    ],
    [
      "whose Zstandard grows beyond all it may",
      archive(member("header.json", header, { packed: bomb(0x58, 1_000), method: 93 })),
      "larger than it says",
    ],
    [
      "packed in a way nobody knows",
      archive(member("header.json", header, { packed: header, method: 97 })),
      "method 97",
    ],
    [
      "that is encrypted",
      archive(
        member("header.json", header, {
          packed: deflateRawSync(header),
          method: 8,
          more: { flags: 1 },
        }),
      ),
      "encrypted",
    ],
  ])("%s is refused with a reason", async (_, bytes, because) => {
    expect(await read(bytes)).toEqual({ problem: expect.stringContaining(because) });
  });

  test("cut off anywhere, or with any byte changed, gives the header or a reason", async () => {
    const whole = archive(
      member("samples/1.json", Buffer.from("{}")),
      member("header.json", header, { packed: zstandard, method: 93 }),
    );
    const broken = [
      ...Array.from({ length: 40 }, (_, at) =>
        whole.subarray(0, Math.floor((whole.length * at) / 40)),
      ),
      ...Array.from({ length: 160 }, (_, at) => {
        const bytes = Buffer.from(whole);
        const where = Math.floor((whole.length * at) / 160);
        bytes[where] = (bytes[where] ?? 0) ^ 0xff;
        return bytes;
      }),
    ];

    for (const bytes of broken) {
      const found = await read(bytes);
      if ("body" in found) expect(Buffer.from(found.body).equals(header)).toBe(true);
      else expect(found.problem).not.toBe("");
    }
  });

  test.each([
    [Buffer.from("PK\u0003\u0004rest"), true],
    [archive(), true],
    [Buffer.from("{"), false],
    [Buffer.from("PK"), false],
    [Buffer.alloc(0), false],
  ])("is known by its first bytes", (bytes, is) => {
    expect(isZip(bytes)).toBe(is);
  });
});
