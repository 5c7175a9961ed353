import { expect } from "vitest";
import type { Speaker } from "../../../src/app/ports.ts";
import { userOf } from "../../support/slack-people.ts";
import type { Json } from "../../support/slack-types.ts";
import { cardIn, openEndpoint, risk, type TestEndpoint } from "./endpoint-world.ts";
import { answer, said } from "./samples.ts";

/** What the rows of the hostile tables are made of. */

/** One request that nobody honest sends, and what comes of it. */
export interface Hostile {
  readonly name: string;
  readonly send: (endpoint: TestEndpoint) => Promise<Response>;
  /** 200 unless said otherwise. */
  readonly status?: number;
  /** Words that whoever sent it is shown; nothing where nothing is. */
  readonly says?: string;
  /** What reaches the one place where things are done; nothing unless said otherwise. */
  readonly does?: readonly object[];
  /** Words of our log. */
  readonly logs?: string;
}

/** Who speaks, as it is handed in: the account of the signed envelope. */
export function accountOf(person: string): Speaker {
  return { is: "account", account: { chat: "slack", id: userOf(person) } };
}
/** Somebody whom the policy does not name. */
export const mallory = accountOf("mallory");
export const resume = "/resume assistant-prod because it is mended";
export const pause = "/pause assistant-prod";

export function act(line: string) {
  return { ...said, line, form: null };
}

export function pressed(
  endpoint: TestEndpoint,
  who: string,
  { value, action = "hp:act:1" }: { readonly value: unknown; readonly action?: string },
): Json {
  return endpoint.bodies.pressOn(
    who,
    { type: "button", action_id: action, value },
    cardIn(endpoint),
  );
}

export function withEvent(event: unknown) {
  return (endpoint: TestEndpoint) =>
    endpoint.post({ event: { ...endpoint.bodies.event({}), event } });
}

/** Sends it through a door of its own, and looks that nothing came of it but what the row says. */
export async function outcome({ send, status = 200, says, does = [], logs }: Hostile) {
  const endpoint = await openEndpoint({
    inbound: async ({ line }) => answer({ text: `Done: ${line}` }),
  });

  const response = await send(endpoint);
  const text = await response.text();

  const seen = [text, ...endpoint.slack.ephemerals, ...endpoint.slack.views].map((slackView) =>
    JSON.stringify(slackView),
  );
  expect(response.status).toBe(status);
  expect(endpoint.deeds()).toBe(does.length);
  expect(endpoint.said.slice(0, does.length)).toMatchObject(does);
  expect(seen.join("\n")).toContain(says ?? "");
  if (says === undefined) expect(endpoint.slack.ephemerals).toEqual([]);
  expect(endpoint.faults.join("\n")).toContain(logs ?? "");
  expect(endpoint.faults.join("\n")).not.toMatch(/xoxb|xwfp|v0=|respond\//);
  expect(endpoint.slack.messagesIn(risk).every(({ app_id }) => app_id === "A0OTHER")).toBe(true);
  expect(endpoint.slack.problems).toEqual([]);
}
