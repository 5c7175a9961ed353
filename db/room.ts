import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import type { Store } from "../src/app/ports.ts";

/**
 * Whether there is room to store anything, tried by something small of our own: neither leaves
 * anything behind.
 */

const size = 64 * 1024;

/**
 * A row that needs pages of its own: what fits into a page that is there already says nothing of
 * the disk. It is left empty.
 */
export async function tryRow(
  { saveConversation }: Pick<Store, "saveConversation">,
  at: number,
): Promise<void> {
  const filler = randomBytes(size).toString("base64");
  for (const reference of [{ filler }, {}])
    await saveConversation("room", { id: "tried", reference, at });
}

/** A file beside the embedded database: a row there would stop it for good. */
export async function tryFile(directory: string): Promise<void> {
  const trial = `${directory}.try`;
  try {
    await writeFile(trial, randomBytes(size), { mode: 0o600 });
  } finally {
    await rm(trial, { force: true });
  }
}
