import type { AnswerTimes } from "../app/commands/command-parts.ts";
import type { PolicyCache } from "../app/policy-cache.ts";
import type { Clock, Pace, Store } from "../app/ports.ts";
import { createSlackChat, productionPace } from "../chat/slack/chat.ts";
import { examine, examineApp } from "../chat/slack/doctor/doctor.ts";
import { questionsTo } from "../chat/slack/doctor/doctor-client.ts";
import { createAdmission } from "../chat/slack/inbound/admission.ts";
import { openSocket, registerSlack } from "../chat/slack/inbound/endpoint.ts";
import { idNow } from "../chat/slack/inbound/renumbered-accounts.ts";
import { createApi } from "../chat/slack/outbound/api.ts";
import { createDirectory } from "../chat/slack/outbound/directory.ts";
import type { Config } from "../config.ts";
import type { Millis } from "../core/ids.ts";
import type { ChatParts, Shell } from "./chat-parts.ts";
import { timely } from "./time-limits.ts";

/** Slack's timeout and rate limits; tests use shorter ones. */
export interface SlackTimes {
  readonly pace: Pace;
  readonly timeout: Millis;
}

const production: SlackTimes = { pace: productionPace, timeout: 10_000 };

export interface SlackDependencies {
  readonly config: NonNullable<Config["slack"]>;
  readonly publicUrl: string;
  readonly times: SlackTimes | null;
  readonly answerTimes: AnswerTimes;
  readonly store: Store;
  readonly rules: PolicyCache;
  readonly clock: Clock;
  readonly report: (fault: unknown, what: string) => string;
  /** Tells the operator. */
  readonly tell: (sentence: string) => void;
}

/** Slack for the server, and its socket. */
export interface SlackParts extends ChatParts {
  /**
   * Starts Socket Mode where it is configured and answers how to end it; null = Slack uses HTTP.
   */
  connect(shell: Shell): Promise<(() => Promise<void>) | null>;
}

export function createSlackParts(dependencies: SlackDependencies): SlackParts {
  const { config, publicUrl, store, rules, clock, report, tell, answerTimes } = dependencies;
  const { pace, timeout } = dependencies.times ?? production;
  const connection = { token: config.botToken.reveal(), apiUrl: config.apiUrl, timeout };
  const api = createApi(connection);
  const directory = createDirectory({ api, clock });
  const questions = () => questionsTo(connection);
  const people = () => rules.people();
  const channels = () => rules.current()?.channels ?? new Map();
  const channelOf = (deployment: string): string => {
    const policy = rules.current();
    return policy?.deployments.get(deployment)?.channel ?? policy?.unmatchedChannel ?? "";
  };
  const known = { people, channels, channelOf };
  const { sharedChannels } = config;
  const shared = { api, directory, store, clock, ...known, sharedChannels };
  const inboundPartsFor = ({ inbound, views }: Shell) => ({
    ...shared,
    inbound,
    publicUrl,
    report,
    store: timely(store, answerTimes.call),
    views: timely(views, answerTimes.call),
  });
  let problem: string | null = null;
  let wrong = 0;
  return {
    chat: createSlackChat({ ...shared, publicUrl, pace, tell }),
    register: (app, shell) => {
      const signingSecret = config.signingSecret?.reveal();
      if (signingSecret !== undefined)
        registerSlack(app, { ...inboundPartsFor(shell), signingSecret });
    },
    connect: async (shell) => {
      const appToken = config.appToken?.reveal();
      return appToken === undefined
        ? null
        : openSocket({ appToken, apiUrl: config.apiUrl }, inboundPartsFor(shell));
    },
    examine: async () => {
      const policy = rules.current();
      if (!policy) return [];
      const dependencies = { ask: questions(), clock, people: people(), policy, sharedChannels };
      const findings = await examine({ ...dependencies, idNow: (id) => idNow(store, id) });
      wrong = findings.filter(({ is }) => is === "wrong").length;
      return findings;
    },
    check: async () => {
      const { findings, heard } = await examineApp({ ask: questions(), clock });
      if (heard) problem = findings.find(({ is }) => is === "wrong")?.what ?? null;
    },
    problem: () => problem,
    note: () => (wrong === 0 ? null : `the doctor finds ${wrong} wrong: ask holdpoint doctor`),
    admits: createAdmission({ api, directory }),
    accounts: async () => {
      const named = rules.current()?.people ?? new Set();
      return directory.refresh([...people().values()].filter(({ id }) => named.has(id)));
    },
  };
}
