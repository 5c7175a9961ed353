import { describe, expect, test } from "vitest";
import { SendFault } from "../../../src/app/ports.ts";
import type { OutgoingMessage } from "../../../src/chat/shared/message-sender.ts";
import { createApi, sendFaultOf } from "../../../src/chat/slack/outbound/api.ts";
import { createDirectory } from "../../../src/chat/slack/outbound/directory.ts";
import { createSlackSender } from "../../../src/chat/slack/outbound/sender.ts";
import type { SlackMessage } from "../../../src/chat/slack/render/card.ts";
import { personId } from "../../../src/core/ids.ts";
import { freePort } from "../../support/process.ts";
import { startSlackServer } from "../../support/slack-server.ts";
import { type SlackFault, slackFaults } from "../../support/slack-types.ts";
import { team } from "./samples.ts";

/** What is sent, and what is known of it when Slack does not answer as it should. */

const channel = "C0RISK0001";
const token = "xoxb-for-tests";
const message = { text: "CRITICAL", blocks: [] };
type Going = OutgoingMessage<SlackMessage>;
const going = (parts: Partial<Going> = {}): Going => ({
  key: "card:HP-1",
  channel,
  thread: null,
  doubtSince: null,
  attempts: 1,
  forms: () => [message, message],
  ...parts,
});

async function setting() {
  const slack = await startSlackServer(token);
  const api = createApi({ token, apiUrl: slack.apiUrl, timeout: 1_000 });
  const told: string[] = [];
  const outgoings = createSlackSender(api, (sentence) => void told.push(sentence));
  return { slack, api, told, ...outgoings };
}

async function faultOf(work: Promise<unknown>): Promise<SendFault> {
  const fault = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(fault instanceof SendFault)) throw new Error(`not a send fault: ${String(fault)}`);
  return fault;
}

describe("a post", () => {
  test.each<readonly [string, SlackFault, Partial<SendFault>]>([
    ["cut before", slackFaults.before, { arrived: "perhaps", retry: "later" }],
    ["cut after", slackFaults.after, { arrived: "perhaps", retry: "later" }],
    ["HTTP 500", slackFaults.status(500, false), { arrived: "perhaps" }],
    ["HTTP 503", slackFaults.status(503, true), { arrived: "perhaps" }],
    ["Slack is not well", slackFaults.error("internal_error"), { arrived: "perhaps" }],
    ["429", slackFaults.wait(7), { arrived: "no", holdLane: 7_000, retryIn: 7_000 }],
    [
      "a limit without a time",
      slackFaults.error("rate_limited"),
      { arrived: "no", holdLane: 30_000 },
    ],
    ["archived", slackFaults.error("is_archived"), { arrived: "no", retryIn: 300_000 }],
    ["a revoked token", slackFaults.error("token_revoked"), { arrived: "no", retry: "later" }],
  ])(
    "that ended with %s is sent once, and what is known of it is said",
    async (_what, how, known) => {
      const { slack, post } = await setting();
      slack.fault = () => how;

      const fault = await faultOf(post(going()));

      expect(fault).toMatchObject(known);
      expect(slack.calls).toHaveLength(1);
      expect(fault.message).not.toContain(token);
    },
  );

  test("that never left is known not to have arrived", async () => {
    const port = await freePort(); // nobody listens there
    const api = createApi({ token, apiUrl: `http://127.0.0.1:${port}/api/` });

    const fault = await faultOf(createSlackSender(api, () => undefined).post(going()));

    expect(fault).toMatchObject({ arrived: "no", retry: "later" });
  });

  test("says nothing live: no names are linked, no links unfolded", async () => {
    const { slack, post } = await setting();

    await post(going());

    expect(slack.calls[0]?.body).toMatchObject({
      parse: "none",
      link_names: "false",
      unfurl_links: "false",
      unfurl_media: "false",
    });
  });
});

describe("in doubt", () => {
  const since = (): Going => going({ doubtSince: Date.now() - 1_000 });

  test("a message that arrived is found, and not sent again", async () => {
    const { slack, post } = await setting();
    const place = await post(going());

    expect(await post(since())).toEqual({ ...place, isEarlier: true });

    expect(slack.messagesIn(channel)).toHaveLength(1);
  });

  test("one that did not arrive is sent", async () => {
    const { slack, post } = await setting();

    await post(since());

    expect(slack.messagesIn(channel)).toHaveLength(1);
  });

  test("the same key in somebody else's message proves nothing", async () => {
    const { slack, post } = await setting();
    const metadata = { event_type: "holdpoint_message", event_payload: { key: "card:HP-1" } };
    slack.foreign({ channel, metadata });

    await post(since());

    expect(slack.messagesIn(channel)).toHaveLength(2);
  });

  test("it is found behind many others, and in its thread", async () => {
    const { slack, post } = await setting();
    const root = await post(going());
    for (let other = 0; other < 450; other += 1) slack.foreign({ channel, text: "chatter" });
    const line = going({ key: "line:e_1:risk", thread: root.id });
    const place = await post(line);

    expect(await post(since())).toEqual({ ...root, isEarlier: true });
    expect(await post({ ...line, doubtSince: Date.now() - 1_000 })).toEqual({
      ...place,
      isEarlier: true,
    });
  });

  test("a look that fails leaves the doubt, whatever the failure says", async () => {
    const { slack, post } = await setting();
    slack.fault = ({ method }) =>
      method === "conversations.history" ? slackFaults.error("channel_not_found") : null;

    expect(await faultOf(post(since()))).toMatchObject({ arrived: "perhaps" });

    slack.fault = ({ method }) => (method === "conversations.history" ? slackFaults.wait(3) : null);
    expect(await faultOf(post(since()))).toMatchObject({ arrived: "perhaps", holdLane: 3_000 });
    expect(slack.messagesIn(channel)).toEqual([]);
  });

  test("where the app may not look, the question is asked again rather than not at all, and the operator hears", async () => {
    const { slack, post, told } = await setting();
    slack.fault = ({ method }) =>
      method === "conversations.history" ? slackFaults.error("missing_scope") : null;

    await post(since());

    expect(slack.messagesIn(channel)).toHaveLength(1);
    expect(told.join()).toContain("missing_scope");
  });
});

describe("an edit", () => {
  test("of a message that is gone says so, and of another kind of failure does not", async () => {
    const { slack, post, edit } = await setting();
    const place = await post(going());
    expect(await edit("card:HP-1", place, [{ text: "later", blocks: [] }, message])).toBe(true);
    const [kept] = slack.messagesIn(channel);
    if (kept) slack.deleteMessage(kept);

    expect(await edit("card:HP-1", place, [message, message])).toBe(false);

    slack.fault = () => slackFaults.status(502, false);
    expect(await faultOf(edit("card:HP-1", place, [message, message]))).toMatchObject({
      arrived: "perhaps",
    });
  });
});

describe("the directory", () => {
  test.each([
    [{}, "member"],
    [{ is_restricted: true }, "guest"],
    [{ is_ultra_restricted: true }, "guest"],
    [{ is_stranger: true }, "guest"],
    [{ is_bot: true }, "bot"],
    [{ deleted: true, is_bot: true }, "closed"],
    [{ error: "user_not_found" }, "unknown"],
  ])("reads %j as %s, and asks at most once a minute", async (says, is) => {
    const { slack, api } = await setting();
    let now = 0;
    const directory = createDirectory({ api, clock: { now: () => now } });
    slack.says("U0BOB00001", says);

    expect(await directory.account("U0BOB00001")).toMatchObject({ is });
    now += 59_999;
    await directory.account("U0BOB00001");
    expect(slack.calls).toHaveLength(1);
    now += 2;
    await directory.account("U0BOB00001");
    expect(slack.calls).toHaveLength(2);
  });

  test("after a look at everybody says who cannot be reached and why, and does not count on them", async () => {
    const { slack, api } = await setting();
    const directory = createDirectory({ api, clock: { now: () => 0 } });
    const everybody = [...team.values()];
    slack.says("U0BOB00001", { deleted: true });
    slack.says("U0CHIDI001", { is_restricted: true });

    const unreached = await directory.refresh(everybody);

    expect(unreached.map(({ person, because }) => [person.key, because])).toEqual([
      ["bob", "closed"],
      ["chidi", "guest"],
      ["erin", "no-account"],
    ]);
    const reached = everybody.filter((person) => directory.reaches(person)).map(({ key }) => key);
    expect(reached).toEqual(["dana", "frank"]);
  });

  test("knows nothing where Slack says nothing, and then passes nobody over", async () => {
    const { slack, api } = await setting();
    const directory = createDirectory({ api, clock: { now: () => 0 } });
    slack.fault = () => slackFaults.status(500, false);
    const bob = {
      id: personId("p_bobaaaaaaaaaaaaaaaaa"),
      key: "bob",
      name: "Bob",
      slack: "U0BOB00001",
      teams: null,
      pagerduty: null,
      oidc: null,
    };

    expect(await directory.account("U0BOB00001")).toBeNull();
    expect(await directory.refresh([bob])).toEqual([]);
    expect(directory.reaches(bob)).toBe(true);
    expect(directory.reaches({ ...bob, slack: null })).toBe(false);
  });
});

test("a fault that is a send fault already is handed on as it is", () => {
  const fault = new SendFault("x", { retry: "never", arrived: "no" });
  expect(sendFaultOf(fault)).toBe(fault);
});
