import { type DatabaseLocation, openStore } from "../../db/open.ts";
import { change, entry } from "./support.ts";

/**
 * A process of its own that commits one entry after another and says which are acknowledged, until
 * it is killed.
 */
const [place = "", origin = "", vkey = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  const where: DatabaseLocation = place.startsWith("postgres:")
    ? { databaseUrl: place }
    : { dataDir: place };
  const { store } = await openStore(where, { origin, vkey });
  const { size } = await store.head();
  process.stdout.write("open\n");
  for (let n = size; ; n += 1) {
    await store.commit(change({ key: `k_${n}`, entries: [entry(`e_${n}`)], result: n }));
    process.stdout.write(`${n}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
