import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature } from "@openfeature/server-sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { fitted, pageBlock } from "../support/page-block.ts";
import { scratch } from "../support/process.ts";
import { isInstalled, type ProxySetUp, proxies, startProxy } from "../support/proxies.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * What stands between people and the model, as docs/enforcement.md sets it up: its blocks are what
 * runs here.
 */

const token = "gateway-token-for-tests-0123456789abcdef";
const env = { HOLDPOINT_GATEWAY_TOKEN: token };
const gateway = { authorization: `Bearer ${token}` };
const twoGateways = (yaml: string) =>
  yaml.replace(
    "    starts: full ",
    "    enforcement: { gateways: [edge-1, edge-2], confirmWithin: 1m }\n    starts: full ",
  );

async function twoPeopleResume(world: World): Promise<void> {
  await world.say("chidi", "resume assistant-prod because the eval was broken");
  await world.say("erin", "resume assistant-prod because I looked too");
}

/** Resolves when the log has it that the gateway carries out the version. */
const confirmed = (world: World, version: number) =>
  expect
    .poll(async () => (await world.get("/v1/deployments/assistant-prod")).body, { timeout: 5_000 })
    .toMatchObject({ applied: [{ gateway: "edge-1", version }] });

const nginx = proxies.find(({ name }) => name === "nginx") as ProxySetUp;

describe.skipIf(!isInstalled(nginx))("nginx", () => {
  oneDatabase((kind) => {
    test("lets requests pass, stops them at the first one after a pause, and again lets them pass when two people resume", async () => {
      const world = await openWorld(kind, { env });
      const url = await startProxy(nginx, world.server().url, token);
      const ask = () => fetch(`${url}/v1/chat/completions`, { method: "POST", body: "{}" });

      const open = await ask();
      await world.send("signals", jailbreak());
      await world.say("bob", "pause HP-1 because 8.2 %, samples look real");
      const paused = await ask();
      await world.say("chidi", "resume HP-1 because the eval was broken");
      const half = await ask();
      await world.say("erin", "resume HP-1 because I looked too");
      const resumed = await ask();

      expect([open.status, paused.status, half.status, resumed.status]).toEqual([
        200, 403, 403, 200,
      ]);
      expect(await open.json()).toMatchObject({ headers: { "holdpoint-scope": "full" } });
      await confirmed(world, 3);
    });

    test("hands the scope to the model's server, so that it can narrow, and keeps the token to itself", async () => {
      const world = await openWorld(kind, { env });
      const url = await startProxy(nginx, world.server().url, token);
      await world.say("bob", "narrow assistant-prod to no-tools because tools first");

      const told = await (await fetch(url, { headers: { "holdpoint-scope": "full" } })).json();

      expect(told).toMatchObject({ headers: { "holdpoint-scope": "no-tools" } });
      expect(JSON.stringify(told)).not.toContain(token);
      await confirmed(world, 2);
    });

    test("lets nothing pass when Holdpoint does not answer", async () => {
      const world = await openWorld(kind, { env, check: false });
      const url = await startProxy(nginx, world.server().url, token);
      expect((await fetch(url)).status).toBe(200);
      await confirmed(world, 1);

      await world.server().close();

      expect((await fetch(url)).status).toBe(503);
    });

    test("confirms by asking: the card says so at the first request after the pause", async () => {
      const world = await openWorld(kind, {
        env,
        policy: (yaml) => twoGateways(yaml).replace("[edge-1, edge-2]", "[edge-1]"),
      });
      const url = await startProxy(nginx, world.server().url, token);
      await world.send("signals", jailbreak());
      await world.say("bob", "pause HP-1 because 8.2 %, samples look real");
      expect((await world.card("HP-1")).text).not.toContain("Confirmed");

      await fetch(url);

      await expect
        .poll(async () => {
          await world.settle();
          return (await world.card("HP-1")).text;
        })
        .toContain("Confirmed by 1 of 1 at 10:00:00");
    });
  });
});

oneDatabase((kind) => {
  test("the OpenFeature SDK reads a pause as a value, and its caller's default when nobody answers", async () => {
    const world = await openWorld(kind, { env, check: false });
    const provider = new OFREPProvider({ baseUrl: world.server().url, headers: gateway });
    await OpenFeature.setProviderAndWait(provider);
    onTestFinished(() => OpenFeature.close());
    const client = OpenFeature.getClient();
    const allowed = () => client.getBooleanDetails("allowed.assistant-prod", false);
    const all = () => client.getObjectValue("posture.assistant-prod", { allows: null });

    const open = await allowed();
    expect(await all()).toMatchObject({ state: "open", allows: { tools: true } });
    await world.say("bob", "narrow assistant-prod to no-tools because tools first");
    expect(await all()).toMatchObject({ scope: "no-tools", allows: { tools: false } });
    await world.say("bob", "pause assistant-prod because all of it");
    const paused = await allowed();
    const unknown = await client.getBooleanDetails("allowed.nobody", true);
    await world.server().close();
    const silent = await allowed();

    expect(open).toMatchObject({ value: true, variant: "yes", reason: "STATIC" });
    expect(paused).toMatchObject({ value: false, variant: "no", reason: "STATIC" });
    expect(unknown).toMatchObject({ value: true, errorCode: "FLAG_NOT_FOUND" });
    expect(silent).toMatchObject({ value: false, reason: "ERROR" });
  });

  test("the page's own gateway hears of a pause, carries it out and says so", async () => {
    const world = await openWorld(kind, { env, policy: twoGateways });
    const code = fitted(pageBlock("js", "nextPosture"), {
      "http://127.0.0.1:3000": world.server().url,
      HOLDPOINT_GATEWAY_TOKEN: token,
    });
    const file = join(scratch(), "gateway.mjs");
    writeFileSync(file, code);
    const { nextPosture } = await import(file);
    const carried: unknown[] = [];
    const next = () => nextPosture(async ({ state }: { state: string }) => carried.push(state));
    await next();

    const hearing = next();
    await world.say("bob", "pause assistant-prod because it leaks");
    await hearing;
    await world.settle();

    expect(carried).toEqual(["open", "paused"]);
    const { body } = await world.get("/v1/deployments/assistant-prod");
    expect(body).toMatchObject({ state: "paused", applied: [{ gateway: "edge-1", version: 2 }] });
  });

  test("a gateway that stays silent is asked about, and the question closes itself when it confirms", async () => {
    const world = await openWorld(kind, { env, policy: twoGateways });
    const report = async (name: string, version: number) => {
      const { status } = await fetch(
        `${world.server().url}/v1/deployments/assistant-prod/applied`,
        {
          method: "POST",
          headers: gateway,
          body: JSON.stringify({ gateway: name, version }),
        },
      );
      await world.settle();
      return status;
    };
    await world.say("bob", "pause assistant-prod because it leaks");
    expect(await report("edge-1", 2)).toBe(200);

    await world.clock.advance("61s");
    const asked = await world.card("HP-2");
    expect(await report("edge-2", 2)).toBe(200);

    expect(asked.text).toContain("edge-2");
    expect((await world.card("HP-1")).text).toContain("Confirmed by 2 of 2");
    const { body } = await world.get("/v1/escalations/HP-2");
    expect(body).toMatchObject({ trigger: "unconfirmed", severity: "critical", status: "closed" });
    await twoPeopleResume(world);
    expect(await report("edge-1", 3)).toBe(200);
    expect(await report("edge-1", 2)).toBe(200);
    expect(await world.kinds()).toContain("enforcement.reported");
    const drifted = await world.get("/v1/escalations/HP-3");
    expect(drifted.body).toMatchObject({ trigger: "unconfirmed", status: "open" });
  });

  test("questions that overtake each other are no drift", async () => {
    const world = await openWorld(kind, {
      env,
      policy: (yaml) => twoGateways(yaml).replace("[edge-1, edge-2]", "[edge-1]"),
    });
    const url = `${world.server().url}/authz/assistant-prod?gateway=edge-1`;
    const asks = () => Array.from({ length: 20 }, () => fetch(url, { headers: gateway }));

    const before = asks();
    const pausing = world.say("bob", "pause assistant-prod because it leaks");
    const during = asks();
    await pausing;
    const after = await Promise.all(asks());
    await Promise.all([...before, ...during]);
    await world.settle();

    expect(new Set(after.map(({ status }) => status))).toEqual(new Set([403]));
    await confirmed(world, 2);
    expect((await world.get("/v1/escalations/HP-2")).status).toBe(404);
  });
});
