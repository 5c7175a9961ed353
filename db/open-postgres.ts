import postgres from "postgres";
import { Fault } from "../src/app/ports.ts";
import type { Connection } from "./connection.ts";
import { isPastDeadline, within } from "./deadline.ts";
import { cleaned, type Executor } from "./executor.ts";

/** Oldest PostgreSQL this is tested with, as `server_version_num`. */
const oldest = 140_000;

/** Session lock held while migrating: "hold" in ASCII. */
const migrationLock = 0x686f6c64;

/** Longer than the server's own limits, so that an answer that will come is waited for. */
const statementMs = 10_000;
const answerMs = 15_000;

type Client = ReturnType<typeof clientFor>;

/**
 * Opens a pool. Only single statements go over it, each its own transaction: postgres.js may call a
 * transaction callback done although its backend died before the commit. `?prepare=false` in the
 * URL serves poolers that know no prepared statements.
 */
export async function openPostgres(
  databaseUrl: string,
  answerTakes = answerMs,
  connections = 10,
): Promise<Connection> {
  const pool = renewable(() => clientFor(databaseUrl, connections));
  const execute = executorOver(pool, preparesIn(databaseUrl), answerTakes);
  const close = () => pool.current().end({ timeout: 5 });
  try {
    await assertVersion(execute);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    execute,
    inBackground: (work) => work(), // a pool has room for presses beside it
    alone: async (work) => {
      const client = clientFor(databaseUrl, 1);
      try {
        await client
          .unsafe(`set statement_timeout = 0; select pg_advisory_lock(${migrationLock})`)
          .simple();
        const script = async (text: string) => void (await client.unsafe(text).simple());
        return await work(
          script,
          executorOver(
            renewable(() => client),
            false,
            answerMs,
          ),
        );
      } finally {
        await client.end({ timeout: 5 }); // ends the session and so the lock
      }
    },
    durability: () => durabilityOf(execute),
    close,
  };
}

/**
 * `?host=<directory>` names the directory of the server's socket, as libpq understands it; then the
 * URL's own host is not asked.
 */
function addressIn(
  databaseUrl: string,
): readonly [url: string, socket: { readonly host?: string }] {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null;
  const host = url?.searchParams.get("host");
  if (!url || !host) return [databaseUrl, {}];
  url.searchParams.delete("host");
  return [url.href, { host }];
}

const clientFor = (databaseUrl: string, max: number) => {
  const [url, socket] = addressIn(databaseUrl);
  return postgres(url, {
    ...socket,
    max,
    connect_timeout: 10,
    backoff: () => 0.1, // seconds; the default grows to 20 s, and every waiting press waits with it
    fetch_types: false,
    onnotice: () => undefined,
    types: asText,
    connection: {
      application_name: "holdpoint",
      statement_timeout: statementMs,
      lock_timeout: 5_000,
    },
  });
};

/** Types that come back as text (see Executor); their parameters are bound as text too. */
const asText = {
  json: { to: 114, from: [114, 3802], serialize: String, parse: (text: string) => text },
  jsonb: { to: 3802, from: [], serialize: String, parse: (text: string) => text },
  timestamptz: {
    to: 1184,
    from: [1082, 1114, 1184],
    serialize: String,
    parse: (text: string) => text,
  },
};

/** A pool that another takes the place of. */
interface Pool {
  current(): Client;
  /** Puts a new one in the place of this one, unless that was done already. */
  renew(silent: Client): void;
}

/**
 * A server that went without a word (its machine died, its address moved) leaves connections that
 * never answer and never end: what was asked over them is given up, and the next statement gets a
 * new one.
 */
function renewable(open: () => Client): Pool {
  let client = open();
  return {
    current: () => client,
    renew: (silent) => {
      if (client !== silent) return;
      client = open();
      void silent.end({ timeout: 0 }).catch(() => undefined);
    },
  };
}

/**
 * A connection that died in the wrong moment can leave its statement waiting for ever: past the
 * deadline the outcome is unknown.
 */
const executorOver =
  (pool: Pool, prepare: boolean, answerTakes: number): Executor =>
  async ({ text, params, planned }) => {
    const client = pool.current();
    const bound = cleaned(params) as postgres.ParameterOrJSON<never>[];
    try {
      return await within(
        answerTakes,
        client.unsafe(text, bound, { prepare: prepare && planned === undefined }).values(),
      );
    } catch (error) {
      if (isPastDeadline(error)) pool.renew(client);
      throw error;
    }
  };

const preparesIn = (databaseUrl: string): boolean =>
  URL.canParse(databaseUrl) && new URL(databaseUrl).searchParams.get("prepare") !== "false";

async function assertVersion(execute: Executor): Promise<void> {
  const [[version] = []] = await execute({
    text: "select current_setting('server_version_num')::int",
    params: [],
  });
  if (Number(version) < oldest)
    throw new Fault(
      `This PostgreSQL is too old (${version}); Holdpoint needs 14 or newer.`,
      "never",
    );
}

/** What the server promises about a commit it has acknowledged. */
async function durabilityOf(execute: Executor): Promise<string> {
  const text = `select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'),
    current_setting('full_page_writes')`;
  const [[version, fsync, synchronous, pages] = []] = await execute({ text, params: [] });
  const off = [
    fsync === "off" ? "fsync" : "",
    synchronous === "off" ? "synchronous_commit" : "",
    pages === "off" ? "full_page_writes" : "",
  ].filter(Boolean);
  return off.length === 0
    ? `PostgreSQL ${version}, every commit flushed to disk (synchronous_commit ${synchronous})`
    : `PostgreSQL ${version}, NOT DURABLE: ${off.join(" and ")} off; a crash of its machine can lose decisions`;
}
