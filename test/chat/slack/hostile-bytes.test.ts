import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { test } from "vitest";
import { encodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { signingSecret } from "../../support/slack-people.ts";
import type { Json } from "../../support/slack-types.ts";
import { risk, type TestEndpoint } from "./endpoint-world.ts";
import { accountOf, act, type Hostile, outcome, pause, pressed, withEvent } from "./hostile.ts";

/** Bytes as they are, signed as Slack would sign them. */
async function raw(
  endpoint: TestEndpoint,
  text: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const time = `${Math.floor(endpoint.state.now / 1000)}`;
  const body = Buffer.from(text);
  const mac = createHmac("sha256", signingSecret).update(`v0:${time}:`).update(body).digest("hex");
  const own = {
    "content-type": "application/json",
    "x-slack-request-timestamp": time,
    "x-slack-signature": `v0=${mac}`,
  };
  return fetch(`${endpoint.url}/slack/events`, {
    method: "POST",
    headers: { ...own, ...headers },
    body,
  });
}

const formType = { "content-type": "application/x-www-form-urlencoded" };

const at = (seconds: string) => (endpoint: TestEndpoint) =>
  endpoint.post(endpoint.bodies.command("chidi", pause), { time: seconds });

const off = (seconds: number) => (endpoint: TestEndpoint) =>
  at(`${Math.floor(endpoint.state.now / 1000) + seconds}`)(endpoint);

const signedBut = (headers: Readonly<Record<string, string>>) => (endpoint: TestEndpoint) =>
  endpoint.post(endpoint.bodies.command("chidi", pause), { headers });

const badSignatures: readonly Hostile[] = [
  {
    name: "a command without a signature",
    send: (endpoint) =>
      fetch(`${endpoint.url}/slack/events`, {
        method: "POST",
        headers: formType,
        body: new URLSearchParams(endpoint.bodies.command("chidi", pause).form).toString(),
      }),
    status: 401,
  },
  {
    name: "a command signed with another secret",
    send: (endpoint) =>
      endpoint.post(endpoint.bodies.command("chidi", pause), {
        secret: "another-secret-of-somebodys-01",
      }),
    status: 401,
  },
  {
    name: "a command with the signature of another",
    send: signedBut({ "x-slack-signature": `v0=${"ab".repeat(32)}` }),
    status: 401,
  },
  {
    name: "a signature of another version",
    send: signedBut({ "x-slack-signature": `v1=${"ab".repeat(32)}` }),
    status: 401,
  },
  {
    name: "two signatures in one header",
    send: signedBut({ "x-slack-signature": `v0=${"ab".repeat(32)}, v0=${"cd".repeat(32)}` }),
    status: 401,
  },
  { name: "a request of 301 s ago", send: off(-301), status: 401 },
  { name: "a request of 301 s ahead", send: off(301), status: 401 },
  { name: "a request of next year", send: off(31_536_000), status: 401 },
  { name: "a time written 1e9", send: at("1e9"), status: 401 },
  { name: "a time with a space before it", send: at(" 1763868060"), status: 401 },
  { name: "a time below zero", send: at("-1763868060"), status: 401 },
  { name: "a time with a fraction", send: at("1763868060.5"), status: 401 },
  { name: "a time in hexadecimal", send: at("0x6922a8dc"), status: 401 },
  { name: "a challenge without a signature", status: 401, send: (endpoint) => unsigned(endpoint) },
  {
    name: "a command once more, bytes and signature the same",
    send: async (endpoint) => {
      const body = endpoint.bodies.command("chidi", pause);
      await endpoint.post(body);
      return endpoint.post(body);
    },
    status: 401,
    does: [{ speaker: accountOf("chidi") }],
  },
  {
    name: "a press once more, bytes and signature the same",
    send: async (endpoint) => {
      const body = {
        payload: pressed(endpoint, "chidi", { value: encodePress(act("ack HP-142")) }),
      };
      await endpoint.post(body);
      return endpoint.post(body);
    },
    status: 401,
    says: "Done",
    does: [{ line: "ack HP-142" }],
  },
  {
    name: "a command hidden behind Slack's look whether we are there",
    send: (endpoint) =>
      fetch(`${endpoint.url}/slack/events`, {
        method: "POST",
        headers: formType,
        body: `ssl_check=1&${new URLSearchParams(endpoint.bodies.command("chidi", pause).form)}`,
      }),
  },
];

const unsigned = (endpoint: TestEndpoint): Promise<Response> =>
  fetch(`${endpoint.url}/slack/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "url_verification", challenge: "c" }),
  });

const badBytes: readonly Hostile[] = [
  {
    name: "a body that is packed",
    send: (endpoint) =>
      raw(endpoint, gzipSync(Buffer.from("command=/pause")), {
        ...formType,
        "content-encoding": "gzip",
      }),
    status: 401,
  },
  {
    name: "a body of 600 KiB",
    send: (endpoint) => raw(endpoint, "a".repeat(600 * 1024)),
    status: 413,
  },
  { name: "no body", send: (endpoint) => raw(endpoint, ""), status: 400 },
  { name: "JSON cut short", send: (endpoint) => raw(endpoint, '{"type":"event_call'), status: 400 },
  { name: "JSON null", send: (endpoint) => raw(endpoint, "null"), status: 400 },
  { name: "JSON true", send: (endpoint) => raw(endpoint, "true"), status: 400 },
  {
    name: "a JSON list",
    send: (endpoint) => raw(endpoint, '[{"type":"block_actions"}]'),
    status: 400,
  },
  {
    name: "100,000 lists within each other",
    send: (endpoint) => raw(endpoint, "[".repeat(100_000) + "]".repeat(100_000)),
    status: 400,
  },
  {
    name: "a payload of null",
    send: (endpoint) => raw(endpoint, "payload=null", formType),
    status: 400,
  },
  {
    name: "a payload that is no JSON",
    send: (endpoint) => raw(endpoint, "payload=%7Bpause", formType),
    status: 400,
  },
  {
    name: "two payloads",
    send: (endpoint) => raw(endpoint, "payload=%7B%7D&payload=%7B%7D", formType),
    status: 400,
  },
  {
    name: "a command whose sender stands there twice",
    send: (endpoint) => {
      const { form: fields } = endpoint.bodies.command("mallory", pause);
      return raw(endpoint, `${new URLSearchParams(fields)}&user_id=U0CHIDI001`, formType);
    },
    status: 400,
  },
  {
    name: "keys that are every object's",
    send: (endpoint) =>
      raw(
        endpoint,
        '{"type":"block_actions","__proto__":{"user":{"id":"U0CHIDI001"}},"constructor":{"prototype":{"actions":[{}]}}}',
      ),
    logs: "block_actions",
  },
  {
    name: "a type that every object has",
    send: (endpoint) => raw(endpoint, '{"type":"constructor","user":{"id":"U0CHIDI001"}}'),
    logs: "constructor",
  },
  {
    name: "text that says it is an image",
    status: 400,
    send: (endpoint) => raw(endpoint, "GIF89a"),
  },
  { name: "no type at all", send: (endpoint) => raw(endpoint, "{}"), logs: "nothing" },
];

const bare = (payload: Json) => (endpoint: TestEndpoint) => endpoint.post({ payload });

const badShapes: readonly Hostile[] = [
  { name: "an event that is null", send: withEvent(null) },
  { name: "an event that is a word", send: withEvent("app_mention") },
  { name: "an event of a type nobody asked for", send: withEvent({ type: "team_join" }) },
  {
    name: "a mention whose user is an object",
    send: withEvent({ type: "app_mention", user: { id: "U0CHIDI001" }, channel: risk }),
  },
  {
    name: "a mention whose channel is null",
    send: withEvent({ type: "app_mention", user: "U0CHIDI001", channel: null }),
  },
  {
    name: "a function to run, with a token of its own",
    send: withEvent({ type: "function_executed", bot_access_token: "xwfp-1" }),
    logs: "function_executed",
  },
  {
    name: "a press without a button",
    send: (endpoint) =>
      endpoint.post({ payload: { ...pressed(endpoint, "chidi", { value: "" }), actions: [] } }),
  },
  {
    name: "a press whose button is null",
    send: (endpoint) =>
      endpoint.post({ payload: { ...pressed(endpoint, "chidi", { value: "" }), actions: [null] } }),
  },
  {
    name: "a press by nobody",
    send: (endpoint) =>
      endpoint.post({
        payload: { ...pressed(endpoint, "chidi", { value: encodePress(act("ack")) }), user: null },
      }),
  },
  {
    name: "a press that happened nowhere",
    send: (endpoint) =>
      endpoint.post({
        payload: {
          ...pressed(endpoint, "chidi", { value: encodePress(act("ack")) }),
          container: {},
        },
      }),
  },
  {
    name: "a form without a view",
    send: bare({ type: "view_submission", user: { id: "U0CHIDI001" } }),
  },
  {
    name: "a view that was closed",
    send: bare({ type: "view_closed", user: { id: "U0CHIDI001" } }),
  },
  { name: "a search for options", send: bare({ type: "block_suggestion", name: "x" }) },
  { name: "a shortcut", send: bare({ type: "shortcut", callback_id: "hp:act", user: {} }) },
  { name: "a message's shortcut", send: bare({ type: "message_action", user: {} }) },
  {
    name: "a button of the time before blocks",
    send: bare({ type: "interactive_message", actions: [{ value: "pause" }], user: {} }),
  },
  {
    name: "a command without what makes it itself",
    send: (endpoint) => {
      const { form: fields } = endpoint.bodies.command("chidi", pause);
      return endpoint.post({ form: { ...fields, trigger_id: "" } });
    },
  },
];

const all: readonly Hostile[] = [...badSignatures, ...badBytes, ...badShapes];

test.each(all)("nothing comes of $name", outcome);
