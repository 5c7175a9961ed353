import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { demoKey } from "./keys.ts";

/** The program as an operator runs it: a process of its own, configured only by its environment. */

export type Env = Readonly<Record<string, string>>;

/** A running server. It is killed when the test ends, if it still runs. */
export interface Program {
  readonly url: string;
  readonly env: Env;
  /** What it printed when it started. */
  readonly lines: readonly string[];
  /** How it ended. */
  readonly ended: Promise<Ended>;
  kill(): Promise<void>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const given: Env = Object.fromEntries(
  ["PATH", "HOME", "TZ"].flatMap((name) => {
    // biome-ignore lint/style/noProcessEnv: a child gets these of ours and nothing else
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** The program in a process of its own, which the caller ends. */
export function program(args: readonly string[], env: Env) {
  return spawn(process.execPath, ["src/holdpoint.mjs", ...args], {
    env: { ...given, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A directory of the test's own. */
export function scratch(): string {
  const made = mkdtempSync(join(tmpdir(), "holdpoint-process-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Runs a command, or a start that is expected to be refused, to its end. */
export async function run(args: readonly string[], env: Env): Promise<Ended> {
  const child = program(args, env);
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [code] = await once(child, "close");
  return { code, out, err };
}

/**
 * Puts the key that `browserAt` knows into a data directory, as if an earlier start had made it.
 */
export function keepKnownKey(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, "demo-key"), `${demoKey}\n`, { mode: 0o600 });
}

/** Starts the server and waits until it says where it listens. */
export async function start(env: Env): Promise<Program> {
  const { HOLDPOINT_DATA: data } = env;
  if (data !== undefined) keepKnownKey(data);
  const child = program([], env);
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const lines: string[] = [];
  const closed = once(child, "close").then(([code]) => ({ code, out: lines.join("\n"), err }));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("Demo mode")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  return {
    url: `http://127.0.0.1:${env["PORT"]}`,
    env,
    lines,
    ended: closed,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = await ended;
      return code;
    },
  };
}

/**
 * Starts the server without waiting: its error output, line by line, and how it ends on SIGTERM.
 */
export function begin(env: Env) {
  const child = program([], env);
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const lines = createInterface({ input: child.stderr });
  return {
    /** Resolves with the first line on stderr that fits. */
    says: (pattern: RegExp): Promise<string> =>
      new Promise((resolve) => {
        lines.on("line", (line) => {
          if (pattern.test(line)) resolve(line);
        });
      }),
    terminate: async (): Promise<number | null> => {
      child.kill("SIGTERM");
      const [code] = await ended;
      return code;
    },
  };
}

/** A person's browser: cookies, pages, forms. */
export interface Browser {
  page(path: string): Promise<Visit>;
  /** The nonce of a page's first form. */
  nonce(path: string): Promise<string>;
  /**
   * Submits a form from our own pages; a nonce that is not given is taken from the page at `from`.
   */
  submit(path: string, form: Env, from?: string): Promise<Visit>;
  /** Demo mode: acts as a person, by the start of their name, or as "stranger". */
  be(person: string): Promise<void>;
  /** Runs a line and reads the answer. */
  say(line: string): Promise<Answered>;
  /** The answer to a press, on the page that it leads to. */
  answer(location: string): Promise<Answered>;
  readonly cookies: Map<string, string>;
}

interface Visit {
  readonly status: number;
  readonly html: string;
  readonly location: string | null;
}

export interface Answered {
  readonly ok: boolean;
  readonly text: string;
  /** The answer as the page shows it. */
  readonly html: string;
}

/**
 * A browser at the server at `url` whose public address is `origin`. It opens the address with demo
 * mode's key.
 */
export function browserAt(url: string, origin = url): Browser {
  const cookies = new Map<string, string>();
  let isIn = false;
  const visit = async (path: string, init: RequestInit = {}): Promise<Visit> => {
    if (!isIn) {
      isIn = true;
      await visit(`/?key=${demoKey}`);
    }
    const headers = new Headers(init.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(new URL(path, url), { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const html = await response.text();
    return { status: response.status, html, location: response.headers.get("location") };
  };
  const browser: Browser = {
    cookies,
    page: (path) => visit(path),
    nonce: async (path) => /name="nonce" value="([^"]+)"/.exec((await visit(path)).html)?.[1] ?? "",
    submit: async (path, form, from = "/") => {
      const nonce = form["nonce"] ?? (await browser.nonce(from));
      return visit(path, {
        method: "POST",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ nonce, ...form }),
      });
    },
    be: async (person) => {
      const { html } = await visit("/");
      const options = [
        ...html.matchAll(/<option value="(p_[a-z0-9]+|stranger)"[^>]*>([^<]*)/g),
      ].map(([, value = "", name = ""]) => ({ value, name: name.toLowerCase() }));
      const chosen = options.find(({ value, name }) => value === person || name.startsWith(person));
      if (!chosen) throw new Error(`the console offers nobody called ${person}`);
      await browser.submit("/be", { person: chosen.value });
    },
    say: async (line) => {
      const said = await browser.submit("/say", { line });
      if (said.status !== 303 || said.location === null) {
        throw new Error(`POST /say: ${said.status} ${plain(said.html)}`);
      }
      return browser.answer(said.location);
    },
    answer: async (location) => answerIn((await visit(location)).html),
  };
  return browser;
}

function answerIn(html: string): Answered {
  const [box = "", is] =
    /<section id="answer" class="answer ([a-z]+)"[\s\S]*?<\/section>/.exec(html) ?? [];
  const [, told = ""] = /<p class="told">([\s\S]*?)<\/p>/.exec(box) ?? [];
  const lines = [...box.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, name = ""]) => name);
  return { ok: is === "done", text: [told, ...lines].map(plain).join("\n"), html: box };
}

/** The text of a page, without markup. */
export function plain(html: string): string {
  return html
    .replace(/<[^>]+>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/**
 * Opens the console's event stream and returns a function that waits for the next event. Call it
 * before causing the change. It fails after 2 s: by then a page would be out of date.
 */
export async function changesAt(url: string): Promise<{ next(): Promise<void> }> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const headers = { authorization: `Bearer ${demoKey}` };
  const response = await fetch(new URL("/events", url), { signal: stop.signal, headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  return {
    next: async () => {
      while (!heard.includes("event: change")) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error("the stream ended");
        heard += value;
      }
      heard = "";
    },
  };
}
