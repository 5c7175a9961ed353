import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { exportLog } from "../../src/cli/log-export.ts";
import { adoptPolicy, loginLink } from "../../src/cli/operator-client.ts";
import { contentTypeOf, signalSend } from "../../src/cli/signal-send.ts";
import type { ServerDeps } from "../../src/http/ports.ts";
import { demoKey } from "../support/keys.ts";
import { bearer, demo, now, secret, start, tokens } from "./start.ts";

function folder() {
  const path = mkdtempSync(join(tmpdir(), "holdpoint-client-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
const samples = new URL("../../examples/signals/", import.meta.url);
const nowhere = "http://127.0.0.1:9";

describe("signal send", () => {
  test.each(readdirSync(samples))("%s is signed, posted and understood", async (name) => {
    const { url, store } = await start();
    const body = readFileSync(new URL(name, samples));
    const source = ["alertmanager", "inspect"].find((type) => name.startsWith(type)) ?? "signals";
    const auth = source === "alertmanager" ? "bearer" : "standardWebhooks";
    const by = auth === "bearer" ? bearer : secret;
    const contentType = contentTypeOf(body);

    const sent = await signalSend({
      url,
      source,
      auth,
      secret: by,
      body,
      contentType,
      now,
      id: "m1",
    });

    expect(sent).toEqual({
      ok: true,
      delivery: "d_1",
      duplicate: false,
      unmapped: null,
      signals: 1,
      understood: [expect.objectContaining({ meets: [], unmatched: false })],
    });
    expect(Buffer.from(store.rows[0]?.body ?? [])).toEqual(body);
    expect(contentType).toBe(
      name.startsWith("cloudevents") ? "application/cloudevents+json" : "application/json",
    );
  });

  const hello = {
    source: "signals",
    auth: "standardWebhooks",
    secret,
    body: Buffer.from("hello"),
    contentType: "text/plain",
    now,
    id: "m1",
  } as const;

  test("a body nobody can read, and one sent twice, are told as such", async () => {
    const { url } = await start();

    const first = await signalSend({ ...hello, url });
    const again = await signalSend({ ...hello, url });

    expect(first).toMatchObject({ ok: true, duplicate: false, unmapped: "The body is not JSON." });
    expect(again).toMatchObject({ ok: true, duplicate: true });
  });

  test("a refusal and a server that is not there are told as such", async () => {
    const { url } = await start();

    const refused = await signalSend({ ...hello, url, now: now - 400_000 });
    const absent = await signalSend({ ...hello, url: nowhere });

    expect(refused).toEqual({ ok: false, because: expect.stringMatching(/^401: /), again: null });
    expect(absent).toEqual({
      ok: false,
      because: expect.stringContaining("could not be reached"),
      again: { after: null },
    });
  });
});

describe("the operator's commands", () => {
  const digest = "d".repeat(64);
  const operator: ServerDeps["operator"] = {
    policy: async () => ({ digest, adoptedAt: "2026-11-23T08:00:00.000Z" }),
    adopt: async (yaml, current) =>
      yaml === "holdpoint: 1\n" && current === digest
        ? { is: "adopted", digest: "e".repeat(64), index: 3, looser: [] }
        : { is: "invalid", problems: ["1:1 holdpoint is missing"] },
    loginLink: async (person) =>
      person === "chidi"
        ? { url: "http://127.0.0.1:3000/login/x", expires: "2026-11-23T08:10:00.000Z" }
        : { unknown: true, nearest: ["chidi"] },
    doctor: async () => [],
    backtest: async () => null,
    coverage: async () => null,
    restored: async () => ({ is: "refused" as const, told: "" }),
    rotateKey: async () => ({ is: "refused" as const, told: "" }),
    rehearse: async () => ({ is: "unknown", told: "" }),
  };

  test("policy adopt replaces the policy in force, or says every mistake", async () => {
    const { url } = await start({ operator });
    const server = { url, token: tokens.operator };

    expect(await adoptPolicy(server, "holdpoint: 1\n", null)).toEqual({
      ok: true,
      value: { is: "adopted", digest: "e".repeat(64), index: 3, looser: [] },
    });
    expect(await adoptPolicy(server, "x", null)).toMatchObject({
      ok: false,
      errors: ["1:1 holdpoint is missing"],
    });
  });

  test("login-link gives an address, or the nearest names", async () => {
    const { url } = await start({ operator });
    const server = { url, token: tokens.operator };

    expect(await loginLink(server, "chidi")).toMatchObject({
      ok: true,
      value: { expires: expect.any(String) },
    });
    expect(await loginLink(server, "chid")).toMatchObject({
      ok: false,
      because: expect.stringContaining("Nearest: chidi"),
    });
  });

  test("without the token they are told which one is missing", async () => {
    const { url } = await start({ operator });

    expect(await loginLink({ url, token: null }, "chidi")).toMatchObject({
      ok: false,
      because: `${url} refused the token. Set HOLDPOINT_OPERATOR_TOKEN, the same value as on the server; in demo mode, HOLDPOINT_DATA, the same directory.`,
    });
  });
});

describe("log export", () => {
  const parts = [
    { file: "entries.jsonl", chunk: Buffer.from('{"v":1}\n') },
    { file: "entries.jsonl", chunk: Buffer.from('{"v":1,"é":2}\n') },
    { file: "leaves", chunk: Buffer.from([0x00, 0xff, 0x0a, 0x80]) },
    { file: "checkpoint", chunk: Buffer.from("localhost/holdpoint\n2\n") },
    { file: `policies/${"a".repeat(64)}.json`, chunk: Buffer.from("{}") },
    { file: "disclosures.jsonl", chunk: Buffer.alloc(0) },
  ];
  const record = (
    chunks: () => AsyncIterable<{ file: string; chunk: Uint8Array }>,
  ): ServerDeps["record"] => ({
    checkpoint: async () => null,
    proof: async () => undefined,
    proofFile: async () => "unknown",
    witnessed: async () => ({ ok: false, because: "The policy names no witness." }),
    tile: async () => null,
    consistency: async () => "unsigned",
    export: chunks,
  });
  const all = async function* () {
    yield* parts;
  };

  test("writes every file byte for byte, for its owner only, with demo mode's key", async () => {
    const { url } = await start({ demo, record: record(all) });
    const directory = join(folder(), "export");

    expect(await exportLog({ url, token: demoKey }, directory)).toEqual({
      ok: true,
      value: { files: 5 },
    });

    const read = (name: string) => readFileSync(join(directory, name));
    const modes = readdirSync(directory, { recursive: true, encoding: "utf8" }).map(
      (name) => statSync(join(directory, name)).mode & 0o077,
    );
    expect(new Set([...modes, statSync(directory).mode & 0o077])).toEqual(new Set([0]));
    expect(read("entries.jsonl").toString()).toBe('{"v":1}\n{"v":1,"é":2}\n');
    expect(read("leaves")).toEqual(Buffer.from([0x00, 0xff, 0x0a, 0x80]));
    expect(read(`policies/${"a".repeat(64)}.json`).toString()).toBe("{}");
    expect(read("disclosures.jsonl")).toHaveLength(0);
  });

  test("refuses a directory that holds something already", async () => {
    const { url } = await start({ demo, record: record(all) });
    const directory = folder();
    writeFileSync(join(directory, "older"), "");

    expect(await exportLog({ url, token: demoKey }, directory)).toMatchObject({ ok: false });
    expect(readdirSync(directory)).toEqual(["older"]);
  });

  test("an export that breaks off is not called one", async () => {
    const { url } = await start({
      demo,
      record: record(async function* () {
        yield* parts.slice(0, 2);
        throw new Error("connection lost");
      }),
    });

    expect(await exportLog({ url, token: demoKey }, folder())).toMatchObject({ ok: false });
  });

  test.each([
    "../evil",
    "/etc/evil",
    "policies/../../evil.json",
    "policies/x.json",
    "entries.jsonl/x",
  ])("a server cannot write to %s", async (file) => {
    const lines = `${JSON.stringify({ file, chunk: "eA==" })}\n{"end":true}\n`;
    const evil = createServer((_request, response) => void response.end(lines));
    await new Promise<void>((resolve) => void evil.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void evil.close());
    const { port } = evil.address() as AddressInfo;
    const directory = folder();

    const exported = await exportLog({ url: `http://127.0.0.1:${port}`, token: null }, directory);

    expect(exported).toMatchObject({ ok: false });
    expect(readdirSync(directory)).toEqual([]);
  });
});
