import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type UploadEnvironment, upload } from "../../src/cli/upload.ts";
import { zip } from "../../src/cli/zip.ts";
import { trimmed } from "../../src/sources/trimmed.ts";
import { withSource } from "../core/policy/small-policy.ts";
import { bearer, now, secret, start } from "../http/start.ts";
import { log, score } from "../sources/inspect-log.ts";

let place = "";
let policy = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "holdpoint-upload-"));
  policy = await written(
    "policy.yaml",
    withSource(
      "  alertmanager: { type: alertmanager, auth: { bearer: env:TOKEN } }\n  inspect: { type: inspect, auth: { standardWebhooks: env:SIGNALS_SECRET }, deployment: assistant }\n",
    ),
  );
});
afterAll(() => rm(place, { recursive: true }));

async function written(name: string, text: string | Uint8Array): Promise<string> {
  await writeFile(join(place, name), text);
  return join(place, name);
}

const secrets = new Map([
  ["env:SIGNALS_SECRET", secret],
  ["env:TOKEN", bearer],
]);

/** What `upload` prints and exits with, and how long it waited between its attempts. */
async function uploaded(argv: readonly string[], more: Partial<UploadEnvironment> = {}) {
  const lines: string[] = [];
  const waits: number[] = [];
  const exit = await upload(argv, {
    out: (line) => void lines.push(line.replaceAll(`${place}/`, "")),
    url: "http://127.0.0.1:9",
    policyFile: policy,
    secretFor: (reference) => secrets.get(reference),
    uploadSecret: null,
    trim: trimmed,
    now: () => now,
    wait: async (time) => void waits.push(time),
    ...more,
  });
  return { exit, lines, waits };
}

const evaluation = '{"kind":"eval","deployment":"assistant","metric":"mean","value":0.1}';

describe("against the real server", () => {
  test("each file is signed as the policy says, and stored", async () => {
    const { url, store } = await start();
    const name = await written("one.json", evaluation);
    const two = await written("two.json", evaluation.replace("0.1", "0.2"));

    expect(await uploaded(["signals", name, two], { url })).toEqual({
      exit: 0,
      lines: [
        "one.json: stored as d_1",
        "  eval ok assistant mean = 0.1: matches no trigger",
        "two.json: stored as d_2",
        "  eval ok assistant mean = 0.2: matches no trigger",
      ],
      waits: [],
    });
    expect(store.rows.map(({ body }) => Buffer.from(body).toString())[0]).toBe(evaluation);
  });

  test("a job that is run again says nothing twice", async () => {
    const { url, store } = await start();
    const file = await written("one.json", evaluation);
    await uploaded(["signals", file, "--url", url]);

    const again = await uploaded(["signals", file, "--url", url]);

    expect(again).toMatchObject({
      exit: 0,
      lines: ["one.json: already stored as d_1", expect.stringContaining("mean = 0.1")],
    });
    expect(store.rows).toHaveLength(1);
  });

  test("a job that is run again does not turn green by it", async () => {
    const { url } = await start();
    const file = await written("odd.json", "{}");
    await uploaded(["signals", file], { url });

    expect(await uploaded(["signals", file], { url })).toMatchObject({
      exit: 1,
      lines: [expect.stringContaining("odd.json: stored, unmapped: “kind” is missing")],
    });
  });

  test("a bearer source is spoken to with its token", async () => {
    const { url } = await start();
    const file = await written("alerts.json", '{"version":"4","alerts":[]}');

    expect(await uploaded(["alertmanager", file], { url })).toMatchObject({
      exit: 1,
      lines: ["alerts.json: stored, unmapped: The body carries no signal."],
    });
  });

  test("a job without a policy at hand says how, and has its own secret", async () => {
    const { url } = await start();
    const file = await written("one.json", evaluation);
    const argv = ["signals", file, "--auth", "standardWebhooks"];

    const there = { url, policyFile: "nowhere.yaml" };
    expect(await uploaded(argv, { ...there, uploadSecret: secret })).toMatchObject({ exit: 0 });
    expect(await uploaded(argv, there)).toMatchObject({
      exit: 2,
      lines: ["HOLDPOINT_UPLOAD_SECRET is not set."],
    });
  });

  test("what is too large is said, once, and the next file is sent all the same", async () => {
    const { url, store } = await start();
    const name = await written("one.json", evaluation);
    const large = await written("large.json", `[${" ".repeat(1024 * 1024)}]`);

    const { exit, lines, waits } = await uploaded(["signals", large, name], { url });

    expect({ exit, waits }).toEqual({ exit: 1, waits: [] });
    expect(lines).toEqual([
      expect.stringContaining("large.json: stored, unmapped: too large: signals sent 1.0 MB"),
      "one.json: stored as d_2",
      "  eval ok assistant mean = 0.1: matches no trigger",
    ]);
    expect(store.rows).toHaveLength(2);
  });

  test("bytes that are no UTF-8 are sent as they are, and what that means is said", async () => {
    const { url, store } = await start();
    const bytes = Buffer.from('{"kind":"eval","suite":"jailbre\xe1k"}', "latin1");
    const file = await written("badbyte.json", bytes);

    expect(await uploaded(["signals", file], { url })).toMatchObject({
      exit: 1,
      lines: ["badbyte.json: stored, unmapped: The body is not UTF-8."],
    });
    expect(Buffer.from(store.rows[0]?.body ?? []).equals(bytes)).toBe(true);
  });

  test("of an archive the header is sent, and half a run says between what it lies", async () => {
    const { url, store } = await start();
    const scores = [score({ scored_samples: 50 })];
    const header = log({
      status: "cancelled",
      spec: { metadata: { deployment: "assistant" } },
      results: { completed_samples: 50, scores },
    });
    const samples = { name: "samples/1_epoch_1.json", bytes: Buffer.alloc(2_000_000) };
    const members = [samples, { name: "header.json", bytes: Buffer.from(JSON.stringify(header)) }];
    const file = await written("run.eval", zip(members));

    expect(await uploaded(["inspect", file], { url })).toMatchObject({
      exit: 0,
      lines: [
        "run.eval: its header is sent, without the samples",
        "run.eval: stored as d_1",
        "  eval incomplete assistant jailbreak, 50 of 100 samples: matches no trigger",
        "  eval incomplete assistant jailbreak / attack_success / mean, at least 0.041, at most 0.541, 50 of 100 samples: matches no trigger",
      ],
    });
    expect(store.rows[0]?.body.length).toBeLessThan(2_000);
  });

  test("an archive that is none is not sent, and the next file is", async () => {
    const { url, store } = await start();
    const file = await written("run.eval", Buffer.from("PK\u0003\u0004 and no more"));
    const name = await written("one.json", evaluation);

    const { exit, lines } = await uploaded(["signals", file, name], { url });

    expect(exit).toBe(2);
    expect(lines[0]).toMatch(/^run\.eval: not sent: it is an archive that cannot be read: ./);
    expect(store.rows).toHaveLength(1);
  });

  test("groups and reducers are told apart", async () => {
    const { url } = await start();
    const params = { metric: { name: "mean" } };
    const metrics = { cyber: { group: "grouped", value: 0.5, params } };
    const scores = [score({ reducer: "max", metrics }), score({ name: "harm" })];
    const spec = { metadata: { deployment: "assistant" } };
    const file = await written("log.json", JSON.stringify(log({ spec, results: { scores } })));

    expect((await uploaded(["inspect", file], { url })).lines.slice(1)).toEqual([
      "  eval ok assistant jailbreak / attack_success / mean of cyber (max) = 0.5, 100 of 100 samples: matches no trigger",
      "  eval ok assistant jailbreak / attack_success / harm / mean = 0.082, 100 of 100 samples: matches no trigger",
    ]);
  });

  test("what is too large by its samples is made smaller first", async () => {
    const { url, store } = await start();
    const whole = log({
      spec: { metadata: { deployment: "assistant" } },
      more: { samples: [{ input: "x".repeat(2_000_000) }] },
    });
    const file = await written("log.json", JSON.stringify(whole));

    expect(await uploaded(["inspect", file], { url })).toMatchObject({
      exit: 0,
      lines: [
        "log.json: 2.0 MB made 1 kB, without samples, reductions, solvers and arguments",
        "log.json: stored as d_1",
        "  eval ok assistant jailbreak / attack_success / mean = 0.082, 100 of 100 samples: matches no trigger",
      ],
    });
    expect(store.rows[0]?.body.length).toBeLessThan(2_000);
  });

  test("a wrong secret is a fault", async () => {
    const { url } = await start();
    const file = await written("one.json", evaluation);

    expect(
      await uploaded(["signals", file], { url, uploadSecret: `whsec_${"A".repeat(44)}` }),
    ).toMatchObject({ exit: 2, lines: [expect.stringContaining("401: ")] });
  });
});

/** A server that answers as told, one answer after the other. */
async function answering(
  ...answers: readonly { readonly status: number; readonly retryAfter?: string }[]
) {
  const ids: unknown[] = [];
  const server = createServer((request, response) => {
    const { status, retryAfter } = answers[ids.length] ?? { status: 500 };
    ids.push(request.headers["webhook-id"]);
    request.resume().on("end", () => {
      if (retryAfter) response.setHeader("retry-after", retryAfter);
      response.writeHead(status).end(status === 202 ? '{"delivery":"d_1"}' : "<html>no</html>");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, ids };
}

describe("a server that cannot take it now", () => {
  const sent = async (url: string) =>
    uploaded(["signals", await written("one.json", evaluation)], { url });

  test("is asked again after the time it says, under the same id", async () => {
    const { url, ids } = await answering(
      { status: 429, retryAfter: "7" },
      { status: 503, retryAfter: new Date(now + 9_000).toUTCString() },
      { status: 202 },
    );

    expect(await sent(url)).toEqual({
      exit: 0,
      lines: ["one.json: stored as d_1"],
      waits: [7_000, 9_000],
    });
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^upload_[0-9a-f]{40}$/);
  });

  test("is asked later and later where it does not say, and five times at most", async () => {
    const { url, ids } = await answering();

    expect(await sent(url)).toEqual({
      exit: 2,
      lines: ["one.json: 500: no reason given"],
      waits: [1_000, 2_000, 4_000, 8_000],
    });
    expect(ids).toHaveLength(5);
  });

  test("is never waited for longer than a minute", async () => {
    const { url } = await answering({ status: 503, retryAfter: "86400" }, { status: 202 });

    expect((await sent(url)).waits).toEqual([60_000]);
  });

  test("and one that is not there is asked again too", async () => {
    const { exit, lines, waits } = await sent("http://127.0.0.1:9");

    expect({ exit, tries: waits.length }).toEqual({ exit: 2, tries: 4 });
    expect(lines[0]).toContain("could not be reached");
  });
});

describe("it ends with 2", () => {
  test.each([
    ["without a file", ["signals"], "usage: "],
    ["with an unknown flag", ["signals", "a", "--urll", "x"], "usage: "],
    ["with an address that is none", ["signals", "a", "--url", "nowhere"], "usage: "],
    ["with a way nobody knows", ["signals", "a", "--auth", "magic"], "--auth is bearer or"],
    ["for a source that the policy lacks", ["probes", "a"], "has no source “probes”: "],
    ["for a file that is not there", ["signals", "nowhere.json"], "there is no such file"],
  ])("%s", async (_what, argv, because) => {
    const { exit, lines } = await uploaded(argv);

    expect(exit).toBe(2);
    expect(lines[0]).toContain(because);
  });

  test("where the policy's secret is not set", async () => {
    const { exit, lines } = await uploaded(["signals", "a"], { secretFor: () => undefined });

    expect({ exit, lines }).toEqual({
      exit: 2,
      lines: ["env:SIGNALS_SECRET is not set, nor is HOLDPOINT_UPLOAD_SECRET."],
    });
  });
});
