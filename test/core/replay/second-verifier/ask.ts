import { spawnSync } from "node:child_process";
import { verifyExport } from "../../../../src/core/log/verify.ts";
import { verifyMeaning } from "../../../../src/core/replay/verify-meaning.ts";
import type { Variant } from "./variants.ts";

/** The second verifier, docs/verifiers/python, asked about many exports at once. */

const program = "docs/verifiers/python/verify.py";

/** Where Python with its package is; null = not on this machine. */
export function findPython(): string | null {
  const tried = ["python3", "/usr/bin/python3"].find(
    (python) => spawnSync(python, ["-c", "import cryptography, zoneinfo"]).status === 0,
  );
  return tried ?? null;
}

const base64 = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString("base64");

function questionOf({ exported, kept }: Variant): string {
  const { entries, leaves, checkpoint, key, policies, disclosures } = exported;
  return JSON.stringify({
    entries: base64(entries),
    leaves: base64(leaves),
    checkpoint: base64(checkpoint),
    key: base64(key),
    disclosures: base64(disclosures),
    policies: Object.fromEntries([...policies].map(([digest, bytes]) => [digest, base64(bytes)])),
    vkey: kept.vkey,
    seen: kept.checkpoints,
  });
}

/** A verdict without its words: each program has its own. */
export type Answer = Readonly<Record<string, unknown>>;

export function theirs(python: string, variants: readonly Variant[]): readonly Answer[] {
  const input = variants.map((variant) => `${questionOf(variant)}\n`).join("");
  const asked = spawnSync(python, ["-B", program, "--many"], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (asked.status !== 0) throw new Error(asked.stderr);
  return asked.stdout
    .trimEnd()
    .split("\n")
    .map((line): Answer => JSON.parse(line));
}

function ours({ exported, kept }: Variant): Answer {
  const { is, index, because } = verifyExport(exported, kept);
  if (is !== "OK") return { is, index, because };
  const { finding, entries, unknown, claims, disclosures } = verifyMeaning(exported);
  const said = finding ? { ...finding } : { is, index, because };
  return {
    ...said,
    entries,
    unknown: Object.fromEntries(unknown),
    claims: Object.fromEntries(claims),
    disclosures,
  };
}

/** The two answers, where they differ. */
export function differences(
  variants: readonly Variant[],
  answers: readonly Answer[],
): readonly { readonly name: string; readonly ours: Answer; readonly theirs: Answer }[] {
  return variants.flatMap((variant, n) => {
    const [mine, other] = [ours(variant), answers[n] ?? {}];
    const isSame = comparable(mine) === comparable(other);
    return isSame ? [] : [{ name: variant.name, ours: mine, theirs: other }];
  });
}

const comparable = ({ because: _words, ...answer }: Answer): string =>
  JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
