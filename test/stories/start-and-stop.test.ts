import { createServer } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keepEmptyDatabase, oneDatabase } from "../support/databases.ts";
import { faultConnection } from "../support/fault-connection.ts";
import { pem } from "../support/keys.ts";
import { begin, freePort, scratch } from "../support/process.ts";
import { signingSecret } from "../support/slack-people.ts";
import { slackToken } from "../support/slack-world.ts";
import { openWorld } from "../support/world.ts";

/**
 * A stop may come at any moment of a start: it is heard, and ends with 0. The database may go at
 * any moment of it as well.
 */

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/**
 * A Slack that takes connections and never answers: with it a start goes on for seconds after
 * /readyz is 200.
 */
async function silentSlack() {
  const asked: string[] = [];
  const server = createServer(({ url = "" }) => void asked.push(url));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/api/`, asked };
}

test("SIGTERM the moment /readyz first answers 200 ends with 0, though the start is not over and Slack has yet to be asked about people", async () => {
  const port = await freePort();
  const slack = await silentSlack();
  const data = join(scratch(), "data");
  keepEmptyDatabase(data);
  const program = begin({
    PORT: String(port),
    HOLDPOINT_DATA: data,
    SIGNALS_WEBHOOK_SECRET: secret,
    INSPECT_WEBHOOK_SECRET: secret,
    ALERTMANAGER_TOKEN: secret,
    SLACK_BOT_TOKEN: slackToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
  });
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );

  await expect.poll(isReady, { interval: 20, timeout: 120_000 }).toBe(true);
  const code = await program.terminate();

  expect(code).toBe(0);
  // Of six people: each question waits ten seconds for a silent Slack, and whoever stops a process
  // kills it after thirty.
  expect(slack.asked.filter((url) => url.endsWith("/users.info")).length).toBeLessThan(4);
}, 180_000);

test("a start that waits for its database says so, and SIGTERM ends it with 0", async () => {
  const password = "hunter2-hunter2";
  const program = begin({
    PORT: String(await freePort()),
    DATABASE_URL: `postgres://holdpoint:${password}@127.0.0.1:${await freePort()}/holdpoint`,
    HOLDPOINT_ORIGIN: "holdpoint.test/start",
    HOLDPOINT_LOG_KEY: pem,
    HOLDPOINT_DATA: join(scratch(), "data"),
  });

  const said = await program.says(/HOLDPOINT_DB_WAIT/);
  const code = await program.terminate();

  expect(said).toContain("Waiting up to 60 s");
  expect(said).not.toContain(password);
  expect(code).toBe(0);
}, 180_000);

oneDatabase((kind) => {
  test.each(["before", "after"] as const)(
    "each statement of a start may fail %s it takes effect: the program is there all the same",
    async (when) => {
      const faults = faultConnection();
      const world = await openWorld(kind, { wrap: faults.wrap });
      const startWith = async (statement: number): Promise<number> => {
        faults.plan({ statement, when, times: statement === 0 ? 0 : 1 });
        await world.restart();
        const statements = faults.seen();
        const ready = async () => (await fetch(`${world.server().url}/readyz`)).status;
        await expect.poll(ready, { message: `${statement}`, timeout: 10_000 }).toBe(200);
        // A start may take fewer statements than the first: what is left breaks nothing later.
        faults.plan({ statement: 0, when, times: 0 });
        return statements;
      };

      const statements = await startWith(0);
      for (let statement = 1; statement <= statements; statement += 1) await startWith(statement);

      expect(statements).toBeGreaterThanOrEqual(8);
    },
    120_000,
  );
});
