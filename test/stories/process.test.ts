import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eachDatabase, freshDatabase, type Kind } from "../support/databases.ts";
import {
  browserAt,
  changesAt,
  type Env,
  freePort,
  plain,
  run,
  scratch,
  start,
} from "../support/process.ts";

const pem = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString();

const environment = async (kind: Kind): Promise<Env> => {
  const port = await freePort();
  const mine = {
    PORT: String(port),
    HOLDPOINT_DATA: join(scratch(), "data"),
    HOLDPOINT_OPERATOR_TOKEN: "operator-token-for-tests-0123456789abcdef",
    LOG_LEVEL: "error",
  };
  if (kind === "pglite") return mine;
  return {
    ...mine,
    DATABASE_URL: await freshDatabase(),
    HOLDPOINT_ORIGIN: "holdpoint.test/process",
    HOLDPOINT_LOG_KEY: pem,
  };
};

const sample = "examples/signals/signal-jailbreak.json";

eachDatabase((kind) => {
  test("a signal becomes a card; pause survives kill -9; one person cannot resume, two can; the export verifies and shows each changed byte", async () => {
    const env = await environment(kind);
    const first = await start(env);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    const changes = await changesAt(first.url);
    const sent = await run(["signal", "send", "signals", sample], env);
    expect(sent).toMatchObject({ code: 0, out: expect.stringContaining("Stored as d_") });
    await changes.next();
    const chidi = browserAt(first.url);
    await expect.poll(async () => plain((await chidi.page("/")).html)).toContain("HP-1");

    await chidi.be("chidi");
    expect(await chidi.say("pause HP-1 because 8.2 % is real")).toMatchObject({ ok: true });
    await first.kill();
    const second = await start(env);

    expect(await posture(second.url)).toBe("paused");
    const started = await chidi.say("resume HP-1 because the eval was broken");
    expect(started.text).toContain("One more person confirms");
    expect(await chidi.say("resume HP-1 because I insist")).toMatchObject({ ok: false });
    expect(await posture(second.url)).toBe("paused");
    const erin = browserAt(second.url);
    await erin.be("erin");
    expect(await erin.say("resume HP-1 because I looked too")).toMatchObject({ ok: true });
    expect(await posture(second.url)).toBe("open");
  }, 60_000);
});

const posture = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/v1/deployments/assistant-prod`);
  const { state } = Object(await response.json());
  return String(state);
};
