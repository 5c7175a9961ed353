import type { ViewContext } from "../core/card/view-context.ts";
import { isWider } from "../core/decision/widening.ts";
import type { EntryId, EscalationId, Instant, PersonId } from "../core/ids.ts";
import { canonicalBytes } from "../core/log/bytes.ts";
import { commit as commitTo } from "../core/log/commitment.ts";
import type { Body, Entry } from "../core/log/entry.ts";
import type { Surface } from "../core/log/entry-fields.ts";
import { sealed } from "../core/log/sealed-names.ts";
import type { Actor } from "../core/people/person.ts";
import {
  type KeptSignal,
  newSince,
  type Since,
  sinceThen,
} from "../core/reassessment/changes-since-decision.ts";
import type { EscalationEvidence } from "../core/state/evidence.ts";
import { deploymentsOf } from "../core/state/fold.ts";
import { type Appended, Ledger } from "../core/state/ledger.ts";
import type { Draft, Situation } from "../core/state/situation.ts";
import type { DeploymentState, NumbersState, OrgState } from "../core/state/state.ts";
import { checkpointRows } from "./outbox/checkpoint-rows.ts";
import { type ChannelSentence, channelRows, spokenRows } from "./outbox/message-rows.ts";
import { OutboxCollector } from "./outbox/outbox-collector.ts";
import { noticeRows, pageRows, type SlottedRow, saidRows } from "./outbox/outbox-rows.ts";
import type { PolicyCache } from "./policy-cache.ts";
import type { Change, CountedRow, Random, SignalRow, Snapshot, StreamName, Text } from "./ports.ts";
import {
  deploymentIn,
  duesIn,
  type Extra,
  nothingBeside,
  type Recalled,
  type RestedOn,
  restingOn,
  type Surroundings,
  shownRows,
  statesIn,
  stopsLeft,
  withTexts,
} from "./unit-of-work-parts.ts";

/**
 * Where one state change is put together: what was read, the entries added so far folded into it,
 * and everything that goes with them. Nothing here touches the world; the journal commits what the
 * unit of work holds, whole or not at all.
 */
export class UnitOfWork {
  /** What deadlines go by. The log may be ahead of it: some replica's clock was. */
  readonly now: Instant;
  readonly #headAt: Instant;
  readonly surface: Surface;
  readonly #ledger: Ledger;
  readonly #versions: ReadonlyMap<StreamName, number>;
  readonly #around: Surroundings;
  readonly #entries: { entry: Entry; bytes: Uint8Array }[] = [];
  readonly #changed = new Set<StreamName>();
  readonly #outbox: OutboxCollector;
  readonly #texts: Text[] = [];
  readonly #heard = new Map<string, readonly KeptSignal[]>();
  readonly #recalled = new Map<string, Recalled>();
  #rested: RestedOn = { evidence: [], more: 0 };
  readonly #wider = new Set<string>();
  readonly #left = new Set<EntryId>();
  readonly #evidence: Map<EscalationId, EscalationEvidence>;
  /** Those of which something else is shown now. */
  readonly #shown = new Set<EscalationId>();
  /** What comes with the entries besides what follows from them. */
  readonly extra: Extra = nothingBeside();

  constructor(snapshot: Snapshot, surface: Surface, around: Surroundings) {
    this.now = around.now;
    this.#headAt = snapshot.headAt;
    this.surface = surface;
    this.#around = around;
    this.#outbox = new OutboxCollector(around.chats);
    this.#evidence = new Map(around.evidence);
    this.#versions = new Map([...snapshot.streams].map(([name, stream]) => [name, stream.version]));
    this.#ledger = new Ledger(statesIn(snapshot));
    for (const { escalations } of this.#ledger.deployments.values())
      this.#outbox.existed(escalations);
  }

  get org(): OrgState {
    return this.#ledger.org;
  }

  get rules(): PolicyCache {
    return this.#around.rules;
  }

  get random(): Random {
    return this.#around.random;
  }

  /** The deployments that were read. */
  get deployments(): readonly string[] {
    return [...this.#ledger.deployments.keys()];
  }

  state(deployment: string): DeploymentState {
    return this.#ledger.state(deployment);
  }

  /** Everything a rule wants to know about a deployment, with the entries added so far. */
  situation(deployment: string): Situation {
    const { rules, unreachable, asksPerson, link, inDoubt } = this.#around;
    return {
      inDoubt,
      now: this.now,
      policy: rules.policy(this.org.policy),
      pinned: rules.policy,
      org: this.org,
      state: this.state(deployment),
      lastNumber: this.#ledger.numbers.escalations,
      unreachable,
      asksPerson,
      link,
      evidence: this.#evidence,
    };
  }

  /** A situation with names and texts, for what people read. */
  viewContext(deployment: string): ViewContext {
    const recalled = this.#recalled.get(deployment);
    const added = [...this.#texts, ...(recalled?.texts ?? [])];
    return {
      situation: this.situation(deployment),
      people: this.rules.people(),
      texts: withTexts(this.rules.texts(), added),
      indexOf: () => null,
      since: this.#sinceDecided(deployment),
      requested: recalled?.requested ?? null,
    };
  }

  /** Takes in what was heard of a deployment since its last decision, newest first. */
  receive(deployment: string, heard: readonly KeptSignal[]): void {
    this.#heard.set(deployment, heard);
  }

  /** Takes in what there is to say of a resume that waits, for whoever is asked to confirm it. */
  recall(deployment: string, recalled: Recalled): void {
    this.#recalled.set(deployment, recalled);
  }

  /** Takes in what a widening or a keep that is decided now rests on. */
  restOn(rested: RestedOn): void {
    this.#rested = rested;
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
    const stamp = { origin, subject, link, now: this.now, headAt: this.#headAt };
    const done = this.#ledger.append(
      { ...stamp, id: this.random.id("e_"), surface: this.surface },
      { actor, body: this.#withEvidence(subject, body) },
    );
    // Names are kept beside the log.
    const bytes = canonicalBytes(sealed(done.entry, (text) => this.text(text)));
    this.#entries.push({ entry: done.entry, bytes });
    this.#follow(done);
    return done.entry;
  }

  #withEvidence(subject: StreamName, body: Body): Body {
    const deployment = deploymentIn(subject);
    return deployment === null || body.kind !== "decision.made"
      ? body
      : restingOn(this.situation(deployment), body, this.#rested);
  }

  #follow({ entry, org, numbers, deployments }: Appended): void {
    if (org) this.#changed.add("org");
    if (numbers) this.#changed.add("numbers");
    for (const { before, after } of deployments) {
      const { id } = after;
      this.#changed.add(`deployment:${id}`);
      this.#outbox.follow(before, after, entry);
      if (isWider(this.situation(id), before)) this.#wider.add(id);
      for (const first of stopsLeft(before, after)) this.#left.add(first);
      if (entry.kind !== "policy.adopted")
        this.#outbox.put(pageRows(this.situation(id), before, entry));
    }
    // A card also says what only the policy knows: who may decide, who is told.
    if (entry.kind === "policy.adopted")
      for (const deployment of this.deployments) this.redrawLive(deployment);
    this.#announce(entry);
  }

  /** Has the cards of a deployment drawn anew: somebody else may be on call by now. */
  redrawLive(deployment: string): void {
    for (const escalation of this.state(deployment).escalations) this.#outbox.touch(escalation);
  }

  #announce(entry: Entry): void {
    const [first = ""] = deploymentsOf(entry);
    const view = this.viewContext(first);
    this.#outbox.put(saidRows(view, entry, this.#around.chats));
    this.#outbox.put(noticeRows(view.situation, entry));
    this.#outbox.put(checkpointRows(view.situation.policy, entry));
  }

  /** Messages that follow from no entry. */
  send(rowsOf: (around: Surroundings) => readonly SlottedRow[]): void {
    this.#outbox.put(rowsOf(this.#around));
  }

  /** A sentence to one person that follows from no entry. */
  tellPerson(id: PersonId, said: ChannelSentence): void {
    this.#outbox.put(spokenRows(this.#around, id, said));
  }

  /** A sentence to channels that follows from no entry. */
  tellChannels(channels: readonly string[], said: Pick<ChannelSentence, "key" | "line">): void {
    for (const channel of channels)
      this.#outbox.put(channelRows(this.#around.chats, { ...said, channel }));
  }

  /** Counts a condition for an escalation; the card follows. */
  count(row: CountedRow, evidence: EscalationEvidence, signal: SignalRow): void {
    this.extra.conditions.push(row);
    this.extra.signals.push(signal);
    this.show(row.deployment, row.escalation, evidence);
  }

  /** Has the card of a live escalation show what was heard of it, though nothing counts for it. */
  show(deployment: string, id: EscalationId, evidence: EscalationEvidence): void {
    this.#evidence.set(id, evidence);
    this.#shown.add(id);
    this.#changed.add(`deployment:${deployment}`);
    const state = this.state(deployment).escalations.find((escalation) => escalation.id === id);
    if (state) this.#outbox.touch(state);
  }

  /** Has the card of a closed escalation drawn anew. */
  redraw(id: EscalationId, channel: string): void {
    this.#outbox.redraw(id, channel);
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

  evidenceOf(id: EscalationId): EscalationEvidence | undefined {
    return this.#evidence.get(id);
  }

  /** The deployments that may do more by this, or whose resume was started or partly confirmed. */
  get wider(): readonly string[] {
    return [...this.#wider];
  }

  /** The stops of groups, by their first decision, that a deployment is no longer stopped by. */
  get left(): readonly EntryId[] {
    return [...this.#left];
  }

  /** The entries so far. */
  get entries(): readonly Entry[] {
    return this.#entries.map(({ entry }) => entry);
  }

  /** Whether there is anything to commit. */
  get isEmpty(): boolean {
    const rows = Object.values(this.extra).some(({ length }) => length > 0);
    return this.#entries.length === 0 && this.#changed.size === 0 && !rows;
  }

  /**
   * The whole change, ready for the commit. `key` and `result` make a repeat harmless; `heard` is
   * as in `Change`.
   */
  change(key: string | null, result: unknown, heard: Change["heard"]): Change {
    const streams = [...this.#changed].map((stream) => ({ stream, state: this.#stateOf(stream) }));
    return {
      key,
      expect: [...this.#versions].map(([stream, version]) => ({ stream, version })),
      entries: this.#entries,
      streams,
      escalations: this.#outbox.touched,
      dues: streams.flatMap(({ stream }) => duesIn(stream, (id) => this.situation(id))),
      outbox: this.#outbox.rows,
      texts: this.#texts,
      shown: shownRows(this.#shown, this.#evidence),
      ...this.extra,
      heard,
      result,
    };
  }

  #stateOf(stream: StreamName): OrgState | NumbersState | DeploymentState {
    if (stream === "org") return this.org;
    if (stream === "numbers") return this.#ledger.numbers;
    return this.state(deploymentIn(stream) ?? "");
  }
}
