import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { signalSend, wayOf } from "../../src/cli/signal-send.ts";
import type { Source } from "../../src/core/policy/model.ts";
import { signedPartsOf } from "../../src/core/policy/signed-text.ts";
import { authenticate } from "../../src/sources/authenticate.ts";

/**
 * What `signal send` signs is checked by what the server checks with; neither uses the other's
 * lines.
 */

const now = Date.UTC(2026, 10, 23, 8);
const text = "k".repeat(40);
const key = `whsec_${Buffer.from(text).toString("base64")}`;
const body = Buffer.from('{"kind":"alert","deployment":"assistant-prod","summary":"\u{1f6d1} é"}');
const secrets = ["env:SECRET"];

async function sent(auth: Source["auth"], secret: string, raw = body) {
  const arrived: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    arrived.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(202).end('{"delivery":"d_1"}');
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const way = wayOf(auth);
  if (!way) throw new Error("no way to prove it");
  await signalSend({
    url: `http://127.0.0.1:${port}`,
    source: "monitor",
    auth: way,
    secret,
    body: raw,
    contentType: "application/json",
    now,
    id: "msg_1",
  });
  server.close();
  const [first] = arrived;
  if (!first) throw new Error("nothing arrived");
  return first;
}

test.each<[string, Source["auth"], string]>([
  ["bearer", { bearer: "env:SECRET" }, text],
  ["standardWebhooks", { standardWebhooks: secrets }, key],
  ["Grafana", { signature: { of: "grafana", secrets } }, text],
  ["Langfuse", { signature: { of: "langfuse", secrets } }, text],
  ["PagerDuty", { signature: { of: "pagerduty", secrets } }, text],
  ["Promptfoo", { signature: { of: "promptfoo", secrets } }, text],
  ["a header", { header: { name: "x-holdpoint-token", secrets } }, text],
  [
    "an HMAC in hex",
    { hmac: { name: "x-hub-signature-256", prefix: "sha256=", encoding: "hex", secrets } },
    text,
  ],
  [
    "an HMAC in base64",
    { hmac: { name: "x-signature", prefix: "", encoding: "base64", secrets } },
    text,
  ],
  ["basic authentication", { basic: { username: "gcp", secrets } }, text],
  [
    "an HMAC over id, time and body",
    {
      hmac: {
        name: "x-sig",
        prefix: "v1,",
        encoding: "base64",
        secrets,
        signed: {
          parts: signedPartsOf("{id}.{timestamp}.{body}"),
          id: "x-id",
          timestamp: "x-time",
          tolerance: 300_000,
        },
      },
    },
    text,
  ],
])("what is sent with %s is let in, and only with its secret", async (_name, auth, secret) => {
  const arrived = await sent(auth, secret);

  const asked = (other: string) =>
    authenticate(
      { auth },
      { secretFor: () => other, headers: arrived.headers, rawBody: arrived.body, now },
    ).ok;
  expect(asked(secret)).toBe(true);
  expect(asked(secret === key ? `whsec_${"A".repeat(43)}=` : "x".repeat(40))).toBe(false);
});

test("bytes that are no UTF-8 are signed as they are", async () => {
  const auth: Source["auth"] = { standardWebhooks: secrets };
  const raw = Buffer.from([0x7b, 0xff, 0x7d]);

  const arrived = await sent(auth, key, raw);

  expect(arrived.body.equals(raw)).toBe(true);
  expect(
    authenticate({ auth }, { secretFor: () => key, headers: arrived.headers, rawBody: raw, now })
      .ok,
  ).toBe(true);
});
