import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Executor } from "../../db/executor.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import { answers } from "../../src/core/words/answers.ts";
import { oneDatabase } from "../support/databases.ts";
import { demoKey, operatorToken, pem } from "../support/keys.ts";
import { binaries, startServer } from "../support/postgres-server.ts";
import { type Browser, browserAt, freePort, plain, scratch, start } from "../support/process.ts";
import { wayTo } from "../support/way-to.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/**
 * The database goes silent or away: whoever looks or presses is told so in time, and nothing that
 * they typed is lost.
 */

const signalSecret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** The fields of the form that a page offers to press again. */
function formIn(html: string): Readonly<Record<string, string>> {
  const [form = ""] = /<form method="post" action="\/say"[\s\S]*?<\/form>/.exec(html) ?? [];
  const fields = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, plain(value)]));
}

/**
 * Holds back every statement while it is shut; when it opens again, those it held back have failed.
 */
function gate() {
  let opened: Promise<void> | null = null;
  let open = (): void => undefined;
  const heldBack = async (until: Promise<void>): Promise<never> => {
    await until;
    throw new Error("the connection is gone");
  };
  const wrap =
    (execute: Executor): Executor =>
    (query) =>
      opened === null ? execute(query) : heldBack(opened);
  return {
    wrap,
    shut: (): void => {
      opened = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: (): void => {
      opened = null;
      open();
    },
  };
}

oneDatabase((kind) => {
  test("while the database answers nothing, pages and reads are 503, metrics are told, and what was typed can be pressed again once", async () => {
    const { wrap, shut, open } = gate();
    const world = await openWorld(kind, { wrap, answerTimes: null });
    await world.send("signals", jailbreak());
    const { url } = world.server();
    const chidi = browserAt(url);
    await chidi.be("chidi");
    const form = {
      nonce: await chidi.nonce("/"),
      from: "/escalations/HP-1",
      line: "pause HP-1",
      reason: "8.2 % is real, and “worse” is coming",
    };
    const asked = (path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${operatorToken}` } });
    const reads = ["/v1/deployments", "/v1/deployments/assistant-prod", "/v1/escalations"];
    const more = ["/v1/escalations/HP-1", "/v1/decisions", "/v1/policy", "/log/checkpoint"];
    const pages = ["/", "/history", "/log", "/help", "/escalations/HP-1", "/fragments/board"];

    const question = { nonce: await chidi.nonce("/"), from: "/", line: "status assistant-prod" };

    shut();
    const [programs, shown, written, metrics, ready, pressed, said] = await Promise.all([
      Promise.all([...reads, ...more].map((path) => asked(path))),
      Promise.all(pages.map((path) => chidi.page(path))),
      asked("/v1/login-links", { method: "POST", body: JSON.stringify({ person: "chidi" }) }),
      asked("/metrics"),
      asked("/readyz"),
      chidi.submit("/say", form),
      chidi.submit("/say", question),
    ]);
    open();

    for (const response of programs) {
      expect(response.status, response.url).toBe(503);
      expect(response.headers.get("retry-after")).toBe("5");
      expect(Object(await response.json()).detail).toContain("the database did not answer");
    }
    for (const [at, { status, html }] of shown.entries()) {
      expect(status, pages[at]).toBe(503);
      expect(html).toContain("This page cannot be shown now");
    }
    expect(written.status).toBe(503);
    expect(Object(await written.json()).detail).toContain("Look whether it was recorded");
    expect(await metrics.text()).toContain("holdpoint_database_up 0");
    expect(ready.status).toBe(503);
    expect(pressed.status).toBe(503);
    expect(plain(pressed.html)).toContain(answers.notRecorded);
    expect(said.status).toBe(503);
    expect(plain(said.html)).toContain(answers.notAnswered);
    expect(plain(said.html).toLowerCase()).not.toContain("not recorded");
    expect(plain(pressed.html)).toContain(form.reason);
    await world.settle();
    expect(await world.posture()).not.toBe("paused");
    const again = await chidi.submit("/say", formIn(pressed.html));
    await chidi.submit("/say", formIn(pressed.html));
    expect(again.location).toMatch(/^\/escalations\/HP-1\?answer=/);
    expect(await chidi.answer(again.location ?? "")).toMatchObject({ ok: true });
    await world.settle();
    const made = (await world.kinds()).filter((kind) => kind === "decision.made");
    expect(made).toHaveLength(1);
    expect((await world.card("HP-1")).text).toContain(form.reason);
    expect((await asked("/readyz")).status).toBe(200);
  });
});

/** A program with a PostgreSQL of its own, behind a way that can be cut. */
async function opened() {
  const server = await startServer(binaries());
  if (!server) throw new Error("There is no PostgreSQL: nothing could be tried.");
  onTestFinished(() => server.stop());
  const way = await wayTo(server.url);
  await way.open();
  const program = await start({
    PORT: String(await freePort()),
    DATABASE_URL: way.url,
    HOLDPOINT_ORIGIN: "holdpoint.test/away",
    HOLDPOINT_LOG_KEY: pem,
    HOLDPOINT_DATA: join(scratch(), "data"),
    HOLDPOINT_OPERATOR_TOKEN: operatorToken,
    SIGNALS_WEBHOOK_SECRET: signalSecret,
    LOG_LEVEL: "silent",
  });
  const status = async (path: string): Promise<number> =>
    (await fetch(`${program.url}${path}`, { headers: { authorization: `Bearer ${demoKey}` } }))
      .status;
  const becomes = (path: string, wanted: number) =>
    expect.poll(() => status(path), { timeout: 60_000, interval: 200 }).toBe(wanted);
  return { server, way, program, status, becomes };
}

/** What was decided, in words. */
async function decided(url: string): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${demoKey}` };
  const response = await fetch(`${url}/v1/decisions?kind=pause`, { headers });
  const { items }: { items: { text: string }[] } = Object(await response.json());
  return items.map(({ text }) => text);
}

const sendTo = (url: string, id: string) =>
  signalSend({
    url,
    source: "signals",
    auth: "standardWebhooks",
    secret: signalSecret,
    id,
    body: Buffer.from(JSON.stringify(jailbreak(0.08, { id }))),
    now: Date.now(),
    contentType: "application/json",
  });

/**
 * Presses in trouble, then what the page offered, until it is recorded; answers what the page said
 * the first time.
 */
async function pressed(
  { page, submit, answer, nonce }: Browser,
  reason: string,
  {
    trouble,
    end,
  }: { readonly trouble: () => void | Promise<void>; readonly end: () => Promise<void> },
): Promise<string> {
  const form = { nonce: await nonce("/"), line: "pause assistant-prod", reason };
  await trouble();
  const first = await submit("/say", form);
  const { status } = await page("/history");
  await end();

  expect({ reason, status, first: first.status }).toEqual({ reason, status: 503, first: 503 });
  expect(formIn(first.html)["line"]).toBe(`pause assistant-prod because ${reason}`);
  let again = await submit("/say", formIn(first.html));
  // A database that has just come back may still be slow: each such page has the form again.
  const isRecorded = async (): Promise<boolean> => {
    if (again.location === null) again = await submit("/say", formIn(again.html));
    return again.location !== null;
  };
  const slow = { timeout: 30_000, interval: 200 };
  await expect.poll(isRecorded, { ...slow, message: reason }).toBe(true);
  const said = async () => (await answer(again.location ?? "/")).ok;
  await expect.poll(said, { ...slow, message: reason }).toBe(true);
  return plain(first.html);
}

test("one process lives through a database that is frozen, stopped, restarted and cut off in mid-question, and every press is one decision", async () => {
  const { server, way, program, status, becomes } = await opened();
  const chidi = browserAt(program.url);
  await chidi.be("chidi");
  expect(await sendTo(program.url, "before")).toMatchObject({ ok: true });
  const trouble = (
    reason: string,
    begin: () => void | Promise<void>,
    end: () => void | Promise<void>,
  ) =>
    pressed(chidi, reason, {
      trouble: async () => {
        await begin();
        await becomes("/readyz", 503);
      },
      end: async () => {
        await end();
        await becomes("/readyz", 200);
      },
    });

  const told = [
    await trouble("frozen", server.freeze, server.thaw),
    await trouble("stopped", server.quit, server.begin),
    await trouble("unreachable", way.shut, way.open),
    await trouble("swallowed", way.swallow, () => {
      way.hear();
      way.cut();
    }),
  ];
  await server.restart();
  await becomes("/readyz", 200);
  expect(await sendTo(program.url, "after")).toMatchObject({ ok: true });

  for (const text of told) expect(text).toContain(answers.notRecorded);
  expect(await status("/v1/deployments")).toBe(200);
  const made = await decided(program.url);
  for (const reason of ["frozen", "stopped", "unreachable", "swallowed"])
    expect(
      made.filter((text) => text.includes(reason)),
      reason,
    ).toHaveLength(1);
  expect(await program.stop()).toBe(0);
}, 240_000);
