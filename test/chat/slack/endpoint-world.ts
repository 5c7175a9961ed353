import Fastify from "fastify";
import { onTestFinished } from "vitest";
import {
  type ConversationRow,
  Fault,
  type Invocation,
  type MessageRow,
  type Reply,
  type Views,
} from "../../../src/app/ports.ts";
import { registerSlack } from "../../../src/chat/slack/inbound/endpoint.ts";
import { createApi } from "../../../src/chat/slack/outbound/api.ts";
import { createDirectory } from "../../../src/chat/slack/outbound/directory.ts";
import { slackCard } from "../../../src/chat/slack/render/card.ts";
import { answers } from "../../../src/core/words/answers.ts";
import { signingSecret, slackPeople } from "../../support/slack-people.ts";
import { type SlackServer, startSlackServer } from "../../support/slack-server.ts";
import type { SlackMessageKept } from "../../support/slack-types.ts";
import { now } from "../console/cards.ts";
import { endpointViews } from "../shared/endpoint-views.ts";
import { answer, channel, channelOf, open, publicUrl, team } from "./samples.ts";

/** What a test may set. */
export interface EndpointSetting {
  readonly sharedChannels?: boolean;
  /** How Slack is from the beginning. */
  readonly slack?: (slack: SlackServer) => void;
  /** What goes wrong at Slack from the beginning. */
  readonly fault?: SlackServer["fault"];
  readonly inbound?: (invocation: Invocation) => Promise<Reply>;
  /** Whether the database does not answer. */
  readonly away?: boolean;
  /** What is read otherwise than in the example. */
  readonly views?: Partial<Views>;
  /** Messages of ours, by place. */
  readonly messages?: Readonly<Record<string, Partial<MessageRow>>>;
}

export const risk = "C0RISK0001";
export const bobsAccount = "U0BOB00001";

/** The card of the example as it stands in the channel. */
export function cardIn({ slack }: Pick<TestEndpoint, "slack">): SlackMessageKept {
  const { text, blocks } = slackCard(open, { people: team, channel, first: false });
  return slack.foreign({ channel: risk, text, blocks: JSON.parse(JSON.stringify(blocks)) });
}

/**
 * The real door, over HTTP, before a Slack at the network line. Behind it stands what was handed
 * in: who, what, under which key. Like the real inbound side it does nothing twice for one key.
 */
export async function openEndpoint(setting: EndpointSetting = {}) {
  const slack = await startSlackServer();
  setting.slack?.(slack);
  if (setting.fault) slack.fault = setting.fault;
  const state = { now };
  const clock = { now: () => state.now };
  const said: Invocation[] = [];
  const done = new Map<string, Reply>();
  const faults: string[] = [];
  const seen = new Set<string>();
  const conversations = new Map<string, ConversationRow>();
  const run = setting.inbound ?? (async ({ line }) => answer({ text: `Done: ${line}` }));
  const api = createApi({ token: "xoxb-for-tests", apiUrl: slack.apiUrl, timeout: 2_000 });
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 * 1024 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, next) => next(null, body));
  registerSlack(app, {
    signingSecret,
    api,
    clock,
    publicUrl,
    channelOf,
    directory: createDirectory({ api, clock }),
    sharedChannels: setting.sharedChannels ?? false,
    people: () => team,
    channels: () => new Map([["model-risk", { id: "model-risk", slack: risk, teams: null }]]),
    report: (fault, what) => {
      faults.push(`${what}: ${fault instanceof Error ? fault.message : String(fault)}`);
      return "ref_1";
    },
    store: {
      saveConversation: async (_chat, row) => void conversations.set(row.id, row),
      conversation: async (_chat, id) => conversations.get(id),
      firstSight: async (key) => {
        if (setting.away) throw new Fault("no answer", "later");
        const first = !seen.has(key);
        seen.add(key);
        return first;
      },
      messageAt: async (_chat, place) => {
        const row = setting.messages?.[place];
        const none = { chat: "slack", key: "", channel: "", escalation: "" as const, to: [] };
        return row && { ...none, place, body: null, at: now, ...row };
      },
    },
    inbound: {
      unasked: () => answer({ ok: false, text: answers.notRecorded }),
      run: async (invocation) => {
        said.push(invocation);
        const before = done.get(invocation.key);
        if (before) return before;
        const given = await run(invocation);
        done.set(invocation.key, given);
        return given;
      },
    },
    views: { ...endpointViews(() => team), ...setting.views },
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const people = slackPeople(slack, { url: () => url, now: clock.now, settle: async () => {} });

  return {
    ...people,
    slack,
    state,
    said,
    faults,
    url,
    /** Deeds, each counted once. */
    deeds: () => [...done.keys()].filter((key) => !key.endsWith(":state")).length,
    /** The signature of a request that was let in is kept under this. */
    seen,
  };
}

/** See openEndpoint. */
export type TestEndpoint = Awaited<ReturnType<typeof openEndpoint>>;
