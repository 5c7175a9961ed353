import { expect, test } from "vitest";
import { createJournal } from "../../src/app/journal.ts";
import { deliverWaiting } from "../../src/app/outbox/chat-delivery.ts";
import { createPolicyCache } from "../../src/app/policy-cache.ts";
import {
  type Chat,
  type DailyDigest,
  type Outgoing,
  SendFault,
  type Sending,
} from "../../src/app/ports.ts";
import { createDoubts } from "../../src/app/self-check/doubts.ts";
import { createPacedWorker } from "../../src/app/worker.ts";
import { personId } from "../../src/core/ids.ts";
import type { Person } from "../../src/core/people/person.ts";
import { plain } from "../../src/core/words/words.ts";
import { eachDatabase, freshStore, type Kind } from "../support/databases.ts";
import { seededRandom } from "../support/random.ts";
import { change, line, noon, pace } from "./support.ts";

const chidi: Person = {
  id: personId("p_chidi"),
  key: "chidi",
  name: "Chidi Lindt",
  slack: null,
  teams: null,
  pagerduty: null,
  oidc: null,
};

const slow = pace({ perLane: 1, laneMs: 60_000 });

/** A chat that keeps what it was told, and what answers it gives. */
function listener(
  given: Partial<Chat> = {},
  answer: (key: string) => Promise<void> | void = () => {},
) {
  const heard: string[] = [];
  const doubts = new Map<string, boolean>();
  const hear = (what: string) => async (message: Sending<Outgoing["body"]["kind"]>) => {
    doubts.set(message.key, message.doubtSince !== null);
    await answer(message.key);
    heard.push(`${what} ${message.key}`);
  };
  const chat: Chat = {
    name: "console",
    pace: pace(),
    direct: true,
    reaches: () => true,
    serves: () => true,
    showCard: hear("card"),
    say: hear("line"),
    directMessage: hear("direct"),
    amend: hear("directs"),
    onUnreached: () => {},
    digest: hear("digest"),
    ...given,
  };
  return { chat, heard, doubts };
}

async function open(kind: Kind, outbox: readonly Outgoing[], digest: DailyDigest | null = null) {
  const fresh = await freshStore(kind);
  const { store } = fresh;
  await store.commit(change({ outbox, people: [chidi] }));
  const rules = createPolicyCache(store);
  const clock = { now: () => noon };
  const random = seededRandom(1);
  const readFirst = () => ({ before: async () => [] });
  const ground = {
    store,
    clock,
    random,
    rules,
    doubts: createDoubts(),
    scopeByLog: () => null,
    readFirst,
  };
  const journal = createJournal({ ...ground, origin: "o", chats: [] });
  const asked: string[] = [];
  const logged: unknown[] = [];
  const parts = {
    store,
    journal,
    rules,
    dailyDigest: async (person: string, date: string) => {
      asked.push(`${person} ${date}`);
      return digest;
    },
    log: (fault: unknown) => void logged.push(fault),
  };
  return { ...fresh, asked, logged, deliver: (chat: Chat) => deliverWaiting(parts, chat) };
}

const toChidi = (key: string, body: Outgoing["body"]): Outgoing =>
  line(key, "", { lane: "person:p_chidi", body });

const ephemeral = toChidi("direct:1", {
  kind: "direct",
  person: chidi.id,
  channel: "model-risk",
  escalation: "",
  line: ["You decide."],
  version: null,
  buttons: [],
});

const digested = toChidi("digest:1", { kind: "digest", person: chidi.id, date: "2026-11-23" });

const columns =
  "select key, state, doubt_since is not null, last_error from holdpoint.outbox order by key";

eachDatabase((kind) => {
  test("each kind of message goes its own way, and a digest is drawn when it is sent", async () => {
    const digest: DailyDigest = { title: ["Three to look at again"], items: [] };
    const world = await open(kind, [line("line:1", "x"), ephemeral, digested], digest);
    let title = "";
    const { chat, heard } = listener({
      digest: async (_, { title: said }, person) => {
        title = `${person.name}: ${plain(said)}`;
      },
    });

    const next = await world.deliver(chat);

    expect(heard.toSorted()).toEqual(["direct direct:1", "line line:1"]);
    expect(title).toBe("Chidi Lindt: Three to look at again");
    expect(world.asked).toEqual(["p_chidi 2026-11-23"]);
    expect([next, await world.store.backlog()]).toMatchObject([null, { outbox: 0, dead: 0 }]);
  });

  test("a digest with nothing to say any more is done without a word, as is a word in private where a chat has none", async () => {
    const silent = await open(kind, [digested]);
    const board = await open(kind, [ephemeral, digested]);
    const [item, other] = [listener(), listener({ direct: false })];

    await silent.deliver(item.chat);
    await board.deliver(other.chat);

    expect([...item.heard, ...other.heard]).toEqual([]);
    expect(board.asked).toEqual([]);
    for (const { store } of [silent, board])
      expect(await store.backlog()).toMatchObject({ outbox: 0, dead: 0 });
  });

  test("lanes are spoken to side by side, eight at a time, and each in order", async () => {
    const lanes = Array.from({ length: 12 }, (_, n) => `lane-${n}`);
    const world = await open(
      kind,
      [0, 1, 2].flatMap((n) => lanes.map((lane) => line(`${lane}:${n}`, "x", { lane }))),
    );
    let speaking = 0;
    let most = 0;
    let full: () => void = () => {};
    const eight = new Promise<void>((resolve) => {
      full = resolve;
    });
    const { chat, heard } = listener({}, async () => {
      speaking += 1;
      most = Math.max(most, speaking);
      if (speaking === 8) full();
      await eight;
      await new Promise(setImmediate);
      speaking -= 1;
    });

    await world.deliver(chat);

    expect(most).toBe(8);
    expect(heard).toHaveLength(36);
    expect(heard.filter((name) => name.includes("lane-3:"))).toEqual([
      "line lane-3:0",
      "line lane-3:1",
      "line lane-3:2",
    ]);
  });

  test("what may not be said yet is told as a time to come back", async () => {
    const world = await open(kind, [line("a", "x"), line("b", "x")]);
    const { chat, heard } = listener({ pace: slow });

    const next = await world.deliver(chat);

    expect(heard).toEqual(["line a"]);
    expect(next).toBeGreaterThan(30_000);
    expect(next).toBeLessThanOrEqual(60_000);
  });

  test.each([
    [
      "certainly not arrived",
      new SendFault("no", { retry: "later", arrived: "no" }),
      "pending",
      false,
      0,
    ],
    [
      "perhaps arrived",
      new SendFault("no", { retry: "later", arrived: "perhaps" }),
      "pending",
      true,
      10_000,
    ],
    ["broken otherwise", new Error("no"), "pending", true, 0],
    ["never again", new SendFault("no", { retry: "never", arrived: "no" }), "dead", false, null],
    [
      "told when to come back",
      new SendFault("no", { retry: "later", arrived: "no", retryIn: 3_600_000 }),
      "pending",
      false,
      3_000_000,
    ],
    [
      "told to leave the channel alone",
      new SendFault("no", { retry: "later", arrived: "no", holdLane: 3_600_000 }),
      "pending",
      false,
      500_000, // no chat is left alone for longer than ten minutes
    ],
  ] as const)(
    "a send that failed (%s) is kept with what is known of it",
    async (_, fault, state, doubt, wait) => {
      const world = await open(kind, [line("k", "x")]);
      const { chat } = listener({}, () => Promise.reject(fault));

      const next = await world.deliver(chat);

      expect(await world.query(columns)).toEqual([["k", state, doubt, "no"]]);
      expect(world.logged).toEqual([fault]);
      if (wait === null) expect(next).toBeNull();
      else expect(next).toBeGreaterThan(wait);
    },
  );

  test("a failure in one channel keeps nothing from another, and the next claimer is told of the doubt", async () => {
    const world = await open(kind, [line("a", "x", { lane: "a" }), line("b", "x", { lane: "b" })]);
    let isDown = true;
    const { chat, heard, doubts } = listener({}, (key) => {
      if (isDown && key === "a") throw new SendFault("?", { retry: "later", arrived: "perhaps" });
    });

    await world.deliver(chat);
    const before = [...heard];
    isDown = false;
    await world.query("update holdpoint.outbox set retry_at = now()");
    await world.deliver(chat);

    expect(before).toEqual(["line b"]);
    expect(heard).toEqual(["line b", "line a"]);
    expect(doubts.get("a")).toBe(true);
  });

  test("a paced worker comes back by itself, and is idle when nothing is near", async () => {
    const world = await open(
      kind,
      ["a", "b", "c"].map((key) => line(key, "x")),
    );
    const { chat, heard } = listener({ pace: pace({ perLane: 1, laneMs: 20 }) });
    const worker = createPacedWorker(
      () => world.deliver(chat),
      (fault) => void world.logged.push(fault),
    );

    worker.wake();
    await worker.idle();
    await worker.stop();

    expect(heard).toEqual(["line a", "line b", "line c"]);
    expect(world.logged).toEqual([]);
  });
});
