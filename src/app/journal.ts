import type { EntryId } from "../core/ids.ts";
import { commit as commitTo } from "../core/log/commitment.ts";
import type { Surface } from "../core/log/entry-fields.ts";
import type { DeploymentState, OrgState } from "../core/state/state.ts";
import { storable } from "../core/text.ts";
import type { WaitingCheck } from "./intake/waiting-deliveries.ts";
import { redrawOthers } from "./outbox/group-cards.ts";
import type { ToldChat } from "./outbox/outbox-rows.ts";
import type { PolicyCache } from "./policy-cache.ts";
import {
  type Clock,
  Fault,
  type Random,
  type Snapshot,
  type Store,
  type StreamName,
  type Text,
} from "./ports.ts";
import type { Doubts } from "./self-check/doubts.ts";
import { refuseInDoubt } from "./self-check/refuse-in-doubt.ts";
import type { SelfCheck } from "./self-check/self-check.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import type { Surroundings } from "./unit-of-work-parts.ts";

/** Load, ask the core, commit once: the only way anything changes. */
export interface Journal {
  /**
   * Reads org, numbers and the named deployments, lets `work` add to the unit of work, and commits
   * it in one statement. When somebody else was faster, everything is computed again from what is
   * true now, at most five times, twenty for a write without a key. For a repeated key the first
   * result is returned and `work`'s is dropped. What would widen waits until every delivery
   * accepted before it is read; rejects with `StillReading` where that takes too long. While the
   * record is in doubt, what would widen rejects with `RecordInDoubt`.
   */
  write<T>(asked: PendingCommit, work: (work: UnitOfWork) => Promise<T> | T): Promise<Written<T>>;
  /** The same reading without a commit. */
  look(deployments: readonly string[]): Promise<UnitOfWork>;
  /** Whether any chat speaks to people one by one: where none does, nobody is sent a digest. */
  readonly speaksToPeople: boolean;
  /** Called after every commit that changed something: wakes delivery and live pages. */
  onCommit(listener: () => void): () => void;
}

/** What a write is about. `key` makes a repeat harmless; null for the system's own steps. */
interface PendingCommit {
  readonly key: string | null;
  readonly surface: Surface;
  readonly deployments: readonly string[];
  /**
   * Asked right before the commit is sent; false = whoever waited was told meanwhile that nothing
   * is stored, and nothing is.
   */
  readonly mayCommit?: () => boolean;
  /** How often it is computed anew at most, where that is not what is usual. */
  readonly attempts?: number | undefined;
  /** The login link by which whoever asks was signed in, or that their account rests on. */
  readonly link?: EntryId | null;
  /**
   * The account of somebody the policy does not name, as the erasable table keeps it:
   * `slack:U024BE7LH`.
   */
  readonly stranger?: string | null;
}

interface Written<T> {
  readonly result: T;
  readonly repeat: boolean;
  /** Log index of the first entry, or null. */
  readonly index: number | null;
}

interface Conflict {
  readonly conflict: string;
  readonly widens: boolean;
}

export interface JournalParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly rules: PolicyCache;
  readonly origin: string;
  readonly chats: readonly ToldChat[];
  readonly doubts: Doubts;
  /** What the log says of a deployment's posture; null = nothing, or it is not read yet. */
  readonly scopeByLog: SelfCheck["scopeByLog"];
  /** Begins a look at what was accepted and is not evaluated. */
  readonly readFirst: () => WaitingCheck;
}

/**
 * Somebody waits for the answer to what has a key; what the system does by itself goes on for
 * longer, since nobody repeats it.
 */
const attemptsFor = (key: string | null): number => (key === null ? 20 : 5);

const streamOf = (deployment: string): StreamName => `deployment:${deployment}`;

export function createJournal(parts: JournalParts): Journal {
  const { store, chats, readFirst } = parts;
  const listeners = new Set<() => void>();

  const wakeListeners = (): void => {
    for (const listener of listeners) listener();
  };

  /**
   * One attempt; a conflict when somebody else was faster, or something was heard that must count
   * first.
   */
  const attempt = async <T>(
    { key, mayCommit = () => true, ...asked }: PendingCommit,
    work: (work: UnitOfWork) => Promise<T> | T,
    reading: WaitingCheck,
  ): Promise<Written<T> | Conflict> => {
    const unit = await unitOfWorkFor(parts, asked);
    const result = await work(unit);
    await redrawOthers(store, unit);
    if (unit.isEmpty && key === null) return { result, repeat: false, index: null };
    refuseInDoubt(parts, unit);
    const widens = unit.wider.length > 0;
    const heard = widens ? await reading.before(unit.wider) : null;
    if (widens && heard === null) return { conflict: "something was heard first", widens };
    const change = unit.change(key, result, heard);
    if (!mayCommit()) throw new Fault("given up before it was stored", "later");
    const committed = await store.commit(change);
    switch (committed.is) {
      case "done":
        wakeListeners();
        return { result, repeat: false, index: committed.index };
      case "repeat":
        // What was stored for this key was made by this same code for the same question.
        return { result: committed.result as T, repeat: true, index: null };
      case "conflict":
        return { conflict: committed.because, widens };
    }
  };

  const write: Journal["write"] = async (asked, work) => {
    const reading = readFirst();
    const { attempts = attemptsFor(asked.key) } = asked;
    let because = "";
    let tries = 0;
    while (tries < attempts) {
      const written = await attempt(asked, work, reading);
      if (!("conflict" in written)) return written;
      because = written.conflict;
      if (!written.widens) tries += 1; // a widening has a time of its own, the reading's
    }
    throw new Fault(`others were faster ${attempts} times (${because})`, "later");
  };

  return {
    write,
    speaksToPeople: chats.some(({ direct }) => direct),
    look: (deployments) => unitOfWorkFor(parts, { deployments, surface: "http" }),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What is true now, as a unit of work. */
async function unitOfWorkFor(
  parts: JournalParts,
  { deployments, surface, link = null, stranger = null }: Omit<PendingCommit, "key">,
): Promise<UnitOfWork> {
  const { store, clock, random, rules, origin, chats, doubts } = parts;
  const snapshot = await store.read(["org", "numbers", ...new Set(deployments.map(streamOf))]);
  await rules.load(digestsIn(snapshot));
  const { state, version } = snapshot.streams.get("org") ?? { state: null, version: 0 };
  await rules.follow((state as OrgState | null)?.policy ?? "", version);
  const live = deploymentsIn(snapshot).flatMap((state) =>
    state.escalations.map((escalation) => escalation.id),
  );
  const evidence = live.length > 0 ? await store.evidenceOf(live) : new Map();
  return new UnitOfWork(snapshot, surface, {
    now: clock.now(),
    origin,
    random,
    rules,
    ...reachBy(rules, chats),
    link,
    evidence,
    inDoubt: doubts.first() !== null,
    chats,
    stranger: await strangerFor(parts, stranger),
  });
}

/** Whom no chat reaches, and whom one asks by themselves. */
const reachBy = (
  rules: PolicyCache,
  chats: readonly ToldChat[],
): Pick<Surroundings, "unreachable" | "asksPerson"> => ({
  unreachable: (id) => {
    const person = rules.person(id);
    return !person || !chats.some((chat) => chat.reaches(person));
  },
  asksPerson: (id, but = []) => {
    const known = rules.person(id);
    if (!known) return false;
    const person = { ...known, ...Object.fromEntries(but.map((chat) => [chat, null])) };
    return chats.some((chat) => chat.direct && chat.reaches(person));
  },
});

/**
 * What stands for an account in the log: the same each time, so that two strangers are not one and
 * one is not two.
 */
async function strangerFor(
  { store, random }: Pick<JournalParts, "store" | "random">,
  account: string | null,
): Promise<Text | null> {
  if (account === null) return null;
  const text = storable(account);
  const known = (await store.textsLike([text])).get(text);
  if (known) return known;
  const salt = random.salt();
  return { commitment: commitTo(salt, text), salt, text };
}

const deploymentsIn = (snapshot: Snapshot): readonly DeploymentState[] =>
  [...snapshot.streams].flatMap(([name, { state }]) =>
    name.startsWith("deployment:") && state !== null ? [state as DeploymentState] : [],
  );

/** The policy in force first, then those the live escalations opened under. */
function digestsIn(snapshot: Snapshot): readonly string[] {
  const org = snapshot.streams.get("org")?.state as OrgState | null | undefined;
  const pinned = deploymentsIn(snapshot).flatMap((state) =>
    state.escalations.map((escalation) => escalation.policy),
  );
  return [org?.policy ?? "", ...pinned];
}
