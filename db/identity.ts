import { Fault } from "../src/app/ports.ts";
import { keyChain } from "../src/core/log/key-chain.ts";
import type { Executor } from "./executor.ts";

/** The log's name and public key (C2SP vkey), as the program was given them. */
export interface Identity {
  readonly origin: string;
  readonly vkey: string;
  /** Keys to which the log may have been handed over since. */
  readonly newer?: readonly string[];
}

/**
 * Claims an empty database for this log, or refuses one that is another's: two keys must never sign
 * one log.
 */
export async function claimIdentity(execute: Executor, identity: Identity): Promise<void> {
  const { origin, vkey, newer = [] } = identity;
  const held = await heldIdentity(execute);
  if (held === undefined) {
    const text =
      "insert into holdpoint.log_identity (origin, vkey) values ($1::text, $2::text) on conflict do nothing";
    await execute({ text, params: [origin, vkey] });
    return claimIdentity(execute, identity); // another start may have been faster
  }
  if (held.origin !== origin)
    refuse("name", { held: held.origin, given: origin, setting: "HOLDPOINT_ORIGIN" });
  const now = await keyNow(execute, held);
  if (![vkey, ...newer].includes(now))
    refuse("key", { held: now, given: vkey, setting: "HOLDPOINT_LOG_KEY" });
}

/** The key that the log has by now (docs/log-format.md §3.1). */
async function keyNow(execute: Executor, { origin, vkey }: Identity): Promise<string> {
  const rows = await execute({
    text: "select index, convert_from(bytes, 'UTF8') from holdpoint.entries where kind = 'key.rotated' order by index",
    params: [],
  });
  const rotations = rows.map(([index, text]) => ({
    index: Number(index),
    entry: { ...Object(JSON.parse(String(text))) },
  }));
  const chain = keyChain(rotations, { only: vkey, origin });
  return "index" in chain ? vkey : (chain.at(-1)?.vkey ?? vkey);
}

/** Whose log the database holds, if anybody's. */
async function heldIdentity(execute: Executor): Promise<Identity | undefined> {
  const [row] = await execute({
    text: "select origin, vkey from holdpoint.log_identity",
    params: [],
  });
  return row && { origin: String(row[0]), vkey: String(row[1]) };
}

function refuse(
  what: string,
  {
    held,
    given,
    setting,
  }: { readonly held: string; readonly given: string; readonly setting: string },
): never {
  throw new Fault(
    `The log in this database has the ${what} ${held}, but this program was started with ${given}. Give it the right ${setting}, or another database.`,
    "never",
  );
}
