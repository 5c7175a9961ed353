import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { scopes } from "../../src/chat/slack/doctor/scopes.ts";
import { type PayloadKind, problemsOf } from "./block-kit.ts";
import type {
  EphemeralMessage,
  Json,
  SlackCall,
  SlackFault,
  SlackMessageKept,
  SlackView,
} from "./slack-types.ts";

/**
 * A Slack server for tests: the methods that we call, with state, Slack's limits, and faults on
 * demand. Every payload is checked against the schema and the documented limits; what breaks them
 * is in `problems`.
 */

export interface SlackServer {
  readonly apiUrl: string;
  readonly team: string;
  readonly calls: readonly SlackCall[];
  /** Payloads that Slack would refuse or that break a written rule. */
  readonly problems: readonly string[];
  readonly ephemerals: readonly EphemeralMessage[];
  readonly views: readonly SlackView[];
  /** Called before each call; null = no fault. */
  fault: (call: SlackCall) => SlackFault | null;
  /** In order of time, with replies. */
  messagesIn(channel: string): readonly SlackMessageKept[];
  /** The direct messages to a person. */
  directs(user: string): readonly SlackMessageKept[];
  /** The newest state of somebody's App Home. */
  home(user: string): Json | undefined;
  /** Makes an account other than a normal one, or a channel archived, shared, left. */
  says(id: string, what: Json): void;
  deleteMessage(message: SlackMessageKept): void;
  /** Gives a channel another id; its messages move along, and the old id is unknown. */
  renumber(before: string, now: string): void;
  /** What a submitted view becomes by the answer to it. */
  changeView(id: string, view: Json): SlackView;
  /** The contents of the response to a command. */
  checked(message: Json, to: string, channel: string): EphemeralMessage;
  /** Adds a message from another sender. */
  foreign(message: Partial<SlackMessageKept> & { readonly channel: string }): SlackMessageKept;
  /** An address to answer a press or a command at. */
  responseUrl(user: string, channel: string, thread: string): string;
  /** A trigger that one view may be opened with. */
  trigger(user: string): string;
}

const ours = { app_id: "A0HOLDPOINT", bot_id: "B0HOLDPOINT", user: "U0HOLDPOINT" };

export async function startSlackServer(token = "xoxb-for-tests"): Promise<SlackServer> {
  // The schema is read at the first check, which takes longer than Slack's timeout.
  for (const kind of ["message", "modal", "home"] as const) problemsOf({}, kind);
  const team = "T0ACME0001";
  const messages: SlackMessageKept[] = [];
  const ephemerals: EphemeralMessage[] = [];
  const views: SlackView[] = [];
  const homes = new Map<string, Json>();
  const calls: SlackCall[] = [];
  const problems: string[] = [];
  const said = new Map<string, Json>();
  const triggers = new Map<string, { readonly user: string; used: boolean }>();
  const responses = new Map<string, Pick<EphemeralMessage, "to" | "channel" | "thread">>();
  let counter = 0;
  const next = (): number => {
    counter += 1;
    return counter;
  };
  const ts = (): string => `${Math.floor(Date.now() / 1000)}.${String(next()).padStart(6, "0")}`;

  const check = (payload: unknown, kind: PayloadKind, what: string): void => {
    for (const problem of problemsOf(payload, kind)) problems.push(`${what}: ${problem}`);
  };
  const shown = ({ text, blocks }: Json): { readonly text: string; readonly blocks: Json[] } => ({
    text: typeof text === "string" ? text : "",
    blocks: Array.isArray(blocks) ? (blocks as Json[]) : [],
  });
  const checked = (body: Json, what: string) => {
    const { text, blocks } = shown(body);
    check({ text, ...(blocks.length > 0 ? { blocks } : {}) }, "message", what);
    return { text, blocks };
  };
  const lost = (channel: string): Json | null => {
    const { error } = said.get(channel) ?? {};
    return error === undefined ? null : { ok: false, error };
  };
  const find = (channel: unknown, at: unknown) =>
    messages.findIndex((message) => message.channel === channel && message.ts === at);

  const methods: Readonly<Record<string, (body: Json) => Json>> = {
    "auth.test": () => ({
      ok: true,
      url: "https://acme.slack.com/",
      team: "Acme",
      team_id: team,
      user: "holdpoint",
      user_id: ours.user,
      bot_id: ours.bot_id,
      ...said.get("auth.test"),
    }),
    "chat.postMessage": (body) => {
      const channel = String(body.channel ?? "");
      const refused = lost(channel);
      if (refused) return refused;
      if (channel === "") return { ok: false, error: "channel_not_found" };
      const { text, blocks } = checked(body, "chat.postMessage");
      if (text === "" && blocks.length === 0) return { ok: false, error: "no_text" };
      const message: SlackMessageKept = {
        channel,
        ts: ts(),
        text,
        blocks,
        edits: 0,
        app_id: ours.app_id,
        bot_id: ours.bot_id,
        ...(body.thread_ts ? { thread_ts: String(body.thread_ts) } : {}),
        ...(body.metadata ? { metadata: body.metadata as SlackMessageKept["metadata"] & {} } : {}),
      };
      messages.push(message);
      return { ok: true, channel, ts: message.ts, message: asTold(message, false) };
    },
    "chat.update": (body) => {
      const refused = lost(String(body.channel ?? ""));
      if (refused) return refused;
      const at = find(body.channel, body.ts);
      const old = messages[at];
      if (!old) return { ok: false, error: "message_not_found" };
      messages[at] = {
        ...old,
        ...checked(body, "chat.update"),
        ...(body.metadata ? { metadata: body.metadata as SlackMessageKept["metadata"] & {} } : {}),
        edits: old.edits + 1,
      };
      return { ok: true, channel: old.channel, ts: old.ts };
    },
    "chat.postEphemeral": (body) => {
      const channel = String(body.channel ?? "");
      const refused = lost(channel);
      if (refused) return refused;
      const { text, blocks } = checked(body, "chat.postEphemeral");
      const thread = String(body.thread_ts ?? "");
      ephemerals.push({ to: String(body.user), channel, thread, text, blocks });
      return { ok: true, message_ts: ts() };
    },
    "conversations.history": (body) => {
      const refused = lost(String(body.channel));
      if (refused) return refused;
      const top = messages.filter(
        (message) =>
          message.channel === body.channel &&
          (message.thread_ts ?? message.ts) === message.ts &&
          within(message, body),
      );
      return page(top.reverse(), body);
    },
    "conversations.replies": (body) => {
      const refused = lost(String(body.channel));
      if (refused) return refused;
      const root = messages.find(
        (message) => message.channel === body.channel && message.ts === body.ts,
      );
      if (!root) return { ok: false, error: "thread_not_found" };
      const replies = messages.filter(
        (message) =>
          message.channel === body.channel &&
          message.thread_ts === body.ts &&
          within(message, body),
      );
      return page([root, ...replies], body);
    },
    "conversations.open": (body) => {
      const user = String(body.users ?? "");
      const { error } = said.get(`open:${user}`) ?? {};
      return error ? { ok: false, error } : { ok: true, channel: { id: directOf(user) } };
    },
    "conversations.info": ({ channel }) => {
      const told = said.get(String(channel)) ?? {};
      if (told.error === "channel_not_found") return { ok: false, error: told.error };
      const info = { id: channel, name: "model-risk", is_member: true, is_archived: false };
      return { ok: true, channel: { ...info, is_ext_shared: false, ...told } };
    },
    "users.info": ({ user }) => {
      const told = said.get(String(user)) ?? {};
      if (told.error) return { ok: false, error: told.error };
      const account = { id: user, team_id: team, deleted: false, is_bot: false };
      return { ok: true, user: { ...account, is_restricted: false, ...told } };
    },
    "views.open": (body) => {
      const trigger = triggers.get(String(body.trigger_id));
      if (!trigger) return { ok: false, error: "invalid_trigger_id" };
      if (trigger.used) return { ok: false, error: "exchanged_trigger_id" };
      trigger.used = true;
      const view = { ...(body.view as Json), id: `V${String(next()).padStart(8, "0")}` };
      check(body.view, "modal", "views.open");
      views.push({ id: view.id, user: trigger.user, view });
      return { ok: true, view: { ...view, team_id: team, hash: `${next()}.x` } };
    },
    "views.update": (body) => {
      const at = views.findIndex(({ id }) => id === body.view_id);
      const old = views[at];
      if (!old) return { ok: false, error: "not_found" };
      check(body.view, "modal", "views.update");
      views[at] = { ...old, view: { ...(body.view as Json), id: old.id } };
      return { ok: true, view: views[at]?.view };
    },
    "apps.connections.open": () => {
      const { url } = said.get("socket") ?? {};
      return url === undefined ? { ok: false, error: "invalid_auth" } : { ok: true, url };
    },
    "views.publish": (body) => {
      check(body.view, "home", "views.publish");
      homes.set(String(body.user_id), body.view as Json);
      return { ok: true, view: body.view };
    },
  };

  const asTold = (message: SlackMessageKept, withMetadata: boolean): Json => {
    const { channel: _channel, edits: _edits, metadata, ...rest } = message;
    return {
      type: "message",
      user: rest.app_id === ours.app_id ? ours.user : "U0OTHERAPP",
      ...rest,
      ...(withMetadata && metadata ? { metadata } : {}),
    };
  };
  const within = (slackMessageKept: SlackMessageKept, { oldest, latest }: Json): boolean =>
    (!oldest || Number(slackMessageKept.ts) >= Number(oldest)) &&
    (!latest || Number(slackMessageKept.ts) <= Number(latest));
  const page = (all: readonly SlackMessageKept[], body: Json): Json => {
    const from = Number(body.cursor ?? 0);
    const most = Math.min(Number(body.limit ?? 100), 999);
    const withMetadata = String(body.include_all_metadata) === "true";
    const more = all.length > from + most;
    return {
      ok: true,
      messages: all
        .slice(from, from + most)
        .map((slackMessageKept) => asTold(slackMessageKept, withMetadata)),
      has_more: more,
      response_metadata: { next_cursor: more ? String(from + most) : "" },
    };
  };

  const answered = (
    response: ServerResponse,
    json: Json,
    { status = 200, more = {} }: { readonly status?: number; readonly more?: Json } = {},
  ): void => {
    response.writeHead(status, {
      "content-type": "application/json",
      "x-oauth-scopes": scopes.map(({ name }) => name).join(","),
      ...(more as Record<string, string>),
    });
    response.end(JSON.stringify(json));
  };

  const server: SlackServer = {
    apiUrl: "",
    team,
    calls,
    problems,
    ephemerals,
    views,
    fault: () => null,
    messagesIn: (channel) => messages.filter((message) => message.channel === channel),
    directs: (user) => messages.filter((message) => message.channel === directOf(user)),
    home: (user) => homes.get(user),
    says: (id, what) => void said.set(id, what),
    deleteMessage: ({ channel, ts: at }) => void messages.splice(find(channel, at), 1),
    renumber: (before, now) => {
      for (const [at, slackMessageKept] of messages.entries())
        if (slackMessageKept.channel === before)
          messages[at] = { ...slackMessageKept, channel: now };
      said.set(before, { error: "channel_not_found" });
    },
    changeView: (id, view) => {
      check(view, "modal", "response_action");
      const at = views.findIndex((view) => view.id === id);
      const user = views[at]?.user ?? "";
      const changed = { id, user, view: { ...view, id } };
      views[at] = changed;
      return changed;
    },
    checked: (message, to, channel) => {
      const ephemeral = { to, channel, thread: "", ...checked(message, "answer to a command") };
      ephemerals.push(ephemeral);
      return ephemeral;
    },
    foreign: (message) => {
      const whole = {
        ts: ts(),
        text: "",
        blocks: [],
        edits: 0,
        app_id: "A0OTHER",
        bot_id: "B0OTHER",
        ...message,
      };
      messages.push(whole);
      return whole;
    },
    responseUrl: (user, channel, thread) => {
      const id = `r${next()}`;
      responses.set(id, { to: user, channel, thread });
      return `${server.apiUrl.replace("/api/", "/respond/")}${id}`;
    },
    trigger: (user) => {
      const id = `${next()}.${next()}.trigger`;
      triggers.set(id, { user, used: false });
      return id;
    },
  };

  const call = (method: string, body: Json, response: ServerResponse) => {
    const request = response.req;
    const handler = methods[method];
    if (!handler) return answered(response, { ok: false, error: "unknown_method" });
    const [, given = ""] = (request.headers.authorization ?? "").split(" ");
    if (given !== token && !given.startsWith("xapp-"))
      return answered(response, { ok: false, error: "invalid_auth" });
    const nth = calls.filter((call) => call.method === method).length;
    const made: SlackCall = { method, nth, body };
    calls.push(made);
    const fault = server.fault(made);
    const told = settled(fault, () => handler(body));
    if (told === null) return endWithout(fault, request);
    const wait = told.wait === undefined ? {} : { "retry-after": `${told.wait}` };
    const give = () => answered(response, told.body, { status: told.status, more: wait });
    if (fault?.held === undefined) return give();
    return void fault.held.then(give);
  };

  const respond = (id: string, text: string, response: ServerResponse): void => {
    const to = responses.get(id);
    if (!to) {
      answered(response, { ok: false, error: "used_url" }, { status: 404 });
      return;
    }
    const body = JSON.parse(text) as Json;
    const { text: words, blocks } = checked(body, "response_url");
    ephemerals.push({ ...to, text: words, blocks });
    answered(response, { ok: true });
  };

  const http = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => {
      const path = request.url ?? "";
      if (path.startsWith("/respond/"))
        return respond(path.slice("/respond/".length), text, response);
      call(path.replace("/api/", ""), bodyOf(request, text), response);
    });
  });
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  );
  const { port } = http.address() as AddressInfo;
  return Object.assign(server, { apiUrl: `http://127.0.0.1:${port}/api/` });
}

function endWithout(fault: SlackFault | null, { socket }: IncomingMessage): void {
  if (!fault?.silent) socket.destroy();
}

/** The answer; null = never any. */
function settled(fault: SlackFault | null, handle: () => Json): SlackFault["answer"] {
  if (fault === null) return { status: 200, body: handle() };
  if (fault.done) handle();
  return fault.answer;
}

const directOf = (user: string): string => `D${user.slice(1)}`;

/** The SDK sends forms whose larger values are JSON. */
function bodyOf({ headers }: IncomingMessage, text: string): Json {
  if (headers["content-type"]?.includes("json")) return JSON.parse(text) as Json;
  return Object.fromEntries(
    [...new URLSearchParams(text)].map(([name, value]) => [name, unfolded(value)]),
  );
}

function unfolded(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
