import type { EscalationId } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import type { DeploymentState, EscalationState } from "../../core/state/state.ts";
import { timeOf } from "../../core/time.ts";
import type { Outgoing } from "../ports.ts";
import { amendRows, cardRows, type SlottedRow, type ToldChat } from "./outbox-rows.ts";

/** Collects the outbox rows of one change: messages by their slot, and the cards to draw again. */
export class OutboxCollector {
  readonly #chats: readonly ToldChat[];
  readonly #rows = new Map<string, Outgoing>();
  readonly #touched = new Map<EscalationId, EscalationState>();
  /** Escalations that an entry changed; for the other touched ones only counters changed. */
  readonly #moved = new Set<EscalationId>();
  /** Escalations that existed before this change: direct messages about them may exist. */
  readonly #known = new Set<EscalationId>();
  /** The channel that an escalation has left. */
  readonly #left = new Map<EscalationId, string>();

  constructor(chats: readonly ToldChat[]) {
    this.#chats = chats;
  }

  /** Registers the escalations that existed before this change. */
  existed(escalations: readonly EscalationState[]): void {
    for (const { id } of escalations) this.#known.add(id);
  }

  /** Adds rows; a later row replaces an earlier one with the same slot. */
  put(rows: readonly SlottedRow[]): void {
    for (const { slot, row } of rows) this.#rows.set(slot, row);
  }

  /** Queues the card of an escalation to be drawn again. */
  touch(escalation: EscalationState): void {
    this.#touched.set(escalation.id, escalation);
  }

  /** Queues the card of a closed escalation to be drawn again. */
  redraw(id: EscalationId, channel: string): void {
    for (const row of cardRows(this.#chats, { id, channel, urgency: 2 }))
      this.#rows.set(`${row.chat}/${row.key}`, row);
  }

  /** Queues every card that changes because of an entry. */
  follow(before: DeploymentState, after: DeploymentState, entry: Entry): void {
    // Every card of a deployment shows its posture, its gateways, and a resume that waits for
    // approval.
    const isShared =
      before.posture !== after.posture ||
      before.proposal !== after.proposal ||
      before.carriers !== after.carriers ||
      before.retests !== after.retests;
    for (const escalation of after.escalations) {
      if (isShared || before.escalations.find((old) => old.id === escalation.id) !== escalation)
        this.#move(escalation);
    }
    if (entry.kind === "escalation.moved") this.#left.set(entry.escalation, entry.from);
    for (const old of before.escalations) {
      if (!after.escalations.some((escalation) => escalation.id === old.id))
        this.#move({ ...old, status: "closed", closedAt: timeOf(entry) });
    }
  }

  #move(escalation: EscalationState): void {
    this.#touched.set(escalation.id, escalation);
    this.#moved.add(escalation.id);
  }

  /** The escalations whose rows are written with this change. */
  get touched(): readonly EscalationState[] {
    return [...this.#touched.values()];
  }

  /** Every row to commit: the messages, then the cards. */
  get rows(): readonly Outgoing[] {
    return [...this.#rows.values(), ...this.#cards()];
  }

  #cards(): readonly Outgoing[] {
    return this.touched.flatMap(({ id, channel }) => {
      const hasMoved = this.#moved.has(id);
      const urgency = hasMoved ? 0 : 2;
      const cards = cardRows(this.#chats, { id, channel, urgency }, this.#left.get(id) ?? null);
      return hasMoved && this.#known.has(id)
        ? [...cards, ...amendRows(this.#chats, id, channel)]
        : cards;
    });
  }
}
