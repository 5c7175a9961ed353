import { Fault } from "../src/app/ports.ts";
import type { Executor } from "./executor.ts";

/** The log's name and public key (C2SP vkey), as the program was given them. */
export interface Identity {
  readonly origin: string;
  readonly vkey: string;
}

/**
 * Claims an empty database for this log, or refuses one that is another's: two keys must never sign
 * one log.
 */
export async function claimIdentity(execute: Executor, { origin, vkey }: Identity): Promise<void> {
  const held = await heldIdentity(execute);
  if (held === undefined) {
    const text =
      "insert into holdpoint.log_identity (origin, vkey) values ($1::text, $2::text) on conflict do nothing";
    await execute({ text, params: [origin, vkey] });
    return claimIdentity(execute, { origin, vkey }); // another start may have been faster
  }
  if (held.origin !== origin)
    refuse("name", { held: held.origin, given: origin, setting: "HOLDPOINT_ORIGIN" });
  if (held.vkey !== vkey)
    refuse("key", { held: held.vkey, given: vkey, setting: "HOLDPOINT_LOG_KEY" });
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
