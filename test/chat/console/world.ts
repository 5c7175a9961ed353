import Fastify, { type FastifyInstance } from "fastify";
import {
  type DecisionFilter,
  Fault,
  type HistoryView,
  type Invocation,
  type LogView,
  type PostureView,
  type Reply,
  type Views,
} from "../../../src/app/ports.ts";
import { registerConsole } from "../../../src/console/index.ts";
import type { ConsoleDeps, SignIn } from "../../../src/console/ports.ts";
import type { AskedOf } from "../../../src/core/card/board-order.ts";
import type { Card } from "../../../src/core/card/card.ts";
import type { EscalationId } from "../../../src/core/ids.ts";
import type { Person } from "../../../src/core/people/person.ts";
import { answers } from "../../../src/core/words/answers.ts";
import { demoKeyOf } from "../../../src/demo-key.ts";
import { demoKey, logKey } from "../../support/keys.ts";
import { pageViews, quietLog } from "../../support/page-views.ts";
import { bob, chidi, notices, now, people, postures } from "./cards.ts";

/** What a test may set; the rest is as realistic as the example policy. */
export interface Setting {
  readonly demoMode?: boolean;
  readonly demoCloses?: string;
  readonly demoLacksKey?: string;
  readonly publicUrl?: string;
  readonly signIn?: SignIn;
  readonly cards?: readonly Card[];
  /** What waits for whoever looks. */
  readonly mine?: ReadonlyMap<EscalationId, AskedOf>;
  readonly pages?: number;
  /** What the buttons are called that every card has for others only. */
  readonly withheld?: readonly string[];
  readonly postures?: readonly PostureView[];
  readonly people?: readonly Person[];
  readonly inbound?: (invocation: Invocation) => Promise<Reply>;
}

export function told(text: string, more: Partial<Reply> = {}): Reply {
  return {
    ok: true,
    text,
    choices: [],
    lines: [],
    next: null,
    file: null,
    form: null,
    ...more,
  };
}

const commands = [
  {
    name: "ack",
    usage: "ack [HP-…]",
    summary: "acknowledge; the decision stays with whoever decides",
  },
  {
    name: "narrow",
    usage: "narrow <what> [to <scope>] [for <duration>] [because …]",
    summary: "restrict now",
  },
  { name: "pause", usage: "pause <what> [for <duration>] [because …]", summary: "stop at once" },
  {
    name: "resume",
    usage: "resume <what> [to <scope>] because …",
    summary: "two people widen again",
  },
  { name: "keep", usage: "keep <what> because …", summary: "leave it as it is" },
  { name: "undo", usage: "undo <HP-…>", summary: "take back one's own mistaken restriction" },
  { name: "status", usage: "status [deployment]", summary: "what is in force" },
  { name: "who", usage: "who <deployment>", summary: "who may do what this minute" },
  { name: "help", usage: "help [command]", summary: "this list, or one command" },
];

const signedLog: LogView = {
  ...quietLog,
  name: logKey.origin,
  size: 4213,
  note: "localhost/holdpoint\n4213\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— localhost/holdpoint Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
  at: now - 120_000,
  keys: [{ vkey: logKey.vkey, since: null, replaced: null, distrusted: null }],
};

/**
 * A console with everything behind its ports made up. Like the real inbound side, it does nothing
 * twice for one key.
 */
export async function makeWorld(setting: Setting = {}) {
  const app: FastifyInstance = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const said: Invocation[] = [];
  const done = new Map<string, Reply>();
  const listeners = new Set<() => void>();
  const faults: unknown[] = [];
  const asked: DecisionFilter[] = [];
  const state = {
    now,
    lastSignal: null as number | null,
    log: signedLog,
    cards: setting.cards ?? [],
    mine: setting.mine ?? new Map<EscalationId, AskedOf>(),
    pages: setting.pages ?? 1,
    withheld: setting.withheld ?? [],
    postures: setting.postures ?? postures,
    history: [] as readonly HistoryView[],
    sessions: new Map([["s_bob", bob.id]]),
    links: new Map([["l_chidi", { token: "s_chidi", person: chidi.id }]]),
    demoCloses: setting.demoCloses ?? null,
    demoLacksKey: setting.demoLacksKey ?? null,
    unfit: [] as readonly string[],
    /** Nobody can be looked up. */
    isAway: false,
    random: 0,
  };
  const answer = setting.inbound ?? (async ({ line }) => told(`Done: ${line}`));

  const views: Views = {
    ...pageViews,
    log: async () => state.log,
    board: async (_person, page) => ({
      open: state.cards.filter(({ status }) => status === "open").length,
      mine: state.cards.filter(({ escalation }) => state.mine.has(escalation)).length,
      settled: state.cards.filter(({ status }) => status !== "open").length,
      lastSignal: state.lastSignal,
      page,
      pages: state.pages,
      rows: state.cards.map((card) => ({
        card,
        withheld: state.withheld,
        mine: state.mine.get(card.escalation) ?? null,
        deadline: card.status === "open" ? { to: "decide", at: state.now + 19 * 60_000 } : null,
        timezone: "Europe/London",
      })),
    }),
    card: async (id) => state.cards.find((card) => card.escalation === id),
    cardFor: async (id) => {
      const card = state.cards.find(({ escalation }) => escalation === id);
      return card && { card, withheld: state.withheld };
    },
    postures: async () => state.postures,
    answered: async () => undefined,
    record: async () => undefined,
    history: async (filter) => {
      asked.push(filter);
      if (state.unfit.length > 0) return { unfit: state.unfit };
      return state.history
        .filter(({ index }) => index < (filter.below ?? Number.POSITIVE_INFINITY))
        .slice(0, filter.limit);
    },
    notices: async () => notices,
    people: async () => {
      if (state.isAway) throw new Fault("database away", "later");
      return setting.people ?? people;
    },
    forPerson: async () => ({
      mayDecide: [],
      others: [],
      due: [],
      postures: state.postures,
      undrawn: { mayDecide: 0, others: 0 },
    }),
    head: async () => ({
      size: 4213,
      note: null,
      at: state.now - 120_000,
    }),
  };
  const deps: ConsoleDeps = {
    viewsFor: async () => views,
    people: views.people,
    inbound: {
      unasked: () => told(answers.notRecorded, { ok: false }),
      run: async (invocation) => {
        said.push(invocation);
        const before = done.get(invocation.key);
        if (before) return before;
        const given = await answer(invocation);
        done.set(invocation.key, given);
        return given;
      },
    },
    noteExport: async () => undefined,
    clock: { now: () => state.now },
    random: {
      id: (prefix) => {
        state.random += 1;
        return `${prefix}${String(state.random).padStart(20, "a")}`;
      },
    },
    signIn: setting.signIn ?? null,
    sessions: {
      holder: async (token) => {
        const person = state.sessions.get(token);
        return person && { person, link: "e_link" };
      },
      end: async (token) => void state.sessions.delete(token),
      redeem: async (link) => {
        const found = state.links.get(link);
        if (!found) return undefined;
        state.links.delete(link);
        state.sessions.set(found.token, found.person);
        return { token: found.token, expires: state.now + 3_600_000 };
      },
    },
    demo:
      (setting.demoMode ?? true)
        ? {
            ...demoKeyOf(demoKey),
            admits: () => {
              if (state.demoCloses !== null) return { is: "elsewhere", because: state.demoCloses };
              return state.demoLacksKey === null
                ? { is: "open" }
                : { is: "no-key", because: state.demoLacksKey };
            },
          }
        : null,
    readerOf: (authorization) => (authorization === "Bearer auditor" ? "auditor" : null),
    publicUrl: setting.publicUrl ?? "http://localhost:3000",
    secret: new Uint8Array(32).fill(7),
    commandList: commands,
    inDoubt: () => null,
    changes: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    failed: (error) => {
      faults.push(error);
      return "ref_1";
    },
  };
  registerConsole(app, deps);
  await app.ready();

  return {
    app,
    state,
    said,
    asked,
    faults,
    /** Deeds, each counted once. */
    deeds: () => done.size,
    listeners,
    changed: () => {
      for (const listener of listeners) listener();
    },
    /** Its address once it listens on a free port. */
    listen: () => app.listen({ host: "127.0.0.1", port: 0 }),
    close: () => app.close(),
  };
}

/** See makeWorld. */
export type World = Awaited<ReturnType<typeof makeWorld>>;
