import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { demoKeyOf } from "../../src/demo-key.ts";
import { demoKey } from "../support/keys.ts";
import { demo, start, tokens } from "./start.ts";

const other = "another-key-of-another-server-0123456789abc";

/**
 * A reverse proxy that anybody may reach: it names our own Host, says nothing of itself, and hands
 * on what it is sent.
 */
async function proxyTo(port: number): Promise<string> {
  const proxy = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: `127.0.0.1:${port}` };
    const on = { port, host: "127.0.0.1", path: asked.url, method: asked.method, headers };
    const onward = request(on, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test("behind a plain reverse proxy nothing is read without the key, and everything with it", async () => {
  const { port } = await start({ demo });
  const url = await proxyTo(port);
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(`${url}${path}`, { headers })).status;
  const reads = ["/v1/decisions", "/v1/escalations", "/v1/deployments", "/log/export", "/metrics"];
  const origin = { origin: `http://127.0.0.1:${port}` };

  for (const path of reads) {
    expect(await status(path, origin), path).toBe(403);
    expect(await status(path, { authorization: `Bearer ${other}` }), path).toBe(401);
    expect(await status(path, { authorization: `Bearer ${demoKey}` }), path).toBe(200);
  }
});

test("what is no key opens nothing: its cookie as a token, the key as a cookie, another's cookie, another port's", async () => {
  const { get, port } = await start({ demo });
  const { name, value } = demo.cookie(port);
  const refused = [
    { authorization: `Bearer ${value}` },
    { authorization: `Basic ${Buffer.from(`:${demoKey}`).toString("base64")}` },
    { cookie: `${name}=${demoKey}` },
    { cookie: `${name}=${demoKeyOf(other).cookie(port).value}` },
    { cookie: `${name}=` },
    { cookie: `${demo.cookie(port + 1).name}=${value}` },
    { "x-api-key": demoKey },
    { "holdpoint-token": demoKey },
  ] satisfies Record<string, string>[];

  for (const headers of refused) {
    const { status } = await get("/v1/decisions", headers);
    expect([401, 403], JSON.stringify(headers)).toContain(status);
  }
  expect((await get(`/v1/decisions?key=${demoKey}`)).status).toBe(403);
  expect((await get("/v1/decisions", { cookie: `a=b; ${name}=${value}` })).status).toBe(200);
});

test("the key is the operator's token here, its cookie only reads, and a refusal says where the key is", async () => {
  const { url, port, get } = await start({ demo });
  const { name, value } = demo.cookie(port);
  const post = (headers: Record<string, string>) =>
    fetch(`${url}/v1/login-links`, { method: "POST", body: '{"person":"x"}', headers });

  expect((await post({ authorization: `Bearer ${demoKey}` })).status).toBe(404);
  expect((await post({ cookie: `${name}=${value}` })).status).toBe(401);
  const without = await (await get("/v1/decisions")).text();
  expect(without).toContain("demo-key");
  expect(without).not.toContain(demoKey);
});

test("outside demo mode the key is nothing", async () => {
  const { get, port } = await start();
  const { name, value } = demo.cookie(port);

  expect((await get("/v1/decisions", { authorization: `Bearer ${demoKey}` })).status).toBe(401);
  expect((await get("/v1/decisions", { cookie: `${name}=${value}` })).status).toBe(401);
  expect((await get("/v1/decisions", { authorization: `Bearer ${tokens.auditor}` })).status).toBe(
    200,
  );
});
