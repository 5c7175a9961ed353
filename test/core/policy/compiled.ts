import { type PersonId, personId } from "../../../src/core/ids.ts";
import { canonicalBytes } from "../../../src/core/log/bytes.ts";
import { commit, digestOf } from "../../../src/core/log/commitment.ts";
import { canonicalPolicy, compilePolicy } from "../../../src/core/policy/canonical.ts";
import type { Policy } from "../../../src/core/policy/model.ts";
import type { PolicyDoc } from "../../../src/core/policy/schema/policy-schema.ts";
import { problemLine, readPolicyText } from "../../../src/policy-file.ts";

/** A policy text that must be good, read. */
export function docOf(text: string): PolicyDoc {
  const read = readPolicyText("policy.yaml", text);
  if (!read.ok) throw new Error(read.problems.map(problemLine).join("\n"));
  return read.doc;
}

/** A person's id that says nothing of their key, and the same one each time. */
export function idOf(key: string): PersonId {
  return personId(`p_${digestOf(new TextEncoder().encode(key)).slice(0, 20)}`);
}

const salt = new Uint8Array(32).fill(7);

export function commitmentOf(text: string): string {
  return commit(salt, text);
}

export function canonicalOf(text: string): object {
  return canonicalPolicy(docOf(text), idOf, commitmentOf);
}

export function bytesOf(text: string): string {
  return new TextDecoder().decode(canonicalBytes(canonicalOf(text)));
}

export function digestOfText(text: string): string {
  return digestOf(canonicalBytes(canonicalOf(text)));
}

export function compiledOf(text: string): Policy {
  return compilePolicy(canonicalOf(text));
}
