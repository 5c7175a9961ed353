import { claimIdentity } from "../db/identity.ts";
import { migrate } from "../db/migrate.ts";
import { openDirectory } from "../db/open-pglite.ts";
import { openPostgres } from "../db/open-postgres.ts";
import { storeOver } from "../db/store.ts";
import { answerTimes } from "../src/app/commands/command-parts.ts";
import { createIntake } from "../src/app/intake/intake.ts";
import { buildParts } from "../src/composition/core-parts.ts";
import { adoptFirst, policySecrets } from "../src/composition/first-policy.ts";
import { systemRandom } from "../src/composition/random.ts";
import {
  healthFor,
  operatorFor,
  readsFor,
  reportsFor,
  sourcesFor,
} from "../src/composition/server-parts.ts";
import { readConfig } from "../src/config.ts";
import { createServer } from "../src/http/server.ts";
import { loadLogKey } from "../src/keys.ts";
import { oneInsert } from "./one-insert.ts";

const keepsNothing = {
  read: () => null,
  write: () => undefined,
  setAside: () => undefined,
  unkept: () => null,
};

const month = 30 * 86_400_000;
const keep = { deliveries: month, messages: month, receipts: month, sessions: month };

/**
 * The program's own server, sources and database, without evaluation, console and tick. `single`
 * and `grouped` differ in one thing: one INSERT per request, or the program's group commit.
 */
async function serve(mode: string): Promise<void> {
  const read = readConfig();
  if (!read.ok) throw new Error(read.problems.join("\n"));
  const { config } = read;
  const connection = await (config.databaseUrl
    ? openPostgres(config.databaseUrl.reveal())
    : openDirectory(`${config.dataDirectory}/database`));
  const key = loadLogKey({ origin: config.origin, pemOrPath: config.logKey?.reveal() ?? "" });
  await migrate(connection);
  await claimIdentity(connection.execute, key);
  const store = storeOver(connection.execute, connection.close);
  const clock = { now: () => Date.now() };
  const report = (fault: unknown): string => String(fault);
  const parts = buildParts({
    store,
    key,
    keys: { all: () => [key], next: () => "this server has one key" },
    lastSigned: keepsNothing,
    keptPolicies: { read: () => null, write: () => undefined },
    keep,
    clock,
    answerTimes,
    publicUrl: "http://localhost",
    random: systemRandom,
    report,
    slack: null,
    teams: null,
  });
  await adoptFirst(parts, config);
  const { policy } = (await parts.journal.look([])).situation("");
  const secretFor = policySecrets(config, policy);
  const intake = mode === "grouped" ? createIntake(store) : oneInsert(connection.execute);
  const { host, port, publicUrl } = config;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const server = await createServer({
    host,
    port,
    publicUrl,
    clock,
    random: systemRandom,
    log,
    intake,
    demo: null,
    tokens: { operator: null, auditor: null, gateway: null },
    sources: sourcesFor(parts, secretFor),
    ...readsFor(parts),
    reports: reportsFor(parts),
    subscribe: parts.journal.onCommit,
    operator: operatorFor(parts, config, { secretFor, disk: null, signIn: null }),
    health: healthFor(parts, {
      clock,
      tickAge: () => null,
      clockDifference: () => null,
      disk: null,
      unkept: () => null,
    }),
    register: () => undefined,
  });
  await server.listen();
  const stop = async (): Promise<void> => {
    await server.close();
    await store.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
}

await serve(process.argv[2] ?? "");
