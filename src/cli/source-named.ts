import { readFile } from "node:fs/promises";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { type PolicyProblem, readPolicyText } from "../policy-file.ts";

/** A source of a policy file; or why there is none, with the file's mistakes if there are any. */
type Named =
  | { readonly policy: PolicyDoc; readonly source: PolicyDoc["sources"][string] }
  | { readonly problem: string; readonly mistakes: readonly PolicyProblem[] };

/** Finds a source in a policy file by its name. Throws where the file cannot be read. */
export async function sourceNamed(file: string, name: string): Promise<Named> {
  const read = readPolicyText(file, await readFile(file, "utf8"));
  if (!read.ok)
    return { problem: `${file} is not valid; see policy check.`, mistakes: read.problems };
  const { sources } = read.doc;
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (source) return { policy: read.doc, source };
  const known = Object.keys(sources).join(", ") || "none";
  return { problem: `${file} has no source “${name}”: ${known}.`, mistakes: [] };
}
