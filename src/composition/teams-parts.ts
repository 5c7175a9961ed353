import type { FastifyInstance } from "fastify";
import type { AnswerTimes } from "../app/commands/command-parts.ts";
import type { PolicyCache } from "../app/policy-cache.ts";
import { type Clock, Fault, type Pace, type Random, type Store } from "../app/ports.ts";
import { inTimeOrNull } from "../chat/shared/timeout.ts";
import { publicCloud, type TeamsCloud } from "../chat/teams/bot/bot-parts.ts";
import { createBot } from "../chat/teams/bot.ts";
import { createTeamsChat, productionPace } from "../chat/teams/chat.ts";
import { examine } from "../chat/teams/doctor/doctor.ts";
import { registerTeams } from "../chat/teams/inbound/endpoint.ts";
import { addressBook } from "../chat/teams/outbound/destinations.ts";
import { createDirectory } from "../chat/teams/outbound/directory.ts";
import { refusalOf } from "../chat/teams/outbound/faults.ts";
import type { Config } from "../config.ts";
import type { Millis } from "../core/ids.ts";
import type { ChatParts, Shell } from "./chat-parts.ts";
import { timely } from "./time-limits.ts";

/** Teams' timeout, rate limits and cloud; tests use others. */
export interface TeamsTimes {
  readonly pace: Pace;
  readonly timeout: Millis;
  readonly cloud: TeamsCloud;
}

const production: TeamsTimes = { pace: productionPace, timeout: 10_000, cloud: publicCloud };

export interface TeamsDependencies {
  readonly config: NonNullable<Config["teams"]>;
  readonly publicUrl: string;
  readonly times: TeamsTimes | null;
  readonly answerTimes: AnswerTimes;
  readonly store: Store;
  readonly rules: PolicyCache;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: (fault: unknown, what: string) => string;
  /** Tells the operator. */
  readonly tell: (sentence: string) => void;
}

/** Teams for the server: outgoing messages, incoming requests, and its health. */
export function createTeamsParts(dependencies: TeamsDependencies): ChatParts {
  const { config, publicUrl, store, rules, clock, random, report, tell, answerTimes } =
    dependencies;
  const { pace, timeout, cloud } = dependencies.times ?? production;
  const { appId, tenantId, type, tenants, anonymous } = config;
  const password = config.password?.reveal() ?? "";
  const bot = createBot({ appId, password, tenantId, type, anonymous, cloud, timeout });
  const addressOf = addressBook(timely(store, answerTimes.call));
  const directory = createDirectory({ bot, clock, addressOf });
  const people = () => rules.people();
  const channels = () => rules.current()?.channels ?? new Map();
  const channelOf = (deployment: string): string => {
    const policy = rules.current();
    return policy?.deployments.get(deployment)?.channel ?? policy?.unmatchedChannel ?? "";
  };
  const known = { bot, directory, store, clock, random, people, channels, channelOf };
  let problem: string | null = null;
  let wrong = 0;
  return {
    chat: createTeamsChat({ ...known, publicUrl, pace, tell }),
    register: (app: FastifyInstance, { inbound, views }: Shell) =>
      registerTeams(app, {
        ...known,
        tenants,
        inbound,
        publicUrl,
        report,
        anonymous,
        store: timely(store, answerTimes.call),
        views: timely(views, answerTimes.call),
      }),
    examine: async () => {
      const policy = rules.current();
      if (!policy) return [];
      const findings = await examine({ bot, directory, addressOf, people: people(), policy });
      wrong = findings.filter(({ is }) => is === "wrong").length;
      return findings;
    },
    check: async () => {
      const last = await store.newestConversation("teams");
      if (!last) return;
      try {
        await bot.look(await addressOf(last.id), last.id);
        problem = null;
      } catch (fault) {
        const refused = refusalOf(fault)?.status === 401;
        problem = refused ? "Teams does not accept the bot's token" : null;
      }
    },
    problem: () => problem,
    note: () => (wrong === 0 ? null : `the doctor finds ${wrong} wrong: ask holdpoint doctor`),
    admits: async ({ id }) => {
      const channel = [...channels().values()].find(({ teams }) => teams !== null)?.teams;
      const account = channel ? await inTimeOrNull(directory.account(id, channel)) : null;
      return account?.is === "guest" ? "guest" : null;
    },
    accounts: async () => {
      const channel = [...channels().values()].find(({ teams }) => teams !== null)?.teams;
      const named = rules.current()?.people ?? new Set();
      const asked = [...people().values()].filter(({ id }) => named.has(id));
      try {
        return channel ? await directory.refresh(asked, channel) : [];
      } catch (fault) {
        if (fault instanceof Fault) return [];
        throw fault;
      }
    },
  };
}
