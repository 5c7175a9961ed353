import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { authenticate } from "../../src/sources/authenticate.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { context, observations } from "./context.ts";

/**
 * examples/inspect/holdpoint_hook.py as Inspect AI would call it (a stand-in of its hooks, since it
 * is not installed here), up to what Holdpoint makes of what it posts.
 */

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const fixture = (name: string): string => `test/fixtures/inspect-ai/${name}.v0.3.260.header.json`;

interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server that keeps what it is posted and answers so. */
async function receiver(status = 202) {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    posted.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { posted, url: `http://127.0.0.1:${port}` };
}

const standIn = "test/fixtures/inspect-ai/stand-in";

const run = (env: Readonly<Record<string, string>>, ...logs: readonly string[]) =>
  runAs([], env, ...logs);

const runAs = (
  how: readonly string[],
  env: Readonly<Record<string, string>>,
  ...logs: readonly string[]
) =>
  promisify(execFile)("python3", [`${standIn}/run.py`, ...how, ...logs.map(fixture)], {
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      PYTHONPATH: `${standIn}:examples/inspect`,
      PYTHONDONTWRITEBYTECODE: "1",
      no_proxy: "*",
      ...env,
    },
  });

const accepted = ({ headers, body }: Posted) =>
  authenticate(
    { auth: { standardWebhooks: ["env:INSPECT_WEBHOOK_SECRET"] } },
    {
      secretFor: () => secret,
      headers,
      rawBody: body,
      now: Number(headers["webhook-timestamp"]) * 1000,
    },
  );

const read = ({ body }: Posted) =>
  observations(parseDelivery("inspect", body, context({ deployment: "assistant-prod" })));

test("the hook is short enough to be read before it is trusted", () => {
  const lines = readFileSync("examples/inspect/holdpoint_hook.py", "utf8").trimEnd().split("\n");

  expect(lines.length).toBeLessThanOrEqual(42);
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

const title = "the Inspect hook";
describe.skipIf(!hasPython)(hasPython ? title : `SKIPPED, there is no python3: ${title}`, () => {
  test("a run's log arrives signed, and what it says is what the log says", async () => {
    const { posted, url } = await receiver();

    await run({ HOLDPOINT_URL: url, HOLDPOINT_SECRET: secret }, "three-scores-success");

    expect(posted.length).toBeGreaterThan(0);
    for (const item of posted) {
      expect(item.path).toBe("/webhooks/inspect");
      expect(accepted(item)).toEqual({ ok: true, identity: "wh:LmzG7fS6XXr2jwBFdg95Gt.success" });
      expect(read(item).map(({ signal }) => [signal.deployment, signal.value])).toEqual([
        ["chat-frontier-prod", 0.6666666666666666],
        ["chat-frontier-prod", 0.3333333333333333],
        ["chat-frontier-prod", 0.5],
      ]);
    }
  });

  test("a task that died has no end of its own, and is told with the end of the run", async () => {
    const { posted, url } = await receiver();

    await run({ HOLDPOINT_URL: url, HOLDPOINT_SECRET: secret }, "errored-no-results");

    const [only] = posted;
    expect(posted).toHaveLength(1);
    expect(only && accepted(only).ok).toBe(true);
    expect(only && read(only)[0]?.signal.status).toBe("errored");
  });

  test.each([["--interrupted"], ["--stopped"]])(
    "a task that was interrupted is told as cancelled, once, and with its name (%s)",
    async (how) => {
      const { posted, url } = await receiver();
      const env = { HOLDPOINT_URL: url, HOLDPOINT_SECRET: secret };

      const { stderr } = await runAs([how], env, "three-scores-success");

      expect(stderr).toBe("");
      expect(posted.map((posted) => accepted(posted))).toEqual([
        { ok: true, identity: "wh:LmzG7fS6XXr2jwBFdg95Gt.cancelled" },
      ]);
      const [only] = posted;
      expect(only && read(only).map(({ signal }) => signal)).toMatchObject([
        {
          status: "incomplete",
          deployment: "chat-frontier-prod",
          suite: "refusal_suite",
          id: "LmzG7fS6XXr2jwBFdg95Gt",
          summary: "refusal_suite: the run was cancelled.",
        },
      ]);
      expect(only?.body.toString()).not.toMatch(/custom_outputs|sample_ids|model_args/);
    },
  );

  test("of a run that died, a task that had no end is an error", async () => {
    const { posted, url } = await receiver();

    await runAs(
      ["--died"],
      { HOLDPOINT_URL: url, HOLDPOINT_SECRET: secret },
      "three-scores-success",
    );

    expect(
      posted.flatMap((posted) => read(posted).map(({ signal }) => [signal.status, signal.summary])),
    ).toEqual([
      ["errored", "refusal_suite: the run ended with an error: RuntimeError('no route')."],
    ]);
  });

  test("a task that ended is not told as cancelled when another is interrupted", async () => {
    const { posted, url } = await receiver();
    const env = { HOLDPOINT_URL: url, HOLDPOINT_SECRET: secret };

    await run(env, "three-scores-success", "errored-no-results");

    const told = posted.map(({ headers }) => headers["webhook-id"]);
    expect(told.filter((name) => String(name).endsWith(".cancelled"))).toEqual([]);
  });

  test("what Holdpoint does not read does not leave the house", async () => {
    const { posted, url } = await receiver();

    await run({ HOLDPOINT_URL: url, HOLDPOINT_SECRET: secret }, "success-but-sample-errored");

    const texts = posted.map(({ body }) => body.toString());
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      expect(text).toContain("dataset");
      expect(text).not.toMatch(/custom_outputs|sample_ids|"samples": \[|reductions/);
    }
  });

  test.each([
    ["nobody listens", async () => "http://127.0.0.1:9"],
    ["it is refused", async () => (await receiver(401)).url],
  ])("where %s the run goes on, and one line says so", async (_, address) => {
    const env = { HOLDPOINT_URL: await address(), HOLDPOINT_SECRET: secret };

    const { stdout, stderr } = await run(env, "errored-no-results");

    expect(stdout).toContain("the run went on");
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^Holdpoint was not told how refusal_suite ended: /),
    ]);
  });

  test("a secret that is missing or no base64 breaks nothing", async () => {
    const { url } = await receiver();

    const { stdout, stderr } = await run({ HOLDPOINT_URL: url }, "errored-no-results");

    expect(stdout).toContain("the run went on");
    expect(stderr).toContain("HOLDPOINT_SECRET");
  });

  test("a source of another name is posted to under that name", async () => {
    const { posted, url } = await receiver();
    const env = { HOLDPOINT_URL: `${url}/`, HOLDPOINT_SECRET: secret, HOLDPOINT_SOURCE: "evals" };

    await run(env, "errored-no-results");

    expect(posted.map(({ path }) => path)).toEqual(["/webhooks/evals"]);
  });

  test("without an address it does nothing", async () => {
    const { stderr } = await run({}, "errored-no-results");

    expect(stderr).toBe("");
  });
});
