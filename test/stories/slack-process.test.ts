import { join } from "node:path";
import { expect, test } from "vitest";
import { openDirectory } from "../../db/open-pglite.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { freshDatabase, type Kind, oneDatabase } from "../support/databases.ts";
import { operatorToken, pem } from "../support/keys.ts";
import { listLoaded } from "../support/loaded.ts";
import { type Env, freePort, type Program, run, scratch, start } from "../support/process.ts";
import { signingSecret } from "../support/slack-people.ts";
import { at, walkBlocks } from "../support/slack-reading.ts";
import { type SlackServer, startSlackServer } from "../support/slack-server.ts";
import { slackFaults } from "../support/slack-types.ts";

/**
 * The program with Slack, as an operator runs it: processes that are killed at the worst moment.
 */

const token = "xoxb-for-tests";

async function environment(kind: Kind, slack: SlackServer): Promise<Env> {
  const mine = {
    PORT: String(await freePort()),
    HOLDPOINT_DATA: join(scratch(), "data"),
    HOLDPOINT_OPERATOR_TOKEN: operatorToken,
    SIGNALS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 9).toString("base64")}`,
    INSPECT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 8).toString("base64")}`,
    ALERTMANAGER_TOKEN: "alertmanager-token-for-tests-0123456789",
    LOG_LEVEL: "error",
    SLACK_BOT_TOKEN: token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.apiUrl,
    HOLDPOINT_ORIGIN: "holdpoint.test/slack",
    HOLDPOINT_LOG_KEY: pem,
  };
  return kind === "pglite" ? mine : { ...mine, DATABASE_URL: await freshDatabase() };
}

/** As if the minute had passed for which a message belongs to whoever claimed it. */
async function aMinutePasses({ DATABASE_URL: url, HOLDPOINT_DATA: data = "" }: Env) {
  const database = await (url ? openPostgres(url) : openDirectory(join(data, "database")));
  await database.execute({
    text: "update holdpoint.outbox set leased_until = now() - interval '1 second' where leased_until is not null",
    params: [],
  });
  await database.close();
}

const isCard = (message: unknown): boolean =>
  at(message, "metadata", "event_payload", "key") === "card:HP-1";

const cardsIn = (slack: SlackServer) => slack.messagesIn("C0RISK0001").filter(isCard);

oneDatabase((kind) => {
  test("killed between Slack's commit and its notice, the next process finds that card, edits it and posts no second one", async () => {
    const slack = await startSlackServer(token);
    const env = await environment(kind, slack);
    let first: Program | null = await start(env);
    let ended: Promise<void> | null = null;
    slack.fault = ({ body }) => {
      if (!isCard(body) || !first) return null;
      ended = first.kill(); // the signal is sent before this returns; Slack keeps the message
      first = null;
      return slackFaults.after;
    };
    const sample = "examples/signals/signal-jailbreak.json";
    expect(await run(["signal", "send", "signals", sample], env)).toMatchObject({ code: 0 });
    await expect.poll(() => ended !== null, { timeout: 10_000 }).toBe(true);
    await ended;
    expect(slack.messagesIn("C0RISK0001")).toHaveLength(1);
    slack.fault = () => null;
    await aMinutePasses(env);

    const second = await start(env);
    await expect.poll(() => cardsIn(slack)[0]?.edits, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect
      .poll(() => slack.directs("U0CHIDI001").length, { timeout: 20_000 })
      .toBeGreaterThan(0);

    expect(cardsIn(slack)).toHaveLength(1);
    const [card] = cardsIn(slack);
    expect(walkBlocks(card?.blocks).lines.join("\n")).toContain("HP-1");
    expect(slack.directs("U0CHIDI001")).toHaveLength(1);
    expect(slack.problems).toEqual([]);
    expect(await second.stop()).toBe(0);
  }, 180_000);

  test("a start says what the doctor finds wrong, and readyz that the token was revoked", async () => {
    const slack = await startSlackServer(token);
    slack.says("U0ERIN0001", { deleted: true });
    const env = await environment(kind, slack);
    const loaded = listLoaded();

    const program = await start({ ...env, ...loaded.env });
    expect(loaded.packages()).toContain("@slack/bolt");
    expect(loaded.packages()).not.toContain("botbuilder");
    await expect.poll(() => program.lines.join("\n")).toContain("Erin Sato");
    const asked = await run(["doctor"], env);
    expect(asked.code).toBe(1);
    expect(asked.out).toContain("Erin Sato");
    const ready = await fetch(`${program.url}/readyz`);
    expect(ready.status).toBe(200); // a closed account turns no webhook away
    const told = await ready.text();
    expect(told).toContain("the doctor finds 1 wrong");
    expect(told).not.toContain("Erin"); // whoever asks may be anybody
    await program.stop();
    slack.fault = () => slackFaults.error("token_revoked");
    const revoked = await start(env);

    await expect
      .poll(async () => (await fetch(`${revoked.url}/readyz`)).status, { timeout: 10_000 })
      .toBe(503);
    expect(await (await fetch(`${revoked.url}/readyz`)).text()).toContain("SLACK_BOT_TOKEN");
    expect(await revoked.stop()).toBe(0);
  }, 180_000);
});
