import type { Button, Card, Line } from "../../core/card.ts";
import type { EscalationId, Instant } from "../../core/ids.ts";
import type { Surface } from "../../core/log/entry.ts";
import type { Actor, People, Person } from "../../core/people.ts";
import type { EntryFilter, Outgoing } from "./store.ts";

/** One thing somebody typed or pressed, already authenticated. */
export interface Invocation {
  readonly actor: Actor;
  readonly surface: Surface;
  /** `pause assistant-prod because …`: a button's command is the same line. */
  readonly line: string;
  /** Idempotency key (CONTRACT: per press, modal, command or form nonce). */
  readonly key: string;
  /** Posture version the button showed; null for typed commands. */
  readonly version: number | null;
  /** Channel of the policy it was said in, or null. */
  readonly channel: string | null;
  /** Escalation implied by the thread, or null. */
  readonly escalation: EscalationId | null;
}

/** What the person is told. `text` is for people; the rest is for chats that can show more. */
export interface Answer {
  readonly ok: boolean;
  readonly text: string;
  /** Offered next steps: nearest names, "Ask Chidi"… */
  readonly choices: readonly Button[];
  /** Further lines (status, who, decisions, help). */
  readonly lines: readonly Line[];
  /** Command line of the next page, or null. */
  readonly next: string | null;
  readonly file: { readonly name: string; readonly text: string } | null;
  /** Set where a form should be shown instead: which fields the command lacks. */
  readonly form: { readonly command: string; readonly fields: readonly FormField[] } | null;
}

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly kind: "text" | "choice" | "date";
  readonly required: boolean;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** What every chat hands its people's words to. */
export interface Inbound {
  run(invocation: Invocation): Promise<Answer>;
}

/** One row of the posture board. Instants in ms. */
export interface PostureView {
  readonly id: string;
  readonly name: string;
  readonly state: "open" | "narrowed" | "paused";
  readonly scope: string | null;
  /** "open to everyone, tools on" */
  readonly words: string;
  readonly since: Instant;
  readonly version: number;
  readonly reassessBy: Instant | null;
  readonly overdue: boolean;
  readonly timezone: string;
  readonly proposal: {
    readonly by: string;
    readonly to: string;
    readonly expires: Instant;
    readonly confirmers: readonly string[];
  } | null;
  readonly decision: {
    readonly kind: string;
    readonly id: string;
    readonly by: readonly string[];
    readonly at: Instant;
    readonly index: number | null;
  } | null;
  /** What may be done now, as buttons. */
  readonly buttons: readonly Button[];
}

/** One line of the history as people read it. */
export interface HistoryView {
  readonly index: number;
  readonly at: Instant;
  readonly kind: string;
  readonly deployment: string;
  readonly escalation: EscalationId | "";
  /** A sentence with names: who did what, why, under which rule. */
  readonly line: Line;
}

/** What pages and read routes show. */
export interface Views {
  cards(): Promise<readonly Card[]>;
  card(id: EscalationId): Promise<Card | undefined>;
  postures(): Promise<readonly PostureView[]>;
  history(filter: EntryFilter): Promise<readonly HistoryView[]>;
  /** Notices the console was told, newest first. */
  notices(limit: number): Promise<
    readonly {
      readonly at: Instant;
      readonly text: string;
      readonly to: readonly string[];
      readonly escalation: EscalationId | "";
    }[]
  >;
  people(): Promise<readonly Person[]>;
  head(): Promise<{ readonly size: number; readonly note: string | null; readonly at: Instant }>;
}

/** One chat platform. */
export interface Chat {
  readonly name: string;
  /** Whether this chat could reach the person at all. */
  reaches(person: Person): boolean;
  /** Shows or replaces the live card; says so only when the chat has it. Throws Fault. */
  showCard(
    message: Outgoing & { readonly body: { readonly kind: "card" } },
    card: Card,
  ): Promise<void>;
  say(
    message: Outgoing & { readonly body: { readonly kind: "line" } },
    people: People,
  ): Promise<void>;
}
