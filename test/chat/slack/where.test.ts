import { expect, test } from "vitest";
import { createApi } from "../../../src/chat/slack/outbound/api.ts";
import { createDestinations } from "../../../src/chat/slack/outbound/destinations.ts";
import { createDirectory } from "../../../src/chat/slack/outbound/directory.ts";
import { createSlackSender } from "../../../src/chat/slack/outbound/sender.ts";
import { personId } from "../../../src/core/ids.ts";
import { startSlackServer } from "../../support/slack-server.ts";
import { slackFaults } from "../../support/slack-types.ts";

/**
 * Every word of Slack's that means somebody cannot be written to any more takes the question from
 * them at once; no other does. https://docs.slack.dev/reference/methods/conversations.open
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */

const user = "U0CHIDI001";
const chidi = {
  id: personId("p_chidi"),
  key: "chidi",
  name: "Chidi Lindt",
  slack: user,
  teams: null,
  pagerduty: null,
  oidc: null,
};
const people = new Map([[chidi.id, chidi]]);

async function writing() {
  const slack = await startSlackServer("xoxb-for-tests");
  const api = createApi({ token: "xoxb-for-tests", apiUrl: slack.apiUrl });
  const directory = createDirectory({ api, clock: { now: () => 0 } });
  let passedOn = 0;
  directory.onLost(() => {
    passedOn += 1;
  });
  const where = createDestinations({
    api,
    directory,
    publicUrl: "https://h.example",
    sharedChannels: true,
    clock: { now: () => 0 },
    people: () => people,
    channels: () => new Map(),
    store: { messageOf: async () => undefined, conversation: async () => undefined },
    tell: () => undefined,
  });
  const outgoings = createSlackSender(api, () => undefined);
  const write = () =>
    where.withPerson(chidi.id, (channel) =>
      outgoings.post({
        key: "dm:1",
        channel,
        thread: null,
        doubtSince: null,
        attempts: 1,
        forms: () => [{ text: "Decide.", blocks: [] }],
      }),
    );
  return { slack, directory, write, passedOn: () => passedOn };
}

test.each([
  ["conversations.open", "user_disabled", "closed"],
  ["conversations.open", "account_inactive", "closed"],
  ["conversations.open", "user_not_found", "unknown"],
  ["conversations.open", "users_not_found", "unknown"],
  ["conversations.open", "user_not_visible", "unknown"],
  ["conversations.open", "cannot_dm_bot", "bot"],
  ["conversations.open", "user_is_bot", "bot"],
  ["chat.postMessage", "is_inactive", "closed"],
  ["chat.postMessage", "user_is_deactivated", "closed"],
  ["chat.postMessage", "account_inactive", "closed"],
  ["chat.postMessage", "user_is_restricted", "guest"],
  ["chat.postMessage", "user_is_ultra_restricted", "guest"],
  ["chat.postMessage", "cannot_dm_bot", "bot"],
])("%s answers %s: nobody waits for them any longer", async (method, error, is) => {
  const { slack, directory, write, passedOn } = await writing();
  slack.fault = (call) => (call.method === method ? slackFaults.error(error) : null);

  await expect(write()).rejects.toMatchObject({ retry: "never" });

  expect(await directory.account(user)).toMatchObject({ is });
  expect(directory.reaches(chidi)).toBe(false);
  expect(passedOn()).toBe(1);
});

test.each(["channel_not_found", "is_archived", "not_in_channel", "restricted_action"])(
  "a conversation that is not there (%s) loses only whose account is closed",
  async (error) => {
    const { slack, directory, write, passedOn } = await writing();
    slack.fault = ({ method }) => (method === "chat.postMessage" ? slackFaults.error(error) : null);

    await expect(write()).rejects.toThrow();
    const before = passedOn();
    slack.says(user, { deleted: true });
    await expect(write()).rejects.toMatchObject({ retry: "never" });

    expect(before).toBe(0);
    expect(passedOn()).toBe(1);
    expect(directory.reaches(chidi)).toBe(false);
  },
);

test.each(["ratelimited", "internal_error", "service_unavailable", "team_access_not_granted"])(
  "%s is Slack's own trouble, and takes nothing from anybody",
  async (error) => {
    const { slack, directory, write, passedOn } = await writing();
    slack.fault = ({ method }) =>
      method === "conversations.open" ? slackFaults.error(error) : null;

    await expect(write()).rejects.toThrow();

    expect(passedOn()).toBe(0);
    expect(directory.reaches(chidi)).toBe(true);
  },
);
