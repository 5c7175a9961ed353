import Fastify from "fastify";
import { onTestFinished } from "vitest";
import {
  type ConversationRow,
  Fault,
  type Invocation,
  type MessageRow,
} from "../../../src/app/ports.ts";
import { type Bot, createBot } from "../../../src/chat/teams/bot.ts";
import { type EndpointParts, registerTeams } from "../../../src/chat/teams/inbound/endpoint.ts";
import { addressBook } from "../../../src/chat/teams/outbound/destinations.ts";
import { createDirectory } from "../../../src/chat/teams/outbound/directory.ts";
import { answers } from "../../../src/core/words/answers.ts";
import { teamsPeople } from "../../support/teams-people.ts";
import {
  accountFor,
  appId,
  modelRisk,
  startTeamsServer,
  tenant,
} from "../../support/teams-server.ts";
import { now } from "../console/cards.ts";
import { endpointViews } from "../shared/endpoint-views.ts";
import { answer, channelOf, publicUrl, team } from "../slack/samples.ts";

interface Behind {
  readonly bot: Bot;
  /** What reached the shell. */
  readonly done: Invocation[];
  /** What was logged. */
  readonly logged: string[];
  readonly anonymous: boolean;
  /** Whether the database does not answer. */
  readonly away?: boolean;
}

/**
 * What the real door stands on in its tests: a store in memory, and behind it whatever was asked
 * for.
 */
export function endpointParts({ bot, done, logged, anonymous, away }: Behind): EndpointParts {
  const conversations = new Map<string, ConversationRow>();
  const messages = new Map<string, MessageRow>();
  const seen = new Set<string>();
  const store = {
    saveConversation: async (_chat: string, row: ConversationRow) =>
      void conversations.set(row.id, row),
    conversation: async (_chat: string, id: string) => conversations.get(id),
    newestConversation: async () => [...conversations.values()].at(-1),
    messageOf: async (_chat: string, key: string) => messages.get(key),
    messageAt: async () => undefined,
    saveMessage: async (row: MessageRow) => void messages.set(row.key, row),
    ping: async () => {
      if (away) throw new Fault("no answer", "later");
    },
    firstSight: async (key: string) => {
      const first = !seen.has(key);
      seen.add(key);
      return first;
    },
  };
  const clock = { now: () => now };
  const named = new Map(
    [...team].map(([id, person]) => [id, { ...person, teams: accountFor(person.key).aad }]),
  );
  return {
    bot,
    store,
    clock,
    anonymous,
    channelOf,
    publicUrl,
    tenants: anonymous ? [] : [tenant],
    directory: createDirectory({ bot, clock, addressOf: addressBook(store) }),
    random: { id: (prefix) => `${prefix}1` },
    people: () => named,
    channels: () => new Map([["model-risk", { id: "model-risk", slack: null, teams: modelRisk }]]),
    report: (fault, what) => {
      logged.push(`${what}: ${fault instanceof Error ? fault.message : String(fault)}`);
      return "ref_1";
    },
    inbound: {
      unasked: () => answer({ ok: false, text: answers.notRecorded }),
      run: async (invocation) => {
        done.push(invocation);
        return answer({ text: `Done: ${invocation.line}` });
      },
    },
    views: endpointViews(() => named),
  };
}

/**
 * The real door over HTTP, before a Teams at the network line; `heard` is what reached the shell,
 * `logged` what an operator reads.
 */
export async function openTeamsEndpoint(setting: { readonly away?: boolean } = {}) {
  const teams = await startTeamsServer();
  const heard: Invocation[] = [];
  const logged: string[] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, next) => next(null, body));
  const bot = createBot({
    appId,
    password: "secret",
    tenantId: tenant,
    type: "SingleTenant",
    anonymous: false,
    cloud: teams.cloud,
    timeout: 2_000,
  });
  registerTeams(app, endpointParts({ bot, done: heard, logged, anonymous: false, ...setting }));
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const people = teamsPeople(teams, { url: () => url, settle: async () => undefined });
  return { ...people, teams, heard, logged };
}
