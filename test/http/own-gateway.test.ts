import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { fitted, pageBlock } from "../support/page-block.ts";
import { scratch } from "../support/process.ts";
import { wayTo } from "../support/way-to.ts";
import { holding, open, paused } from "./holding.ts";
import { tokens } from "./start.ts";

/** The gateways that docs/enforcement.md shows, against the server: its blocks are what runs. */

interface Posture {
  readonly state: string;
}
type CarryOut = (posture: Posture | null) => void;

async function reachable(has: string, replaced: Readonly<Record<string, string>> = {}) {
  const { url, be } = await holding(open);
  const way = await wayTo(url);
  await way.open();
  const file = join(scratch(), "gateway.mjs");
  const here = { "http://127.0.0.1:3000": new URL(way.url).origin };
  const token = { HOLDPOINT_GATEWAY_TOKEN: tokens.gateway };
  writeFileSync(file, fitted(pageBlock("js", has), { ...here, ...token, ...replaced }));
  return { way, be, block: await import(file) };
}

test("a gateway that waits learns that Holdpoint is down or hangs, and waits again", async () => {
  const { way, be, block } = await reachable("nextPosture", { "timeout(35_000)": "timeout(300)" });
  const carried: unknown[] = [];
  const next = (): Promise<void> =>
    block.nextPosture((posture: Posture) => carried.push(posture.state));

  await next();
  way.swallow();
  await expect(next()).rejects.toThrow("timeout");
  way.hear();
  way.cut();
  await way.shut();
  await expect(next()).rejects.toThrow();
  await way.open();
  be(paused);
  await next();

  expect(carried).toEqual(["open", "paused"]);
});

test("a gateway that streams goes on while heartbeats come, and stops at two missed ones", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  onTestFinished(() => void vi.restoreAllMocks());
  const { way, be, block } = await reachable("follow");
  let chunks = 0;
  const counting = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, onward) => {
        chunks += 1;
        onward.enqueue(chunk);
      },
    });
  const { fetch } = globalThis;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (...asked) => {
    const { status, body } = await fetch(...asked);
    return new Response(body?.pipeThrough(counting()) ?? null, { status });
  });
  const carried: (string | null)[] = [];
  const carryOut: CarryOut = (posture) => void carried.push(posture?.state ?? null);
  const ended = new AbortController();
  const following: Promise<void> = block.follow(carryOut, ended.signal);
  onTestFinished(async () => {
    ended.abort();
    await vi.advanceTimersByTimeAsync(0);
    await expect.poll(() => carried.at(-1)).toBe(null);
    await vi.advanceTimersByTimeAsync(1_000);
    await following;
  });
  const carries = (...states: unknown[]) => expect.poll(() => carried).toEqual(states);

  await carries("open");
  for (const beat of [1, 2, 3, 4, 5, 6]) {
    const before = chunks;
    await vi.advanceTimersByTimeAsync(15_000);
    await expect.poll(() => chunks, { message: `heartbeat ${beat}` }).toBeGreaterThan(before);
  }
  expect(carried).toEqual(["open"]);
  way.swallow();
  be(paused);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(carried).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await carries("open", null);
  way.hear();
  way.cut();
  await vi.advanceTimersByTimeAsync(1_000);
  await carries("open", null, "paused");
  be(open);
  await carries("open", null, "paused", "open");
  way.cut();
  await carries("open", null, "paused", "open", null);
});
