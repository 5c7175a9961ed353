import { readFileSync } from "node:fs";
import { type Quorum, readQuorum } from "../core/log/quorum.ts";

/** Reads a quorum file (c2sp.org/tlog-policy). Throws a sentence where it says something else. */
export function quorumIn(file: string): Quorum {
  const read = readQuorum(readFileSync(file, "utf8"));
  if (typeof read === "string") throw new Error(`${file} is not a quorum file: ${read}.`);
  return read;
}
