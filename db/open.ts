import type { Store } from "../src/app/ports.ts";
import type { Connection } from "./connection.ts";
import { faultOf, type StoreFault } from "./fault.ts";
import { claimIdentity, type Identity } from "./identity.ts";
import { migrate } from "./migrate.ts";
import { tryFile } from "./room.ts";
import { storeOver } from "./store.ts";

/**
 * Where the database is. `lost` is told when the embedded one has stopped for good. `memory` loses
 * everything at the end: for tests.
 */
export type DatabaseLocation =
  | { readonly databaseUrl: string }
  | { readonly dataDir: string; readonly lost?: (fault: StoreFault) => void }
  | { readonly memory: true };

/** An open store, and what the start line says about it. */
export interface Opened {
  readonly store: Store;
  readonly durability: string;
  readonly kind: "pglite" | "postgres";
}

/**
 * Opens, migrates and checks a database. Throws a Fault in words for the operator; then nothing
 * stays open.
 */
export async function openStore(place: DatabaseLocation, identity: Identity): Promise<Opened> {
  let connection: Connection | undefined;
  try {
    connection = await connect(place);
    await migrate(connection);
    await claimIdentity(connection.execute, identity);
    const durability = await connection.durability();
    const kind = "databaseUrl" in place ? "postgres" : "pglite";
    const { execute, close, inBackground } = connection;
    const options = { inBackground, tryRoom: tryRoomOf(place) };
    return { store: storeOver(execute, close, options), durability, kind };
  } catch (error) {
    await connection?.close();
    throw faultOf(error);
  }
}

function tryRoomOf(place: DatabaseLocation): "row" | (() => Promise<void>) | null {
  if ("databaseUrl" in place) return "row";
  return "dataDir" in place ? () => tryFile(place.dataDir) : null;
}

/** Each driver is loaded only where it is used: PGlite alone takes hundreds of MB. */
async function connect(place: DatabaseLocation): Promise<Connection> {
  if ("databaseUrl" in place)
    return (await import("./open-postgres.ts")).openPostgres(place.databaseUrl);
  const { openDirectory, openMemory } = await import("./open-pglite.ts");
  return "memory" in place ? openMemory() : openDirectory(place.dataDir, place.lost);
}
