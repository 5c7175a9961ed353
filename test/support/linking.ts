import { expect } from "vitest";
import type { Answer, Invocation } from "../../src/app/ports.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import type { Person } from "../../src/core/people.ts";
import { plain } from "../../src/core/words.ts";
import type { House } from "../../src/house/open.ts";
import type { Kind } from "./databases.ts";
import { operatorToken } from "./keys.ts";
import { type Browser, browserAt } from "./process.ts";
import { openSlackWorld, type SlackWorld } from "./slack-world.ts";
import type { World } from "./world.ts";

/** A policy in which none of these has an account in that chat. */
export const without =
  (chat: "slack" | "teams", ...people: readonly string[]) =>
  (yaml: string): string =>
    people.reduce(
      (text, person) =>
        text.replace(new RegExp(`^(  ${person}: +\\{.*?), +${chat}: [\\w-]+`, "m"), "$1"),
      yaml,
    );

/** …and whose account in Slack this one is. */
export const named =
  (person: string, account: string) =>
  (yaml: string): string =>
    yaml.replace(new RegExp(`^(  ${person}: +\\{ name: [^,}]+)`, "m"), `$1, slack: ${account}`);

export const chidi = "U0CHIDI001";
export const zoe = "U0ZOE00001";
const chidiInTeams = "6f1c1f0e-0000-4000-8000-000000000033";

export const openWithoutChidi = (kind: Kind): Promise<SlackWorld> =>
  openSlackWorld(kind, { policy: without("slack", "chidi") });

/** The console as somebody signed in. */
export const signedIn = async (world: Pick<World, "house">, person: string): Promise<Browser> => {
  const asked = await fetch(`${world.house().url}/v1/login-links`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" },
    body: JSON.stringify({ person }),
  });
  const path = new URL(String(Object(await asked.json()).url)).pathname;
  const browser = browserAt(world.house().url);
  await browser.submit(path, {}, path);
  return browser;
};

export const codeIn = (text: string): string =>
  /link ([a-z2-7]{6}-[a-z2-7]{6})/.exec(text)?.[1] ?? "";

/** A code, shown to somebody in the console. */
export const codeFor = async (
  world: Pick<World, "house" | "settle">,
  person: string,
): Promise<string> => {
  const { text } = await (await signedIn(world, person)).say("link");
  await world.settle();
  expect(codeIn(text), text).not.toBe("");
  return codeIn(text);
};

let messages = 0;

/** What somebody says from an account in Teams, as its door hands it in. */
export const fromTeams = async (
  house: House,
  line: string,
  more: Partial<Invocation> = {},
): Promise<Answer> => {
  messages += 1;
  return house.inbound.run({
    ...{ actor: { type: "stranger" }, surface: "teams", line, key: `teams:${messages}` },
    ...{ version: null, channel: null, escalation: null, private: true },
    account: { chat: "teams", id: chidiInTeams },
    ...more,
  });
};

export const said = ({ text, lines }: Answer): string => [text, ...lines.map(plain)].join("\n");

export const about = async (world: World): Promise<readonly Entry[]> =>
  (await world.house().store.entriesFrom(0, 1_000))
    .map(({ entry }) => entry)
    .filter(({ kind }) => kind.startsWith("identity."));

export const kindsOf = async (world: World): Promise<readonly string[]> =>
  (await about(world)).map((entry) =>
    entry.kind === "identity.unlinked" ? `${entry.kind} ${entry.because}` : entry.kind,
  );

export const personOf = async (house: House, key: string): Promise<Person | undefined> =>
  (await house.views.people()).find((one) => one.key === key);
