import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Source } from "./core/policy/model.ts";
import { secretsOf } from "./core/policy/source-auth.ts";

/** Secrets by the reference a policy names them with, e.g. `env:SIGNALS_WEBHOOK_SECRET`. */
export type MadeUpSecrets = ReadonlyMap<string, string>;

const fileName = "demo-secrets.json";
const stored = z.record(z.string(), z.string());

/**
 * The secrets made up on an earlier demo start; empty where there was none. `signal send` finds
 * them here.
 */
export function readDemoSecrets(dataDirectory: string): MadeUpSecrets {
  try {
    const text = readFileSync(join(dataDirectory, fileName), "utf8");
    return new Map(Object.entries(stored.parse(JSON.parse(text))));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw new Error(
      `${join(dataDirectory, fileName)} cannot be read; delete it to have new secrets`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Makes up what demo mode lacks: one secret per reference of these sources that `isSet` does not
 * know. Those of earlier starts are kept. The file is readable by its owner only, and never seen
 * half written.
 */
export function makeUpDemoSecrets(
  dataDirectory: string,
  sources: Iterable<Pick<Source, "auth">>,
  isSet: (reference: string) => boolean,
): MadeUpSecrets {
  const kept = readDemoSecrets(dataDirectory);
  const lacking = [...sources]
    .flatMap(({ auth }) => secretsOf(auth))
    .filter(({ reference }) => !isSet(reference) && !kept.has(reference));
  if (lacking.length === 0) return kept;
  const secrets = new Map([
    ...kept,
    ...lacking.map(({ reference, is }) => [reference, make[is]()] as const),
  ]);
  write(dataDirectory, secrets);
  return secrets;
}

const make = {
  text: (): string => randomBytes(32).toString("base64url"),
  base64: (): string => `whsec_${randomBytes(32).toString("base64")}`,
};

function write(dataDirectory: string, secrets: MadeUpSecrets): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, fileName);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(Object.fromEntries(secrets), null, 2)}\n`, {
    mode: 0o600,
  });
  chmodSync(fresh, 0o600); // `mode` counts only for a file that is new
  renameSync(fresh, file);
}
