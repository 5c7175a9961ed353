import type { Instant, Millis, ScopeId } from "../../core/ids.ts";
import { digestOf } from "../../core/log/commitment.ts";
import { FoundKeys } from "../../core/log/found-keys.ts";
import { compactRangeOf, root } from "../../core/log/merkle.ts";
import { LogFold } from "../../core/state/log-fold.ts";
import type { DeploymentState, NumbersState, OrgState } from "../../core/state/state.ts";
import { deploymentWrong, escalationsWrong, orgWrong } from "../../core/state/written-states.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Clock, KeptPolicies, Store, StreamName } from "../ports.ts";
import { turn } from "../turn.ts";
import { type Compared, type Doubts, policyWrong, whatToDo } from "./doubts.ts";
import { ExtraKeys } from "./extra-keys.ts";

/**
 * Compares what the database says with what the log says, while the server runs. The log is read
 * once from its first entry on and folded; from then on only what is appended is read, and what it
 * changed is compared before each signature. At each tick the next hundred deployments are
 * compared, each hour everything. Beside that, the log is read again from the beginning, a part at
 * each tick, so that within an hour or so every row of it was seen again. What crashes or stops in
 * between begins anew at the next start.
 */
export interface SelfCheck {
  /**
   * Compares what was appended since, and what it changed. The first time: everything. Rejects
   * where it was given up.
   */
  upToHead(): Promise<void>;
  /** The same, everything each hour, and the next part of the log once more. */
  look(): Promise<void>;
  /** What the log says of a deployment's posture; null = nothing, or it is not read yet. */
  scopeByLog(deployment: string): ScopeId | null;
  /** Gives up what is running. */
  stop(): void;
}

export interface SelfCheckParts {
  readonly store: Pick<
    Store,
    | "logRows"
    | "missingKey"
    | "keysAfter"
    | "written"
    | "writtenEscalations"
    | "policy"
    | "subtree"
    | "inBackground"
  >;
  readonly rules: Pick<PolicyCache, "load" | "policy">;
  readonly kept: KeptPolicies;
  readonly clock: Clock;
  readonly doubts: Doubts;
}

/** Entries in one statement. */
const page = 500;
/** Streams in one statement. */
const streamsAtOnce = 100;
const oneHour: Millis = 3_600_000;
/** A tick that comes sooner than this looks only at what was appended. */
const partEvery: Millis = 10_000;
/** Ticks in which the whole log is read once more: 50 minutes. */
const ticksToReadAll = 200;
/** More keys than entries have on average. */
const keysEach = 15;
/** Commits go on while states are read: then they are read again. */
const looksAtMost = 5;

/** Thrown by what was given up. */
class Stopped extends Error {}

export function createSelfCheck(parts: SelfCheckParts): SelfCheck {
  const check = new Comparison(parts);
  let last: Promise<void> = Promise.resolve();
  const afterLast = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(() => parts.store.inBackground(work));
    last = done.catch(() => undefined);
    return done;
  };
  return {
    upToHead: () => afterLast(() => check.upToHead()),
    look: () => afterLast(() => check.look()).catch(unlessStopped),
    scopeByLog: (deployment) => check.scopeByLog(deployment),
    stop: () => check.stop(),
  };
}

function unlessStopped(fault: unknown): void {
  if (!(fault instanceof Stopped)) throw fault;
}

class Comparison {
  readonly #parts: SelfCheckParts;
  #log = new LogFold();
  /** What is wrong with a row, found while reading the log to its end. */
  #rowWrong: string | null = null;
  /** The log once more, from the beginning, and by what its entries have to be found. */
  #againKeys = new FoundKeys();
  #again = new LogFold(this.#againKeys);
  #againWrong: string | null = null;
  /** Keys that there must not be, by the keys of the log when it was last read again. */
  #extra: ExtraKeys | null = null;
  #extraWrong: string | null = null;
  /** What deployments are, and the list of escalations. */
  #statesWrong: string | null = null;
  #listWrong: string | null = null;
  /** Deployments of which something was wrong when they were last compared. */
  #wrongBefore: readonly string[] = [];
  #policiesSeen = 0;
  #turn = 0;
  #allAt: Instant | null = null;
  /** When a part was looked at last. */
  #partAt: Instant | null = null;
  #isStopped = false;

  constructor(parts: SelfCheckParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#isStopped = true;
  }

  scopeByLog(deployment: string): ScopeId | null {
    return this.#log.deployments.get(deployment)?.posture?.scope ?? null;
  }

  async upToHead(): Promise<void> {
    if (this.#allAt === null) await this.#everything();
    else await this.#states(this.#log.takeTouched());
    if (this.#log.policies.size > this.#policiesSeen) await this.#policies();
  }

  async look(): Promise<void> {
    const { clock } = this.#parts;
    const now = clock.now();
    const isDue = (last: Instant | null, every: Millis): boolean =>
      last === null || now < last || now - last >= every;
    const isPart = isDue(this.#partAt, partEvery);
    // Before the log, so that no key is of an entry that is not read.
    if (isPart)
      await this.#extra?.read(this.#parts.store, (this.#log.size * keysEach) / ticksToReadAll);
    if (isDue(this.#allAt, oneHour)) await this.#everything();
    else await this.upToHead();
    if (!isPart) return;
    this.#partAt = now;
    await this.#states(this.#nextInTurn());
    await this.#readAgain();
  }

  /** Somebody may be asking for a posture at this moment: few deployments are all compared. */
  #nextInTurn(): readonly string[] {
    const names = [...this.#log.deployments.keys()];
    const from = this.#turn < names.length ? this.#turn : 0;
    this.#turn = from + streamsAtOnce;
    return names.slice(from, this.#turn);
  }

  async #everything(): Promise<void> {
    await this.#states([]);
    await this.#states([...this.#log.deployments.keys()]);
    await this.#escalations();
    await this.#policies();
    this.#allAt = this.#parts.clock.now();
  }

  async #policies(): Promise<void> {
    this.#parts.doubts.found("policies", await this.#policiesWrong());
  }

  /** Reads the log up to this size, and what these deployments are by it. */
  async #states(deployments: readonly string[]): Promise<void> {
    const names = [...new Set([...deployments, ...this.#wrongBefore])];
    this.#wrongBefore = [];
    let wrong: string | null = null;
    for (let from = 0; from === 0 || from < names.length; from += streamsAtOnce) {
      const some = names.slice(from, from + streamsAtOnce);
      wrong ??= await this.#statesOf(some);
    }
    // Until somebody has put it right, it is looked at each time.
    if (wrong !== null) this.#wrongBefore = names;
    this.#statesWrong = wrong;
    this.#statesFound();
  }

  #statesFound(): void {
    this.#found("state", this.#statesWrong ?? this.#listWrong);
  }

  #found(about: Compared, wrong: string | null): void {
    this.#parts.doubts.found(about, wrong === null ? null : `${wrong} ${whatToDo}`);
  }

  async #statesOf(deployments: readonly string[]): Promise<string | null> {
    const { store } = this.#parts;
    const names: readonly StreamName[] = [
      "org",
      "numbers",
      ...deployments.map((id): StreamName => `deployment:${id}`),
    ];
    for (let look = 0; look < looksAtMost; look += 1) {
      const { size, streams } = await store.written(names);
      await this.#readTo(size);
      if (this.#log.size !== size) continue;
      const stateOf = (name: StreamName) => streams.get(name)?.state ?? null;
      const org = orgWrong(this.#log, {
        org: stateOf("org") as OrgState | null,
        numbers: stateOf("numbers") as NumbersState | null,
      });
      if (org !== null) return org;
      const policy = await this.#policyInForce();
      for (const id of deployments) {
        const { state = null, dues = [] } = streams.get(`deployment:${id}`) ?? {};
        const folded = this.#log.deployments.get(id);
        const written = { state: state as DeploymentState | null, dues };
        const wrong = folded && deploymentWrong(folded, written, policy?.deployments.get(id));
        if (wrong) return wrong;
      }
      return null;
    }
    return null;
  }

  async #policyInForce() {
    const { rules, doubts } = this.#parts;
    const { policy } = this.#log.org;
    if (policy === "") return undefined;
    try {
      await rules.load([policy]);
      return rules.policy(policy);
    } catch (fault) {
      if (doubts.about("policies") === null) throw fault;
      return undefined;
    }
  }

  async #escalations(): Promise<void> {
    for (let look = 0; look < looksAtMost; look += 1) {
      const { size, escalations } = await this.#parts.store.writtenEscalations();
      await this.#readTo(size);
      if (this.#log.size !== size) continue;
      this.#listWrong = escalationsWrong(this.#log.deployments.values(), escalations);
      this.#statesFound();
      return;
    }
  }

  /** Every policy that was adopted is still the one that the log names. */
  async #policiesWrong(): Promise<string | null> {
    const { kept, store } = this.#parts;
    this.#policiesSeen = this.#log.policies.size;
    for (const digest of this.#log.policies) {
      const row = await store.policy(digest);
      if (!row || digestOf(row.canonical) !== digest) return policyWrong(digest);
      kept.write(digest, row.canonical);
    }
    return null;
  }

  async #readTo(size: number): Promise<void> {
    this.#rowWrong = await this.#read(this.#log, size, this.#rowWrong);
    this.#rowsFound();
  }

  async #read(log: LogFold, size: number, before: string | null): Promise<string | null> {
    let wrong = before;
    while (log.size < size) {
      if (this.#isStopped) throw new Stopped();
      const rows = await this.#parts.store.logRows(log.size, Math.min(size, log.size + page));
      const before = log.size;
      for (const row of rows) {
        const found = log.add(row);
        wrong ??= found;
      }
      if (log.size === before) return wrong ?? `Entry ${log.size} is missing in this database.`;
      await turn();
    }
    return wrong;
  }

  /** The next part of the log once more; at its end, its tree is compared as well. */
  async #readAgain(): Promise<void> {
    const { size } = this.#log;
    const part = Math.max(page, Math.ceil(size / ticksToReadAll));
    const to = Math.min(size, this.#again.size + part);
    while (this.#again.size < to && this.#againWrong === null) {
      this.#againWrong = await this.#read(this.#again, Math.min(to, this.#again.size + page), null);
      this.#againWrong ??= await this.#keysWrong();
    }
    if (this.#againWrong === null && to < size) return;
    this.#againWrong ??= await this.#treeWrong(this.#again);
    this.#rowWrong = this.#againWrong;
    if (this.#rowWrong === null) this.#judgeKeys();
    this.#againKeys = new FoundKeys();
    this.#again = new LogFold(this.#againKeys);
    this.#againWrong = null;
    this.#rowsFound();
  }

  /** Keys that were read to their end are judged by the log, and are read anew. */
  #judgeKeys(): void {
    const { size } = this.#again;
    if (this.#extra?.isRead) this.#extraWrong = this.#extra.wrong(size, this.#againKeys.undone);
    if (this.#extra?.isRead !== false) this.#extra = new ExtraKeys(this.#againKeys, size);
  }

  /** Whoever asks the history would not be told of an entry that is not found by its keys. */
  async #keysWrong(): Promise<string | null> {
    const missing = await this.#parts.store.missingKey(this.#againKeys.take());
    return missing === undefined
      ? null
      : `Entry ${missing.index} in this database is not found by ${JSON.stringify(missing.what)}: that row is missing in entry_about.`;
  }

  #rowsFound(): void {
    this.#found("log", this.#rowWrong ?? this.#extraWrong);
  }

  async #treeWrong({ range }: LogFold): Promise<string | null> {
    const { store } = this.#parts;
    const wrong = `The hashes of the first ${range.size} entries in this database are not those of the entries.`;
    try {
      const kept = await compactRangeOf(range.size, (level, at) => store.subtree(level, at));
      return Buffer.compare(root(kept), root(range)) === 0 ? null : wrong;
    } catch (fault) {
      if (fault instanceof RangeError) return wrong;
      throw fault;
    }
  }
}
