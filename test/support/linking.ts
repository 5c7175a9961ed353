import { expect } from "vitest";
import type { Invocation, Reply } from "../../src/app/ports.ts";
import type { RunningServer } from "../../src/composition/start-server.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import type { Account, Person } from "../../src/core/people/person.ts";
import { plain } from "../../src/core/words/words.ts";
import type { Kind } from "./databases.ts";
import { operatorToken } from "./keys.ts";
import { type Browser, browserAt } from "./process.ts";
import { openSlackWorld, type SlackWorld } from "./slack-world.ts";
import type { World } from "./world-shape.ts";

/** A policy in which none of these people has an account in that chat. */
export function without(chat: "slack" | "teams", ...people: readonly string[]) {
  return (yaml: string): string =>
    people.reduce(
      (text, person) =>
        text.replace(new RegExp(`^(  ${person}: +\\{.*?), +${chat}: [\\w-]+`, "m"), "$1"),
      yaml,
    );
}

/** …and in which this Slack account belongs to that person. */
export function named(person: string, account: string) {
  return (yaml: string): string =>
    yaml.replace(new RegExp(`^(  ${person}: +\\{ name: [^,}]+)`, "m"), `$1, slack: ${account}`);
}

export const chidi = "U0CHIDI001";
export const zoe = "U0ZOE00001";
const chidiInTeams = "6f1c1f0e-0000-4000-8000-000000000033";

export function openWithoutChidi(kind: Kind): Promise<SlackWorld> {
  return openSlackWorld(kind, { policy: without("slack", "chidi") });
}

/** The console as somebody signed in. */
export async function signedIn(world: Pick<World, "server">, person: string): Promise<Browser> {
  const asked = await fetch(`${world.server().url}/v1/login-links`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" },
    body: JSON.stringify({ person }),
  });
  const path = new URL(String(Object(await asked.json()).url)).pathname;
  const browser = browserAt(world.server().url);
  await browser.submit(path, {}, path);
  return browser;
}

export function codeIn(text: string): string {
  return /link ([a-z2-7]{6}-[a-z2-7]{6})/.exec(text)?.[1] ?? "";
}

/** A linking code, shown to a person in the console. */
export async function codeFor(
  world: Pick<World, "server" | "settle">,
  person: string,
): Promise<string> {
  const { text } = await (await signedIn(world, person)).say("link");
  await world.settle();
  expect(codeIn(text), text).not.toBe("");
  return codeIn(text);
}

let messages = 0;

/** A command from an account in Teams, as its endpoint passes it on. */
export async function fromTeams(
  server: RunningServer,
  line: string,
  {
    account = { chat: "teams", id: chidiInTeams },
    ...more
  }: Partial<Omit<Invocation, "speaker">> & { readonly account?: Account } = {},
): Promise<Reply> {
  messages += 1;
  return server.inbound.run({
    speaker: { is: "account", account },
    surface: "teams",
    line,
    key: `teams:${messages}`,
    version: null,
    channel: null,
    escalation: null,
    private: true,
    ...more,
  });
}

export function said({ text, lines }: Reply): string {
  return [text, ...lines.map(plain)].join("\n");
}

/** What changed of who is who, after the first record of it. */
export async function about(world: World): Promise<readonly Entry[]> {
  return (await world.server().store.entriesFrom(0, 1_000))
    .map(({ entry }) => entry)
    .filter(({ kind }) => kind.startsWith("identity.") && kind !== "identity.bound");
}

export async function kindsOf(world: World): Promise<readonly string[]> {
  return (await about(world)).map((entry) =>
    entry.kind === "identity.unlinked" ? `${entry.kind} ${entry.because}` : entry.kind,
  );
}

export async function personOf(server: RunningServer, key: string): Promise<Person | undefined> {
  return (await server.views.people()).find((person) => person.key === key);
}
