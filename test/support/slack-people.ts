import { createHash, createHmac, randomUUID } from "node:crypto";
import { at, textAt, walkBlocks } from "./slack-reading.ts";
import type { SlackServer } from "./slack-server.ts";
import type { EphemeralMessage, Json, SlackMessageKept, SlackView } from "./slack-types.ts";

/**
 * People in Slack: their actions become the signed requests that Slack would send; what they see is
 * read as Slack would show it.
 */

/** An answer as the person sees it. */
export interface Seen {
  readonly status: number;
  /** Everything readable, line by line. */
  readonly text: string;
  readonly buttons: readonly string[];
  /** Whether it is in a view that is open for them. */
  readonly inView: boolean;
}

export type Body =
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly payload: Json }
  | { readonly event: Json };

/** How a request differs from Slack's own. */
export interface Signing {
  readonly secret: string;
  /** The time header. */
  readonly time: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const signingSecret = "slack-signing-secret-for-tests-01";
export const riskChannel = "C0RISK0001";
const app = { api_app_id: "A0HOLDPOINT", token: "deprecated" };

/** The bytes and headers of a request. */
function signed(body: Body, how: Pick<Signing, "secret" | "time">) {
  const text = bytesOf(body);
  const type = "event" in body ? "application/json" : "application/x-www-form-urlencoded";
  const mac = createHmac("sha256", how.secret).update(`v0:${how.time}:${text}`).digest("hex");
  return {
    text,
    headers: {
      "content-type": type,
      "x-slack-request-timestamp": how.time,
      "x-slack-signature": `v0=${mac}`,
    },
  };
}

function bytesOf(body: Body): string {
  if ("event" in body) return JSON.stringify(body.event);
  if ("form" in body) return new URLSearchParams(body.form).toString();
  return new URLSearchParams({ payload: JSON.stringify(body.payload) }).toString();
}

export interface SlackPeople {
  /** Types a slash command in the channel. */
  type(person: string, line: string): Promise<Seen>;
  /** Presses the button with this label, on a message or in what they saw last. */
  press(person: string, label: string, on?: SlackMessageKept): Promise<Seen>;
  /**
   * Submits the view that they have open, filled in as it is, with these values besides, by the
   * field's name.
   */
  submit(person: string, values?: Readonly<Record<string, string>>): Promise<Seen>;
  /** Mentions the app in the channel, or in reply to a message. */
  mention(person: string, line: string, under?: SlackMessageKept): Promise<Seen>;
  /** Writes to the app directly. */
  write(person: string, line: string): Promise<Seen>;
  /** Opens the App Home. */
  home(person: string): Promise<Seen>;
  /** Sends a body as it is, signed now unless said otherwise. */
  post(body: Body, how?: Partial<Signing>): Promise<Response>;
  /** Bodies as Slack makes them, for tests that change something in them. */
  readonly bodies: Bodies;
}

interface Place {
  readonly url: () => string;
  readonly now: () => number;
  readonly settle: () => Promise<void>;
}

type Bodies = ReturnType<typeof bodiesOf>;

/** Somebody's account: those of the example policy, and strangers. */
export function userOf(person: string): string {
  return `${`U0${person.toUpperCase()}`.padEnd(9, "0")}1`;
}

function bodiesOf(slack: SlackServer) {
  const team = { id: slack.team, domain: "acme" };
  const userFor = (person: string) => {
    const id = userOf(person);
    return { id, username: person, name: person, team_id: slack.team };
  };
  const base = (person: string) => ({
    user: userFor(person),
    team,
    ...app,
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: slack.trigger(userOf(person)),
  });
  return {
    command: (person: string, line: string): { form: Record<string, string> } => {
      const [command = "", ...rest] = line.split(" ");
      const user = userOf(person);
      return {
        form: {
          token: app.token,
          api_app_id: app.api_app_id,
          command,
          text: rest.join(" "),
          team_id: slack.team,
          team_domain: "acme",
          user_id: user,
          user_name: person,
          channel_id: riskChannel,
          channel_name: "model-risk",
          is_enterprise_install: "false",
          response_url: slack.responseUrl(user, riskChannel, ""),
          trigger_id: slack.trigger(user),
        },
      };
    },
    pressOn: (person: string, button: Json, message: SlackMessageKept | EphemeralMessage): Json => {
      const isEphemeral = !("ts" in message);
      const messageTs = isEphemeral ? "1.000001" : message.ts;
      const user = userOf(person);
      return {
        type: "block_actions",
        ...base(person),
        state: { values: {} },
        container: {
          type: "message",
          message_ts: messageTs,
          channel_id: message.channel,
          is_ephemeral: isEphemeral,
        },
        channel: { id: message.channel, name: "model-risk" },
        response_url: slack.responseUrl(user, message.channel, ""),
        actions: [{ ...button, block_id: "b1", action_ts: "1.1" }],
      };
    },
    pressIn: (person: string, button: Json, view: Json): Json => ({
      type: "block_actions",
      ...base(person),
      state: { values: {} },
      container: { type: "view", view_id: view["id"] },
      view: { ...view, hash: hashOf(view) },
      actions: [{ ...button, block_id: "b1", action_ts: "1.1" }],
    }),
    submission: (person: string, view: Json, values: Json): Json => ({
      type: "view_submission",
      ...base(person),
      response_urls: [],
      view: { ...view, team_id: slack.team, hash: hashOf(view), state: { values } },
    }),
    event: (event: Json): Json => ({
      ...app,
      team_id: slack.team,
      type: "event_callback",
      event_time: 1,
      event_id: `Ev${randomUUID()}`,
      is_ext_shared_channel: false,
      event,
      authorizations: [{ team_id: slack.team, user_id: "U0HOLDPOINT", is_bot: true }],
    }),
  };
}

/** Slack gives a view another one whenever it changes. */
const hashOf = (view: Json): string =>
  createHash("sha256").update(JSON.stringify(view)).digest("hex").slice(0, 16);

/** What a person looks at: a message of their own, or a view. */
type Before = { readonly message: EphemeralMessage } | { readonly view: SlackView };

export function slackPeople(slack: SlackServer, place: Place): SlackPeople {
  const bodies = bodiesOf(slack);
  const eyes = new Map<string, Before>();

  const post: SlackPeople["post"] = async (body, how = {}) => {
    const time = how.time ?? String(Math.floor(place.now() / 1000));
    const { text, headers } = signed(body, { secret: how.secret ?? signingSecret, time });
    return fetch(`${place.url()}/slack/events`, {
      method: "POST",
      headers: { ...headers, ...how.headers },
      body: text,
    });
  };

  /** Sends a request, and returns what is new for the person. */
  const sendAndLook = async (
    person: string,
    body: Body,
    view: SlackView | null = null,
  ): Promise<Seen> => {
    const before = { ephemerals: slack.ephemerals.length, views: viewsOf(slack, person) };
    const response = await post(body);
    const told = await response.text();
    await place.settle();
    const now = newest(slack, person, before) ?? answered(slack, person, { told, view });
    if (now) eyes.set(person, now);
    return seen(response.status, now);
  };

  return {
    bodies,
    post,
    type: (person, line) => sendAndLook(person, bodies.command(person, line)),
    press: (person, label, on) => {
      if (on) {
        const payload = bodies.pressOn(person, buttonIn(on.blocks, label), on);
        return sendAndLook(person, { payload });
      }
      const before = eyes.get(person);
      if (!before) throw new Error(`${person} sees nothing`);
      if ("message" in before) {
        const button = buttonIn(before.message.blocks, label);
        const payload = bodies.pressOn(person, button, before.message);
        return sendAndLook(person, { payload });
      }
      const button = buttonIn(before.view.view["blocks"], label);
      const payload = bodies.pressIn(person, button, before.view.view);
      return sendAndLook(person, { payload }, before.view);
    },
    submit: (person, values = {}) => {
      const before = eyes.get(person);
      if (!before || "message" in before) throw new Error(`${person} has no view open`);
      const { view } = before.view;
      const payload = bodies.submission(person, view, filledIn(view["blocks"], values));
      return sendAndLook(person, { payload }, before.view);
    },
    mention: (person, line, under) =>
      sendAndLook(person, {
        event: bodies.event({
          type: "app_mention",
          user: userOf(person),
          text: `<@U0HOLDPOINT> ${line}`,
          ts: `${slack.trigger("nobody").split(".")[0]}.000100`,
          team: slack.team,
          channel: under?.channel ?? riskChannel,
          ...(under ? { thread_ts: under.thread_ts ?? under.ts } : {}),
        }),
      }),
    write: async (person, line) => {
      const user = userOf(person);
      const channel = `D${user.slice(1)}`;
      const known = slack.messagesIn(channel).length;
      const ts = `${slack.trigger("nobody").split(".")[0]}.000200`;
      const event = { type: "message", channel_type: "im", user, channel, ts, text: line };
      const response = await post({ event: bodies.event({ ...event, team: slack.team }) });
      await place.settle();
      const [said] = slack.messagesIn(channel).slice(known);
      const message = said && { ...said, to: user, thread: "" };
      if (message) eyes.set(person, { message });
      return seen(response.status, message ? { message } : null);
    },
    home: async (person) => {
      const user = userOf(person);
      const event = { type: "app_home_opened", user, tab: "home", channel: `D${user.slice(1)}` };
      const response = await post({ event: bodies.event(event) });
      await place.settle();
      const view = slack.home(user);
      const before = view ? { view: { id: "H1", user, view: { ...view, id: "H1" } } } : null;
      if (before) eyes.set(person, before);
      return seen(response.status, before);
    },
  };
}

const viewsOf = (slack: SlackServer, person: string): ReadonlyMap<string, Json> =>
  new Map(
    slack.views.filter(({ user }) => user === userOf(person)).map(({ id, view }) => [id, view]),
  );

/** A new ephemeral message, else a view that is new or has changed. */
function newest(
  slack: SlackServer,
  person: string,
  before: { readonly ephemerals: number; readonly views: ReadonlyMap<string, Json> },
): Before | null {
  const user = userOf(person);
  const ephemeral = slack.ephemerals.slice(before.ephemerals).findLast(({ to }) => to === user);
  if (ephemeral) return { message: ephemeral };
  const changed = slack.views.findLast(
    ({ id, user: whose, view }) => whose === user && before.views.get(id) !== view,
  );
  return changed ? { view: changed } : null;
}

/**
 * The contents of the response: a command's ephemeral message, or what a submitted view becomes.
 */
function answered(
  slack: SlackServer,
  person: string,
  { told, view }: { readonly told: string; readonly view: SlackView | null },
): Before | null {
  if (told === "" || !told.startsWith("{")) return null;
  const answer = JSON.parse(told) as Json;
  const next = at(answer, "view");
  if (view && typeof next === "object" && next !== null)
    return { view: slack.changeView(view.id, next as Json) };
  if (answer["response_type"] !== "ephemeral") return null;
  return { message: slack.checked(answer, userOf(person), riskChannel) };
}

function seen(status: number, now: Before | null): Seen {
  if (now === null) return { status, text: "", buttons: [], inView: false };
  const blocks = "message" in now ? now.message.blocks : now.view.view["blocks"];
  const read = walkBlocks(blocks);
  const title = "view" in now ? textAt(now.view.view, "title", "text") : now.message.text;
  return {
    status,
    text: [title, ...read.lines].filter((line) => line !== "").join("\n"),
    buttons: [
      ...read.buttons.map(({ label }) => label),
      ...("view" in now ? [textAt(now.view.view, "submit", "text")] : []),
    ].filter((label) => label !== ""),
    inView: "view" in now,
  };
}

function buttonIn(blocks: unknown, label: string): Json {
  const { buttons } = walkBlocks(blocks);
  const found = buttons.find((button) => button.label === label);
  if (found) return found.element;
  throw new Error(`no button “${label}” among ${buttons.map((button) => button.label).join(", ")}`);
}

/** The state of a view's inputs: as it was drawn, with what somebody typed instead. */
const filledIn = (blocks: unknown, typed: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    walkBlocks(blocks).inputs.map(({ id, element }) => {
      const name = id.replace(/^field:\d+:/, "");
      return [id, { [textAt(element, "action_id")]: fieldOf(element, typed[name]) }];
    }),
  );

function fieldOf(element: Json, typed: string | undefined): Json {
  switch (element["type"]) {
    case "static_select": {
      const options = at(element, "options");
      const wanted = Array.isArray(options)
        ? options.find((option) => textAt(option, "value") === `=${typed}`)
        : undefined;
      return {
        type: "static_select",
        selected_option: wanted ?? at(element, "initial_option") ?? null,
      };
    }
    case "datepicker":
      return { type: "datepicker", selected_date: typed ?? at(element, "initial_date") ?? null };
    default:
      return { type: "plain_text_input", value: typed ?? at(element, "initial_value") ?? null };
  }
}
