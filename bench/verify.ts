import { createHash, generateKeyPairSync, hash } from "node:crypto";
import { type LogKey, signCheckpoint } from "../src/core/log/checkpoint.ts";
import { append, emptyRange, leafHash, root } from "../src/core/log/merkle.ts";
import { type Export, verifyExport } from "../src/core/log/verify.ts";
import { verifyMeaning } from "../src/core/replay/verify-meaning.ts";
import { loadLogKey } from "../src/keys.ts";
import { origin, sampleEntry } from "./entries.ts";
import type { BenchEnvironment } from "./environment.ts";
import { atLeast, type Figure, figure, type Measured, median } from "./figures.ts";
import { meantExport, meantLines } from "./meant.ts";

/**
 * A whole check of an export (form, order, hashes, tree, signature) against only hashing the same
 * bytes, three ways.
 */
export async function verify(environment: BenchEnvironment): Promise<Measured> {
  const size = environment.quick ? 10_000 : 100_000;
  const { exported, lines } = exportOf(size);
  const check = (): void => {
    const { is, because } = verifyExport(exported, { vkey: null, checkpoints: [] });
    if (is !== "OK") throw new Error(`${is}: ${because}`);
  };
  const ways: readonly (readonly [string, () => void])[] = [
    ["crypto.createHash per entry", () => lines.forEach(digestOf)],
    ["crypto.hash per entry", () => lines.forEach((line) => void hash("sha256", line, "binary"))],
    ["one pass over the whole file", () => void digestOf(exported.entries)],
  ];
  const times = [check, ...ways.map(([, run]) => run)].map((run) => ({ run, taken: [0].slice(1) }));
  for (let n = 0; n < 7; n += 1) {
    for (const { run, taken } of times) taken.push(timeOf(run));
  }
  const rates = times.map(({ taken }) => (size * 1000) / median(taken.slice(2)));
  const [verified = Number.NaN, ...plain] = rates;
  const mebibytes = (exported.entries.length / 2 ** 20).toFixed(0);
  return {
    name: "verify",
    figures: [
      ...ways.map(([what], i) =>
        figure(`entries verified, against SHA-256 by ${what}`, {
          value: verified,
          unit: "/s",
          more: {
            baseline: { what, value: plain[i] ?? Number.NaN },
            goal: atLeast(0.3, "ratio"),
            note: `${size} entries, ${mebibytes} MiB`,
          },
        }),
      ),
      meaning(environment.quick ? 3_000 : 50_000),
    ],
  };
}

/** The replay of entries that mean something, against reading and hashing the same lines. */
function meaning(size: number): Figure {
  const lines = meantLines(size);
  const exported = meantExport(lines);
  const texts = lines.map((line) => JSON.stringify(line));
  const replay = (): void => {
    const { finding } = verifyMeaning(exported);
    if (finding) throw new Error(finding.because);
  };
  const read = (): void => {
    for (const text of texts) {
      digestOf(Buffer.from(text));
      JSON.parse(text);
    }
  };
  const taken = [replay, read].map((run) => {
    const times = Array.from({ length: 5 }, () => timeOf(run));
    return (texts.length * 1000) / median(times.slice(2));
  });
  const [replayed = Number.NaN, plain = Number.NaN] = taken;
  return figure("entries replayed for their meaning, after their bytes", {
    value: replayed,
    unit: "/s",
    more: {
      baseline: { what: "SHA-256 and JSON.parse of the same lines", value: plain },
      goal: atLeast(50_000),
      note: `${texts.length} entries; half of them decide, request or approve`,
    },
  });
}

function timeOf(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

const digestOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

function newKey(): LogKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pemOrPath = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return loadLogKey({ origin, pemOrPath });
}

/** An export of so many entries, and their lines. */
export function exportOf(size: number): {
  readonly exported: Export;
  readonly lines: readonly Uint8Array[];
} {
  const key = newKey();
  const lines = Array.from({ length: size }, (_, n) => sampleEntry(n).bytes);
  const leaves = lines.map(leafHash);
  const head = { origin, size, root: root(leaves.reduce(append, emptyRange)) };
  const exported = {
    entries: Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])),
    leaves: Buffer.from(leaves.map((leaf) => `${Buffer.from(leaf).toString("hex")}\n`).join("")),
    checkpoint: Buffer.from(signCheckpoint(head, key)),
    key: Buffer.from(`${key.vkey}\n`),
    policies: new Map(),
    disclosures: new Uint8Array(),
  };
  return { exported, lines };
}
