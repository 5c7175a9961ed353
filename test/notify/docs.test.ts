import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../support/process.ts";
import { endpoint, faultOf, notice, outward, secret } from "./start.ts";

const page = readFileSync("docs/notifications.md", "utf8");
const [, sample = ""] = /```js\n([\s\S]*?)```/.exec(page) ?? [];

test("the page's receiver takes what is signed for it, and nothing else", async () => {
  const port = await freePort();
  const child = spawn(process.execPath, ["--input-type=module", "--eval", sample], {
    env: { GATEWAY_WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface(child.stdout);
  await once(lines, "line"); // listening
  const there = endpoint(`http://127.0.0.1:${port}/holdpoint`);

  const said = once(lines, "line");
  await outward().notify(there, notice, 1);
  const refused = await faultOf(outward().notify({ ...there, secrets: ["env:NEXT"] }, notice, 1));

  expect(await said).toEqual(["e_abcdefghijklmnopqrst assistant-prod paused 3"]);
  expect(refused.message).toBe("gateway answered HTTP 401");
});

test("the page's event has the keys that are sent", () => {
  const [, shown = "{}"] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const event = JSON.parse(shown);

  expect(Object.keys(event)).toEqual([
    "specversion",
    "type",
    "source",
    "id",
    "time",
    "subject",
    "datacontenttype",
    "data",
  ]);
  expect(Object.keys(event.data)).toEqual([
    "entry",
    "deployment",
    "escalation",
    "state",
    "version",
    "links",
  ]);
});
