import { describe, expect, test } from "vitest";
import { stillMeant } from "../../../src/chat/shared/edited.ts";
import { cardOf } from "../../support/teams-people.ts";
import { readCard } from "../../support/teams-reading.ts";
import { accountFor, botAccount, type Json, modelRisk } from "../../support/teams-server.ts";
import { openTeamsEndpoint } from "./endpoint-world.ts";

/**
 * What is said to the app in Teams, as the real door hears it: who only speaks of it is told alone
 * how to begin; an edit is a command once.
 */

type TestEndpoint = Awaited<ReturnType<typeof openTeamsEndpoint>>;

const right = "pause assistant-prod because it lies";
const lines = (endpoint: TestEndpoint) => endpoint.heard.map(({ line }) => line);
/** How much was done; how things are is only asked. */
const keys = (endpoint: TestEndpoint) =>
  new Set(endpoint.heard.map(({ key }) => key).filter((key) => !key.endsWith(":state"))).size;
/** What we said there: people's own messages are nothing to read here. */
const told = (endpoint: TestEndpoint, conversation: string): readonly string[] =>
  endpoint.teams
    .messagesIn(conversation)
    .map((message) => readCard(cardOf(message)).lines.join("\n"))
    .filter((text) => text !== "");

/** An activity, written at `id`, as it is sent. */
const written = "1795640000000";
const afterwards = (more: number): Json => ({
  type: "messageUpdate",
  channelData: { eventType: "editMessage" },
  timestamp: new Date(Number(written) + more).toISOString(),
});
const soon = afterwards(60_000);

test.each([
  "pause assistant-prod is what I would never say to",
  "resume assistant-prod because that is what",
])(
  "a mention in the middle of a sentence does nothing, and its author alone is told how to begin: %s",
  async (before) => {
    const endpoint = await openTeamsEndpoint();
    const activity = {
      ...endpoint.activities.mention("chidi", ""),
      text: `${before} <at>Holdpoint</at> will`,
    };

    await endpoint.post(activity);
    await endpoint.post(activity);

    expect(endpoint.heard).toEqual([]);
    expect(
      endpoint.teams.directs("chidi").map((direct) => readCard(cardOf(direct)).lines.join()),
    ).toEqual([expect.stringContaining("a command begins with my name")]);
    expect(told(endpoint, modelRisk)).toEqual([]);
  },
);

test("where the author cannot be told alone, it is said under the message", async () => {
  const endpoint = await openTeamsEndpoint();
  endpoint.teams.fault = ({ path }) =>
    path === "/v3/conversations" ? { status: 403, code: "Forbidden" } : null;
  const activity = { ...endpoint.activities.mention("chidi", ""), text: "ask <at>Holdpoint</at>" };

  await endpoint.post(activity);

  expect(told(endpoint, modelRisk).join()).toContain("a command begins with my name");
});

test("a message in a channel without our mention is nobody's business here", async () => {
  const endpoint = await openTeamsEndpoint();
  const { entities: _, ...activity } = endpoint.activities.mention("chidi", "");

  await endpoint.post({ ...activity, text: right });

  expect(endpoint.heard).toEqual([]);
  expect(endpoint.teams.calls.filter(({ method }) => method === "POST")).toEqual([]);
});

test("a mention without text in a group chat is a command", async () => {
  const endpoint = await openTeamsEndpoint();
  const id = "19:abc@thread.v2";

  await endpoint.post({
    ...endpoint.activities.mention("chidi", right),
    conversation: {
      id,
      conversationType: "groupChat",
      isGroup: true,
      tenantId: "72f988bf-0000-4000-8000-000000000001",
    },
    entities: [{ type: "mention", mentioned: botAccount }],
  });

  expect(endpoint.heard).toMatchObject([
    { line: right, private: false, speaker: { account: { id: accountFor("chidi").aad } } },
  ]);
  expect(told(endpoint, id).join()).toContain(`Done: ${right}`);
});

const places = [
  [
    "a mention in a channel",
    (endpoint: TestEndpoint, line: string): Json => endpoint.activities.mention("chidi", line),
  ],
  [
    "a message to the app",
    (endpoint: TestEndpoint, line: string): Json => endpoint.activities.direct("chidi", line),
  ],
] as const;

describe.each(places)("an edit of %s", (_place, at) => {
  const typo = "pasue assistant-prod because it lies";
  const opened = async () => {
    const endpoint = await openTeamsEndpoint();
    const first = at(endpoint, "");
    const say = (line: string, more: Json = {}) =>
      endpoint.post({
        ...at(endpoint, line),
        conversation: first["conversation"],
        id: written,
        ...more,
      });
    const { id } = first["conversation"] as { readonly id: string };
    const answers = () => told(endpoint, id.split(";")[0] ?? "");
    return { endpoint, say, answers };
  };

  test("that corrects a typing error is a new command, once", async () => {
    const { endpoint, say, answers } = await opened();

    await say(typo);
    await say(right, soon);
    await say(right, soon);

    expect(new Set(lines(endpoint))).toEqual(new Set([typo, right]));
    expect(keys(endpoint)).toBe(2);
    expect(answers()).toHaveLength(2);
  });

  test("that changed no command does nothing a second time: no word, or the reason", async () => {
    const { endpoint, say, answers } = await opened();

    await say(right);
    await say(`Pause  assistant-prod. because it lies`, soon);
    await say(right, { ...soon, channelData: { eventType: "undeleteMessage" } });
    await say(`${right} to minors`, soon);

    expect(keys(endpoint)).toBe(1);
    expect(answers().at(-1)).toContain("A command runs once");
  });

  test("back to an earlier wording is answered each time, says how things are, and does nothing; without a change it is silent", async () => {
    const { endpoint, say, answers } = await opened();
    const other = "pause assistant-eu because it lies";

    await say(right);
    await say(other, soon);
    await say(right, soon);
    await say(right, soon);
    await say(other, soon);

    expect(answers()).toHaveLength(4);
    for (const answer of answers().slice(2)) {
      expect(answer).toContain("you edited the message back to a command that has already run");
      expect(answer).toContain("The answer then: Done: pause assistant-");
    }
    expect(lines(endpoint)).toContain("status assistant-prod");
    expect(keys(endpoint)).toBe(2);
  });

  test("long afterwards is asked about, with the deed on a button", async () => {
    const { endpoint, say, answers } = await opened();

    await say(right, afterwards(stillMeant + 1));

    expect(endpoint.heard).toEqual([]);
    expect(answers().join()).toContain("you edited a message that is older than 30 minutes");
  });

  test("by an app is nobody's", async () => {
    const { endpoint, say, answers } = await opened();

    await say(right, { ...soon, from: botAccount });

    expect(endpoint.heard).toEqual([]);
    expect(answers()).toEqual([]);
  });
});

test("a message whose value is nothing is a message", async () => {
  const endpoint = await openTeamsEndpoint();

  await endpoint.post({ ...endpoint.activities.direct("chidi", right), value: null });

  expect(lines(endpoint)).toEqual([right]);
});
