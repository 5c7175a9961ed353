import { once } from "node:events";
import { symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature as Servers } from "@openfeature/server-sdk";
import { OpenFeature, type Provider, ProviderEvents } from "@openfeature/web-sdk";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { fitted, pageBlock } from "../support/page-block.ts";
import { scratch } from "../support/process.ts";
import { wayTo } from "../support/way-to.ts";
import { gateway, holding, narrowed, open, paused } from "./holding.ts";
import { tokens } from "./start.ts";

/**
 * What docs/enforcement.md says of OpenFeature's own clients, held with these clients; its blocks
 * are what runs.
 */

const flag = "allowed.assistant-prod";

/** A block of the page as a module, beside the packages it imports. */
async function pageModule<T>(has: string, replaced: Readonly<Record<string, string>>) {
  const directory = scratch();
  symlinkSync(resolve("node_modules"), join(directory, "node_modules"));
  const file = join(directory, "block.mjs");
  writeFileSync(file, fitted(pageBlock("js", has), replaced));
  return (await import(file)) as T;
}

async function reachable() {
  const { url: server, be } = await holding(open);
  const way = await wayTo(server);
  await way.open();
  return { way, be, baseUrl: way.url.replace(/\/$/, "") };
}

/** A browser's store, which Node has not. */
function localStorage(): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    key: (at: number) => [...kept.keys()][at] ?? null,
    get length() {
      return kept.size;
    },
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return kept;
}

test("the page's block for servers reads a pause at once, and its default when Holdpoint is down or hangs", async () => {
  const { way, be, baseUrl } = await reachable();
  onTestFinished(() => Servers.close());
  const { allowed, posture } = await pageModule<{
    allowed: () => Promise<boolean>;
    posture: () => Promise<unknown>;
  }>("@openfeature/server-sdk", {
    "http://127.0.0.1:3000": baseUrl,
    HOLDPOINT_GATEWAY_TOKEN: tokens.gateway,
    "timeout(3_000)": "timeout(300)",
  });

  // the first request of a busy process may exceed the timeout
  await expect.poll(allowed).toBe(true);
  be(narrowed);
  const narrower = await posture();
  be(paused);
  const stopped = await allowed();
  be(open);
  way.swallow();
  const hanging = await allowed();
  way.hear();
  way.cut();
  await expect.poll(allowed).toBe(true);
  await way.shut();
  const down = [await allowed(), await posture()];

  expect([stopped, hanging]).toEqual([false, false]);
  expect(narrower).toMatchObject({ scope: "no-tools", allows: { tools: false } });
  expect(down).toEqual([false, { allows: null }]);
});

describe("the web SDK by itself", () => {
  const pollInterval = 20;
  const visit = (baseUrl: string, more: object = {}) => {
    const provider = new OFREPWebProvider({
      baseUrl,
      headers: Object.entries(gateway),
      pollInterval,
      ...more,
    });
    return OpenFeature.setProviderAndWait(provider as Provider);
  };
  const client = OpenFeature.getClient();
  const stale = () =>
    new Promise<void>((told) => client.addHandler(ProviderEvents.Stale, () => told()));
  beforeEach(() => () => OpenFeature.close());

  test("keeps true while Holdpoint is down, whatever the default, and stays STALE after an unchanged answer", async () => {
    const { way, be, baseUrl } = await reachable();
    const answers: number[] = [];
    const fetchImplementation = async (...asked: Parameters<typeof fetch>) => {
      const answer = await fetch(...asked);
      answers.push(answer.status);
      return answer;
    };
    await visit(baseUrl, { cacheMode: "disabled", fetchImplementation });
    const told = stale();

    await way.shut();
    be(paused);
    await told;
    const during = client.getBooleanDetails(flag, false);
    be(open);
    answers.length = 0;
    await way.open();
    await expect.poll(() => answers.length).toBeGreaterThan(2);

    expect(during).toMatchObject({ value: true, reason: "STATIC" });
    expect(new Set(answers)).toEqual(new Set([304]));
    expect(client.providerStatus).toBe("STALE");
  });

  test("starts with what an earlier visit left, though it is paused since; not with cacheMode disabled", async () => {
    const { way, be, baseUrl } = await reachable();
    const kept = localStorage();
    await visit(baseUrl);
    await OpenFeature.close();
    be(paused);
    await way.shut();
    const seen = async (cacheMode: string) => {
      const started = await visit(baseUrl, { cacheMode }).then(
        () => "started",
        () => "refused",
      );
      return [started, client.getBooleanValue(flag, false)];
    };

    expect(await seen("local-cache-first")).toEqual(["started", true]);
    expect(await seen("network-first")).toEqual(["started", true]);
    expect(await seen("disabled")).toEqual(["refused", false]);
    expect(kept.size).toBe(1);
  });

  test("never polls when Holdpoint was down as it started, nor without an interval", async () => {
    const { way, baseUrl } = await reachable();
    let asked = 0;
    const fetchImplementation = (...question: Parameters<typeof fetch>) => {
      asked += 1;
      return fetch(...question);
    };
    await way.shut();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());

    await expect(visit(baseUrl, { fetchImplementation })).rejects.toThrow();
    await way.open();
    await vi.advanceTimersByTimeAsync(60_000);
    const afterRefusal = asked;
    await visit(baseUrl, { fetchImplementation, pollInterval: undefined });
    await vi.advanceTimersByTimeAsync(60_000);

    expect([afterRefusal, asked]).toEqual([1, 2]);
  });
});

describe("the page's block for the web SDK", () => {
  interface Block {
    readonly connect: () => Promise<void>;
    readonly allowed: () => boolean;
  }
  beforeEach(() => () => OpenFeature.close());
  const block = (baseUrl: string) => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    onTestFinished(() => void vi.restoreAllMocks());
    return pageModule<Block>("@openfeature/web-sdk", {
      "http://127.0.0.1:3000": baseUrl,
      HOLDPOINT_GATEWAY_TOKEN: tokens.gateway,
      "pollInterval = 1_000": "pollInterval = 100",
    });
  };

  test("is closed while Holdpoint is down or hangs, from the start on, opens again, and keeps nothing", async () => {
    const { way, be, baseUrl } = await reachable();
    const kept = localStorage();
    await way.shut();
    const { connect, allowed } = await block(baseUrl);
    const connected = connect();
    const atFirst = allowed();
    await way.open();
    await connected;
    const becomes = (value: boolean) => expect.poll(allowed, { interval: 5 }).toBe(value);

    await becomes(true);
    be(paused);
    await becomes(false);
    be(open);
    await becomes(true);
    way.swallow();
    await becomes(false);
    way.hear();
    way.cut();
    await becomes(true);
    await way.shut();
    await becomes(false);
    await way.open();
    await becomes(true);

    expect(atFirst).toBe(false);
    expect(kept.size).toBe(0);
  });

  test.each([
    ["a login page", "text/html", "<html>Sign in</html>"],
    ["JSON of somebody else's", "application/json", '{"ok":true}'],
  ])("%s in Holdpoint's place keeps nothing open", async (_name, type, body) => {
    const { url: server } = await holding(open);
    let isOther = false;
    const between = createServer(async (request, response) => {
      if (isOther) return void response.setHeader("content-type", type).end(body);
      const sent = await fetch(`${server}${request.url}`, {
        method: "POST",
        headers: { ...gateway, "content-type": "application/json" },
        body: "{}",
      });
      response.setHeader("content-type", "application/json").end(await sent.text());
    });
    between.listen(0, "127.0.0.1");
    await once(between, "listening");
    onTestFinished(() => {
      between.closeAllConnections();
      between.close();
    });
    const address = between.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { connect, allowed } = await block(`http://127.0.0.1:${port}`);
    await connect();
    await expect.poll(allowed, { interval: 5 }).toBe(true);

    isOther = true;

    await expect.poll(allowed, { interval: 5 }).toBe(false);
  });
});
