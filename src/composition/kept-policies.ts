import { join } from "node:path";
import type { KeptPolicies } from "../app/ports.ts";
import { digestOf } from "../core/log/commitment.ts";
import { keptOnce, keptText } from "../kept-file.ts";

/**
 * Copies of policies outside the database, in HOLDPOINT_DATA/policies, by digest: a copy that does
 * not have its digest is none. Where nothing can be written there are no copies.
 */
export function keepPolicies(dataDirectory: string): KeptPolicies {
  const directory = join(dataDirectory, "policies");
  return {
    read: (digest) => {
      try {
        const text = keptText(directory, nameOf(digest));
        const bytes = text === null ? null : new TextEncoder().encode(text);
        return bytes !== null && digestOf(bytes) === digest ? bytes : null;
      } catch {
        return null;
      }
    },
    write: (digest, canonical) => {
      try {
        keptOnce(directory, nameOf(digest), () => new TextDecoder().decode(canonical));
      } catch {} // a directory that takes nothing
    },
  };
}

const nameOf = (digest: string): string => `${digest}.json`;
