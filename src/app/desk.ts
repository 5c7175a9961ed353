import { duesOf } from "../core/elapse.ts";
import {
  changesNumbers,
  changesOrg,
  deploymentsOf,
  foldDeployment,
  foldNumbers,
  foldOrg,
  nothingYet,
  unheardOf,
} from "../core/fold.ts";
import type { EscalationId, Instant, PersonId } from "../core/ids.ts";
import { canonicalBytes } from "../core/log/bytes.ts";
import { commit as commitTo } from "../core/log/commitment.ts";
import type { Entry, Surface } from "../core/log/entry.ts";
import type { Actor } from "../core/people.ts";
import { type Heard, newSince, type Since, sinceThen } from "../core/since.ts";
import type { Draft, Situation } from "../core/situation.ts";
import type {
  DeploymentState,
  EscalationState,
  Evidence,
  NumbersState,
  OrgState,
} from "../core/state.ts";
import type { Telling } from "../core/telling.ts";
import { rfc3339, timeOf } from "../core/time.ts";
import { isWider } from "../core/widening.ts";
import { type Extra, nothingBeside, type Recalled, type Surroundings } from "./desk-parts.ts";
import { digestRows, type SaidUnder, type Spoken, spokenRows, threadRows } from "./plain-rows.ts";
import type {
  Change,
  CountedRow,
  Due,
  Outgoing,
  Random,
  SignalRow,
  Snapshot,
  StreamName,
  Text,
} from "./ports.ts";
import type { Rules } from "./rules.ts";
import {
  amendRows,
  cardRows,
  noticeRows,
  pageRows,
  type SlottedRow,
  saidRows,
} from "./told-rows.ts";

/**
 * Where one state change is put together: what was read, the entries added so far folded into it, and everything
 * that goes with them. Nothing here touches the world; the journal commits what the desk holds, whole or not at all.
 */
export class Desk {
  /** What deadlines go by. The log may be ahead of it: some replica's clock was. */
  readonly now: Instant;
  readonly #headAt: Instant;
  readonly surface: Surface;
  #org: OrgState;
  #numbers: NumbersState;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #versions: ReadonlyMap<StreamName, number>;
  readonly #around: Surroundings;
  readonly #entries: { entry: Entry; bytes: Uint8Array }[] = [];
  readonly #changed = new Set<StreamName>();
  readonly #touched = new Map<EscalationId, EscalationState>();
  /** Those an entry changed; in the others only counters did. */
  readonly #moved = new Set<EscalationId>();
  /** Those that were there before: of them people may have been told by themselves. */
  readonly #known = new Set<EscalationId>();
  /** The channels that escalations have left. */
  readonly #left = new Map<EscalationId, string>();
  readonly #outbox = new Map<string, Outgoing>();
  readonly #texts: Text[] = [];
  readonly #heard = new Map<string, readonly Heard[]>();
  readonly #recalled = new Map<string, Recalled>();
  readonly #wider = new Set<string>();
  readonly #evidence: Map<EscalationId, Evidence>;
  /** Those of which something else is shown now. */
  readonly #shown = new Set<EscalationId>();
  /** What comes with the entries besides what follows from them. */
  readonly extra: Extra = nothingBeside();

  constructor(snapshot: Snapshot, surface: Surface, around: Surroundings) {
    this.now = around.now;
    this.#headAt = snapshot.headAt;
    this.surface = surface;
    this.#around = around;
    this.#evidence = new Map(around.evidence);
    this.#versions = new Map([...snapshot.streams].map(([name, stream]) => [name, stream.version]));
    const state = (name: StreamName) => snapshot.streams.get(name)?.state ?? null;
    this.#org = { ...nothingYet.org, ...(state("org") as OrgState | null) };
    this.#numbers = (state("numbers") as NumbersState | null) ?? nothingYet.numbers;
    for (const name of snapshot.streams.keys()) {
      if (!name.startsWith("deployment:")) continue;
      const id = name.slice("deployment:".length);
      // What an older version wrote may lack what came later.
      const written = state(name) as DeploymentState | null;
      this.#deployments.set(id, { ...unheardOf(id), ...written });
      for (const known of written?.escalations ?? []) this.#known.add(known.id);
    }
  }

  get org(): OrgState {
    return this.#org;
  }

  get rules(): Rules {
    return this.#around.rules;
  }

  get random(): Random {
    return this.#around.random;
  }

  /** The deployments that were read. */
  get deployments(): readonly string[] {
    return [...this.#deployments.keys()];
  }

  state(deployment: string): DeploymentState {
    return this.#deployments.get(deployment) ?? unheardOf(deployment);
  }

  /** Everything a rule wants to know about a deployment, with the entries added so far. */
  situation(deployment: string): Situation {
    const { rules, unreachable, asksPerson, link } = this.#around;
    return {
      now: this.now,
      policy: rules.policy(this.#org.policy),
      pinned: rules.policy,
      org: this.#org,
      state: this.state(deployment),
      lastNumber: this.#numbers.escalations,
      ...{ unreachable, asksPerson, link },
      evidence: this.#evidence,
    };
  }

  /** A situation with names and texts, for what people read. */
  telling(deployment: string): Telling {
    const texts = new Map([
      ...this.rules.texts(),
      ...[...this.#texts, ...(this.#recalled.get(deployment)?.texts ?? [])].map(
        ({ commitment, text }) => [commitment, text] as const,
      ),
    ]);
    return {
      situation: this.situation(deployment),
      people: this.rules.people(),
      texts,
      indexOf: () => null,
      since: this.#sinceDecided(deployment),
      requested: this.#recalled.get(deployment)?.requested ?? null,
    };
  }

  /** Takes in what was heard of a deployment since the last decision, newest first, for whoever is asked again. */
  hear(deployment: string, heard: readonly Heard[]): void {
    this.#heard.set(deployment, heard);
  }

  /** Takes in what there is to say of a resume that waits, for whoever is asked to confirm it. */
  recall(deployment: string, recalled: Recalled): void {
    this.#recalled.set(deployment, recalled);
  }

  #sinceDecided(deployment: string): Since | null {
    const heard = this.#heard.get(deployment);
    const from = newSince(this.state(deployment));
    return heard && from !== null ? sinceThen(this.situation(deployment), from, heard) : null;
  }

  /** Puts a text into the erasable table and answers with what stands for it in the log. */
  text(text: string): string {
    if (text === "") return "";
    const salt = this.random.salt();
    const commitment = commitTo(salt, text);
    this.#texts.push({ commitment, salt, text });
    return commitment;
  }

  /** Keeps a text whose commitment is known already. */
  keepText(text: Text): void {
    this.#texts.push(text);
  }

  /** Stamps drafts, folds them, and remembers whom to tell. */
  add(subject: StreamName, drafts: readonly Draft[]): readonly Entry[] {
    return drafts.map((draft) => this.#append(subject, draft));
  }

  /** Who somebody is on the record. */
  onRecord(actor: Actor): Actor {
    const { stranger } = this.#around;
    return actor.type === "stranger" && stranger
      ? { type: "stranger", account: stranger.commitment }
      : actor;
  }

  #append(subject: StreamName, { actor: spoke, body, link = this.#around.link }: Draft): Entry {
    const { origin, stranger } = this.#around;
    const actor = this.onRecord(spoke);
    if (actor.type === "stranger" && stranger) this.#texts.push(stranger);
    const base = {
      v: 1 as const,
      origin,
      at: rfc3339(Math.max(this.now, this.#headAt)),
      ...(this.now < this.#headAt && { clock: rfc3339(this.now) }),
      id: this.random.id("e_"),
      subject,
      actor,
      surface: this.surface,
      ...(link && actor.type === "person" && { link }),
    };
    const entry: Entry = { ...base, policy: this.#org.policy, ...body };
    this.#entries.push({ entry, bytes: canonicalBytes(entry) });
    this.#fold(entry);
    return entry;
  }

  #fold(entry: Entry): void {
    if (changesOrg(entry)) {
      this.#org = foldOrg(this.#org, entry);
      this.#changed.add("org");
    }
    if (changesNumbers(entry)) {
      this.#numbers = foldNumbers(this.#numbers, entry);
      this.#changed.add("numbers");
    }
    for (const id of deploymentsOf(entry)) {
      const before = this.state(id);
      const after = foldDeployment(before, entry);
      this.#deployments.set(id, after);
      this.#changed.add(`deployment:${id}`);
      this.#touch(before, after, entry);
      if (isWider(this.situation(id), before)) this.#wider.add(id);
      if (entry.kind !== "policy.adopted") this.#put(pageRows(this.situation(id), before, entry));
    }
    if (entry.kind === "policy.adopted") this.#redrawAll();
    this.#announce(entry);
  }

  #touch(before: DeploymentState, after: DeploymentState, entry: Entry): void {
    // Every card of a deployment says what is in force, who carries it out, and which resume waits.
    const isShared =
      before.posture !== after.posture ||
      before.proposal !== after.proposal ||
      before.carriers !== after.carriers ||
      before.retests !== after.retests;
    for (const one of after.escalations) {
      if (!isShared && before.escalations.find((old) => old.id === one.id) === one) continue;
      this.#touched.set(one.id, one);
      this.#moved.add(one.id);
    }
    if (entry.kind === "escalation.moved") this.#left.set(entry.escalation, entry.from);
    for (const old of before.escalations) {
      if (after.escalations.some((one) => one.id === old.id)) continue;
      const closed: EscalationState = { ...old, status: "closed", closedAt: timeOf(entry) };
      this.#touched.set(old.id, closed);
      this.#moved.add(old.id);
    }
  }

  /** A card also says what only the policy knows: who may decide, who is told. */
  #redrawAll(): void {
    for (const deployment of this.#deployments.keys()) this.redrawLive(deployment);
  }

  /** Has the cards of a deployment drawn anew: somebody else may be on call by now. */
  redrawLive(deployment: string): void {
    for (const one of this.state(deployment).escalations) this.#touched.set(one.id, one);
  }

  #announce(entry: Entry): void {
    const [first = ""] = deploymentsOf(entry);
    const telling = this.telling(first);
    this.#put(saidRows(telling, entry, this.#around.chats));
    this.#put(noticeRows(telling.situation, entry));
  }

  #put(rows: readonly SlottedRow[]): void {
    for (const { slot, row } of rows) this.#outbox.set(slot, row);
  }

  /** The day's digest to one person, drawn when it is sent. */
  digest(id: PersonId, date: string): void {
    this.#put(digestRows(this.#around, id, date));
  }

  /** A sentence to one person that follows from no entry. */
  tellPerson(id: PersonId, said: Spoken): void {
    this.#put(spokenRows(this.#around, id, said));
  }

  /** A sentence to the thread of an escalation that follows from no entry. */
  tellThread(escalation: EscalationState, said: SaidUnder): void {
    this.#put(threadRows(this.#around.chats, escalation, said));
  }

  /** Counts a condition for an escalation; the card follows. */
  count(row: CountedRow, evidence: Evidence, signal: SignalRow): void {
    this.extra.conditions.push(row);
    this.extra.signals.push(signal);
    this.show(row.deployment, row.escalation, evidence);
  }

  /** Has the card of a live escalation show what was heard of it, though nothing counts for it. */
  show(deployment: string, id: EscalationId, evidence: Evidence): void {
    this.#evidence.set(id, evidence);
    this.#shown.add(id);
    this.#changed.add(`deployment:${deployment}`);
    const state = this.state(deployment).escalations.find((one) => one.id === id);
    if (state) this.#touched.set(id, state);
  }

  /** Has the card of a closed escalation drawn anew. */
  redraw(id: EscalationId, channel: string): void {
    for (const row of cardRows(this.#around.chats, { id, channel, urgency: 2 }))
      this.#outbox.set(`${row.chat}/${row.key}`, row);
  }

  /** Keeps a signal that belongs to no escalation. */
  keepSignal(signal: SignalRow): void {
    this.extra.signals.push(signal);
  }

  /** Has the due rows of a deployment written anew even if nothing else changed. */
  refresh(deployment: string): void {
    this.#changed.add(`deployment:${deployment}`);
  }

  /** Has every process read anew who the people are. */
  peopleMoved(): void {
    this.#changed.add("org");
  }

  evidenceOf(id: EscalationId): Evidence | undefined {
    return this.#evidence.get(id);
  }

  /** The deployments that may do more by this, or for which a resume was started or confirmed in part. */
  get wider(): readonly string[] {
    return [...this.#wider];
  }

  /** Whether there is anything to commit. */
  get isEmpty(): boolean {
    const rows = Object.values(this.extra).some(({ length }) => length > 0);
    return this.#entries.length === 0 && this.#changed.size === 0 && !rows;
  }

  /** The whole change, ready for the commit. `key` and `result` make a repeat harmless; `heard` is as in `Change`. */
  change(key: string | null, result: unknown, heard: Change["heard"]): Change {
    const streams = [...this.#changed].map((stream) => ({ stream, state: this.#stateOf(stream) }));
    const dues = streams.flatMap(({ stream }): readonly Due[] =>
      stream.startsWith("deployment:")
        ? duesOf(this.situation(stream.slice("deployment:".length))).map(({ kind, at }) => ({
            stream,
            kind,
            at,
          }))
        : [],
    );
    return {
      key,
      expect: [...this.#versions].map(([stream, version]) => ({ stream, version })),
      entries: this.#entries,
      streams,
      escalations: [...this.#touched.values()],
      dues,
      outbox: [...this.#outbox.values(), ...this.#cards()],
      texts: this.#texts,
      shown: [...this.#shown].flatMap((escalation) => {
        const shown = this.#evidence.get(escalation)?.shown;
        return shown ? [{ escalation, shown }] : [];
      }),
      ...this.extra,
      heard,
      result,
    };
  }

  #cards(): readonly Outgoing[] {
    const { chats } = this.#around;
    return [...this.#touched.values()].flatMap(({ id, channel }) => {
      const hasMoved = this.#moved.has(id);
      const urgency = hasMoved ? 0 : 2;
      const cards = cardRows(chats, { id, channel, urgency }, this.#left.get(id) ?? null);
      return hasMoved && this.#known.has(id) ? [...cards, ...amendRows(chats, id, channel)] : cards;
    });
  }

  #stateOf(stream: StreamName): OrgState | NumbersState | DeploymentState {
    if (stream === "org") return this.#org;
    if (stream === "numbers") return this.#numbers;
    return this.state(stream.slice("deployment:".length));
  }
}
