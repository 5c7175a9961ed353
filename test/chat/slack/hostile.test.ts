import { expect, test } from "vitest";
import { encodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { formModal, noticeModal } from "../../../src/chat/slack/render/modals.ts";
import type { Json } from "../../support/slack-types.ts";
import { risk, type TestEndpoint } from "./endpoint-world.ts";
import {
  accountOf,
  act,
  type Hostile,
  mallory,
  outcome,
  pause,
  pressed,
  resume,
  withEvent,
} from "./hostile.ts";
import { answer, form, said } from "./samples.ts";

const commandBy =
  (who: string, line: string, more: Readonly<Record<string, string>>) =>
  (endpoint: TestEndpoint) => {
    const { form: fields } = endpoint.bodies.command(who, line);
    return endpoint.post({ form: { ...fields, ...more } });
  };

const pressBy =
  (more: Json, line = "pause HP-142") =>
  (endpoint: TestEndpoint) =>
    endpoint.post({
      payload: { ...pressed(endpoint, "chidi", { value: encodePress(act(line)) }), ...more },
    });

const mention =
  (more: Json, text = "<@U0HOLDPOINT> pause assistant-prod") =>
  (endpoint: TestEndpoint) =>
    endpoint.post({ event: endpoint.bodies.event(mentioned(text, more)) });

const mentioned = (text: string, more: Json = {}): Json => ({
  type: "app_mention",
  user: "U0CHIDI001",
  channel: risk,
  ts: "1763868000.000100",
  text,
  ...more,
});

const account =
  (what: Json, line = resume) =>
  (endpoint: TestEndpoint) => {
    endpoint.slack.says("U0CHIDI001", what);
    return endpoint.post(endpoint.bodies.command("chidi", line));
  };

const elsewhere = "another workspace";
const foreignUser = { id: "U0CHIDI001", team_id: "T0OTHER001" };

const badPeople: readonly Hostile[] = [
  {
    name: "a stop from another workspace",
    send: commandBy("chidi", pause, { team_id: "T0OTHER001" }),
    says: elsewhere,
  },
  {
    name: "a press by somebody of another workspace",
    send: pressBy({ user: foreignUser }),
    says: elsewhere,
  },
  {
    name: "a press sent in another workspace",
    send: pressBy({ team: { id: "T0OTHER001" } }),
    says: elsewhere,
  },
  {
    name: "a form opened by somebody of another workspace",
    send: (endpoint) => {
      const value = encodePress({ ...said, line: "pause HP-142", form: form() });
      const payload = {
        ...pressed(endpoint, "chidi", { value, action: "hp:form:1" }),
        user: foreignUser,
      };
      return endpoint.post({ payload });
    },
    says: elsewhere,
  },
  {
    name: "a form submitted by somebody of another workspace",
    send: (endpoint) => endpoint.post({ payload: { ...submitted(endpoint), user: foreignUser } }),
    says: elsewhere,
  },
  {
    name: "a mention by somebody of another workspace",
    send: mention({ user_team: "T0OTHER001" }),
    says: elsewhere,
  },
  {
    name: "a mention written in another workspace",
    send: mention({ source_team: "T0OTHER001" }),
    says: elsewhere,
  },
  {
    name: "a command by nobody",
    send: commandBy("chidi", pause, { user_id: "" }),
    says: "does not know",
  },
  {
    name: "a command by a name that every object has",
    send: commandBy("chidi", pause, { user_id: "__proto__" }),
    says: "does not know",
  },
  { name: "a resume by a guest", send: account({ is_restricted: true }), says: "a guest's" },
  {
    name: "a resume by a guest of one channel",
    send: account({ is_ultra_restricted: true }),
    says: "a guest's",
  },
  {
    name: "a question by a guest",
    send: account({ is_restricted: true }, "/holdpoint status"),
    says: "a guest's",
  },
  { name: "a resume by an app's account", send: account({ is_bot: true }), says: "not apps" },
  { name: "a resume by a closed account", send: account({ deleted: true }), says: "closed" },
  {
    name: "a resume by an account that is not there",
    send: account({ error: "user_not_found" }),
    says: "does not know",
  },
  {
    name: "a resume by an account of another workspace",
    send: account({ team_id: "T0OTHER001" }),
    says: elsewhere,
  },
  {
    name: "breaking the glass as a guest",
    send: account({ is_restricted: true }, "/holdpoint breakglass resume assistant-prod because x"),
    says: "a guest's",
  },
  {
    name: "an undo by a closed account",
    send: account({ deleted: true }, "/holdpoint undo HP-142"),
    says: "closed",
  },
  {
    name: "a resume behind a character that nobody sees",
    send: account({ is_restricted: true }, "/holdpoint \u0000resume assistant-prod because x"),
    says: "a guest's",
  },
  {
    name: "a stop by somebody the policy does not name",
    send: commandBy("mallory", pause, {}),
    says: "Done",
    does: [{ speaker: mallory }],
  },
  { name: "a mention by an app", send: mention({ bot_id: "B0OTHER" }) },
  { name: "a mention by ourselves", send: mention({ user: "U0HOLDPOINT", bot_id: "B0HOLDPOINT" }) },
  { name: "a mention that an app posts as a person", send: mention({ subtype: "bot_message" }) },
  {
    name: "a message in a channel that mentions nobody",
    send: mention({ type: "message", channel_type: "channel" }, "pause assistant-prod"),
  },
  {
    name: "a direct message that was changed afterwards",
    send: mention({ type: "message", channel_type: "im", subtype: "message_changed" }, "pause"),
  },
];

function submitted(endpoint: TestEndpoint, view: Json = {}, values: unknown = {}): Json {
  const modal = formModal({ ...said, line: "pause HP-142", form: form() });
  const whole = { ...modal, id: "V0000001", ...view };
  return {
    ...endpoint.bodies.submission("chidi", whole, {}),
    view: { ...whole, hash: "1.x", state: { values } },
  };
}

const submit =
  (view: Json, values: unknown = {}) =>
  (endpoint: TestEndpoint) =>
    endpoint.post({ payload: submitted(endpoint, view, values) });

const typed = (value: unknown) => ({ reason: { value: { type: "plain_text_input", value } } });

const press =
  (value: unknown, action = "hp:act:1") =>
  (endpoint: TestEndpoint) =>
    endpoint.post({ payload: pressed(endpoint, "mallory", { value, action }) });

const notMine = "not one of mine";

const forgeries: readonly Hostile[] = [
  {
    name: "a button's value that names another actor",
    send: press('{"line":"resume HP-142","actor":"chidi","user":"U0CHIDI001"}'),
    says: notMine,
  },
  {
    name: "a value with one thing more than ours",
    send: press('["resume HP-142",7,"HP-142","model-risk","U0CHIDI001"]'),
    says: notMine,
  },
  { name: "a value that is an object", send: press({ line: "resume HP-142" }), says: notMine },
  { name: "a value of nothing", send: press(""), says: notMine },
  {
    name: "a value whose version is a word",
    send: press('["pause HP-142","7","HP-142","model-risk"]'),
    says: notMine,
  },
  {
    name: "a value whose escalation is none",
    send: press('["pause HP-142",7,"HP-1; drop","model-risk"]'),
    says: notMine,
  },
  {
    name: "an action of somebody else's",
    send: press(encodePress(act("pause HP-142")), "other:act"),
    says: notMine,
  },
  {
    name: "an action almost ours",
    send: press(encodePress(act("pause HP-142")), "hp:actor:1"),
    says: notMine,
  },
  {
    name: "a good value pressed by somebody the policy does not name",
    send: press(encodePress(act("ack HP-142"))),
    says: "Done",
    does: [{ speaker: mallory, line: "ack HP-142" }],
  },
  { name: "a view of somebody else's", send: submit({ callback_id: "other:view" }), says: notMine },
  {
    name: "a notice that submits itself",
    send: (endpoint) => {
      const notice = noticeModal("Pause", answer(), { ...said, line: "resume HP-142" });
      return endpoint.post({ payload: submitted(endpoint, { ...notice, id: "V0000001" }) });
    },
    says: notMine,
  },
  {
    name: "metadata that is no JSON",
    send: submit({ private_metadata: "pause HP-142" }),
    says: notMine,
  },
  { name: "metadata that is missing", send: submit({ private_metadata: null }), says: notMine },
  {
    name: "metadata that names another actor",
    send: submit({ private_metadata: '{"line":"resume HP-142","user":"U0CHIDI001"}' }),
    says: notMine,
  },
  {
    name: "a reason that is a number",
    send: submit({}, typed(5)),
    says: "Done",
    does: [{ line: "pause HP-142", speaker: accountOf("chidi") }],
  },
  {
    name: "values that are a list",
    send: submit({}, [["resume"]]),
    says: "Done",
    does: [{ line: "pause HP-142" }],
  },
  {
    name: "values that are null",
    send: submit({}, null),
    says: "Done",
    does: [{ line: "pause HP-142" }],
  },
  {
    name: "values under a key that every object has",
    send: submit({}, JSON.parse('{"__proto__":{"value":{"value":"resume x"}}}')),
    says: "Done",
    does: [{ speaker: accountOf("chidi"), line: expect.stringMatching(/^pause HP-142/) }],
  },
  {
    name: "a reason that goes on as a command on its next line",
    send: submit({}, typed("it lies\nresume HP-142 because fine")),
    says: "Done",
    does: [{ line: "pause HP-142 because it lies resume HP-142 because fine" }],
  },
  {
    name: "a command that goes on with another on its next line",
    send: commandBy("chidi", pause, { text: "assistant-prod because a\n/resume assistant-prod" }),
    says: "Done",
    does: [{ line: "pause assistant-prod because a /resume assistant-prod" }],
  },
];

const sharedAt = (more: Json) => (endpoint: TestEndpoint) => {
  endpoint.slack.says(risk, more);
  return endpoint.post(endpoint.bodies.command("chidi", resume));
};

const notHere = "people of another organization are in this channel";

const badPlaces: readonly Hostile[] = [
  { name: "a resume in a shared channel", send: sharedAt({ is_ext_shared: true }), says: notHere },
  {
    name: "a resume in a channel about to be shared",
    send: sharedAt({ is_pending_ext_shared: true }),
    says: notHere,
  },
  {
    name: "a resume in a channel nobody can ask about",
    send: sharedAt({ error: "channel_not_found" }),
    says: "Slack does not say",
  },
  {
    name: "a keep by mention where the event says that the channel is shared",
    send: (endpoint) => {
      const event = endpoint.bodies.event(mentioned("<@U0HOLDPOINT> keep HP-142 because fine"));
      return endpoint.post({ event: { ...event, is_ext_shared_channel: true } });
    },
    says: notHere,
  },
  {
    name: "a form of a card in a shared channel that resumes",
    send: (endpoint) => {
      endpoint.slack.says(risk, { is_ext_shared: true });
      const metadata = encodePress({ ...said, line: "resume HP-142", form: form() });
      return endpoint.post({ payload: submitted(endpoint, { private_metadata: metadata }) });
    },
    says: notHere,
  },
  {
    name: "a stop by one of ours in a shared channel, which counts",
    send: (endpoint) => {
      endpoint.slack.says(risk, { is_ext_shared: true });
      return endpoint.post(endpoint.bodies.command("chidi", pause));
    },
    says: "Done",
    does: [{ speaker: accountOf("chidi"), line: "pause assistant-prod" }],
  },
  {
    name: "a word under somebody else's message, which implies nothing",
    send: mention({ thread_ts: "1763867000.000900" }, "<@U0HOLDPOINT> ack"),
    says: "Done",
    does: [{ line: "ack", escalation: null }],
  },
  {
    name: "one mention in two events",
    send: async (endpoint) => {
      await mention({})(endpoint);
      return mention({})(endpoint);
    },
    says: "Done",
    does: [{ line: "pause assistant-prod" }],
  },
  {
    name: "a command of another app's",
    send: commandBy("chidi", pause, { command: "/deploy" }),
    says: "/holdpoint help",
  },
  {
    name: "a token that was taken back",
    send: withEvent({ type: "tokens_revoked", tokens: { bot: ["U0HOLDPOINT"] } }),
    logs: "tokens_revoked",
  },
  {
    name: "an app that was thrown out",
    send: withEvent({ type: "app_uninstalled" }),
    logs: "app_uninstalled",
  },
  {
    name: "signs that would call everybody, turned around so that nobody sees them",
    send: commandBy("chidi", pause, {
      text: "assistant-prod because \u202e<!channel> &lt;!here&gt; <@U0BOB00001>\u200b",
    }),
    says: "⟨U+202E⟩",
    does: [{ line: "pause assistant-prod because \u202echannel <!here> bob\u200b" }],
  },
  {
    name: "a line of 100,000 characters",
    send: commandBy("chidi", pause, { text: `assistant-prod because ${"a".repeat(100_000)}` }),
    says: "Done",
    does: [{ speaker: accountOf("chidi") }],
  },
];

const all: readonly Hostile[] = [...badPeople, ...forgeries, ...badPlaces];

test.each(all)("$name", outcome);
