import { type PersonId, personId } from "../../../src/core/ids.ts";
import { canonicalBytes } from "../../../src/core/log/bytes.ts";
import { commit, digestOf } from "../../../src/core/log/commitment.ts";
import { canonicalPolicy, compilePolicy } from "../../../src/core/policy/canonical.ts";
import type { Policy } from "../../../src/core/policy/model.ts";
import type { PolicyDoc } from "../../../src/core/policy/schema.ts";
import { problemLine, readPolicyText } from "../../../src/policy-file.ts";

/** A policy text that must be good, read. */
export const docOf = (text: string): PolicyDoc => {
  const read = readPolicyText("policy.yaml", text);
  if (!read.ok) throw new Error(read.problems.map(problemLine).join("\n"));
  return read.doc;
};

/** A person's id that says nothing of their key, and the same one each time. */
export const idOf = (key: string): PersonId =>
  personId(`p_${digestOf(new TextEncoder().encode(key)).slice(0, 20)}`);

const salt = new Uint8Array(32).fill(7);

export const commitmentOf = (text: string): string => commit(salt, text);

export const canonicalOf = (text: string): object =>
  canonicalPolicy(docOf(text), idOf, commitmentOf);

export const bytesOf = (text: string): string =>
  new TextDecoder().decode(canonicalBytes(canonicalOf(text)));

export const digestOfText = (text: string): string => digestOf(canonicalBytes(canonicalOf(text)));

export const compiledOf = (text: string): Policy => compilePolicy(canonicalOf(text));
