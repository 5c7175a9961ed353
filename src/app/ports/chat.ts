import type { BoardEntry } from "../../core/card/board-order.ts";
import type { Button, Card, Line } from "../../core/card/card.ts";
import type { OfferedCard } from "../../core/card/offered-buttons.ts";
import type { DueAgain } from "../../core/card/reassessment-view.ts";
import type { EntryId, EscalationId, Instant, Millis, PersonId } from "../../core/ids.ts";
import type { Surface } from "../../core/log/entry-fields.ts";
import type { Account, AccountChat, People, Person } from "../../core/people/person.ts";
import { Fault, type Pace } from "./fault.ts";
import type { Outgoing } from "./outbox.ts";
import type { PageViews } from "./pages.ts";
import type { DecisionFilter, HistoryView, RecordView, Unfit } from "./queries.ts";

/**
 * Who says something, as a chat or a page has authenticated them. Whose account it is, is found out
 * in one place: src/app/commands/resolve-actor.
 */
export type Speaker =
  /** An account, from the signed envelope. */
  | { readonly is: "account"; readonly account: Account }
  /** Somebody who is signed in; `link`: by which login link of the operator, null = by none. */
  | { readonly is: "person"; readonly person: PersonId; readonly link: EntryId | null }
  /** Demo mode: somebody whom the policy does not name. */
  | { readonly is: "stranger" }
  /** The holder of a token that may read, who is no person and only asks. */
  | { readonly is: "reader"; readonly role: "operator" | "auditor" };

/** Somebody on a page, whose session or token was checked. */
export type SignedIn = Exclude<Speaker, { readonly is: "account" }>;

/** One thing somebody typed or pressed, already authenticated. */
export interface Invocation {
  readonly speaker: Speaker;
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
  /** Whether only who said it sees the answer. */
  readonly private: boolean;
  /** Set where nothing may be done by it: only questions are answered. */
  readonly asksOnly?: true;
}

/** What the person is told. `text` is for people; the rest is for chats that can show more. */
export interface Reply {
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
  run(invocation: Invocation): Promise<Reply>;
  /**
   * The answer to a line that was said under a key while the database could not be asked: it was
   * not done, or, being a question, not answered.
   */
  unasked(key: string, line: string): Reply;
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
    /** The reasons given for it, and what is new since. */
    readonly told: readonly Line[];
    /**
     * Set where everybody needed has agreed: "Takes effect 14:20 unless Chidi Lindt says it was not
     * them".
     */
    readonly waits: string | null;
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

/** One page of everything that is open or settled. The counts are of all pages. */
export interface BoardView {
  readonly open: number;
  /** Open ones that wait for whoever looks. */
  readonly mine: number;
  readonly settled: number;
  /** When a source last sent something; null = none ever did. */
  readonly lastSignal: Instant | null;
  readonly page: number;
  readonly pages: number;
  readonly rows: readonly BoardRow[];
}

/** One escalation of the board, with what whoever looks may press. */
export interface BoardRow extends OfferedCard, Pick<BoardEntry, "mine" | "deadline"> {
  readonly timezone: string;
}

/** What pages and read routes show. */
export interface Views extends PageViews {
  /**
   * Everything open and settled as one person looks at it; null = somebody whom nobody asks. Pages
   * count from 1. `link`, here and below: the login link by which they are signed in, as some
   * things may not be done by one.
   */
  board(person: PersonId | null, page: number, link?: EntryId | null): Promise<BoardView>;
  /** With every button there is. */
  card(id: EscalationId): Promise<Card | undefined>;
  /** With what one reader may press; null = somebody whom the policy does not name. */
  cardFor(
    id: EscalationId,
    reader: PersonId | null,
    link?: EntryId | null,
  ): Promise<OfferedCard | undefined>;
  postures(reader: PersonId | null, link?: EntryId | null): Promise<readonly PostureView[]>;
  /** The decision that settled an escalation first; undefined while nobody has decided. */
  answered(id: EscalationId): Promise<HistoryView | undefined>;
  /** Everything that the record has of an escalation. */
  record(id: EscalationId): Promise<RecordView | undefined>;
  /** Entries of every kind where none is asked for. */
  history(asked: DecisionFilter): Promise<readonly HistoryView[] | Unfit>;
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
  /** What one person looks at first in a chat: what their account there rests on counts. */
  forPerson(person: PersonId, chat?: AccountChat): Promise<PersonView>;
  head(): Promise<{ readonly size: number; readonly note: string | null; readonly at: Instant }>;
}

/** What everything is shown from, and what somebody may see of it. */
export interface AllViews extends Views {
  /** The same as far as they may read it; see core/people/readers. */
  readBy(viewer: SignedIn): Promise<Views>;
}

/** What one person looks at first: Slack's App Home, a personal tab. */
export interface PersonView {
  /**
   * Escalations this person may decide now, those that wait for them first: the open ones, and
   * started resumes they may confirm. Of these and of `others` only the first few are drawn;
   * `undrawn` counts the rest.
   */
  readonly mayDecide: readonly {
    readonly card: Card;
    readonly named: boolean;
    /** Whether theirs is to be the second word in a resume that somebody started. */
    readonly confirms: boolean;
    readonly until: Instant | null;
  }[];
  /** Every other live escalation. */
  readonly others: readonly Card[];
  readonly undrawn: { readonly mayDecide: number; readonly others: number };
  /** Reassessments for which this person is asked, the next one first. */
  readonly due: readonly DueView[];
  readonly postures: readonly PostureView[];
}

/** A reassessment somebody is asked for. */
export type DueView = DueAgain;

/** One person's digest as it stands when it is sent. */
export interface DailyDigest {
  /** "Erin, 3 reviews due by 10:00 today" */
  readonly title: Line;
  readonly items: readonly DueView[];
}

/**
 * A message that was claimed for sending. `doubtSince`: an earlier attempt may have arrived then;
 * look before sending again.
 */
export type Sending<Kind extends Outgoing["body"]["kind"]> = Outgoing & {
  readonly body: { readonly kind: Kind };
  readonly doubtSince: Instant | null;
  /** This one included. */
  readonly attempts: number;
};

/** A send that failed, and what is known of it. */
export class SendFault extends Fault {
  /** Whether the other side may have it after all. */
  readonly arrived: "no" | "perhaps";
  /** Nothing more to this channel for so long (429); null = only this message waits. */
  readonly holdLane: Millis | null;
  /** When to try this message again; null = as usual. */
  readonly retryIn: Millis | null;
  constructor(
    message: string,
    what: {
      readonly retry: "later" | "never";
      readonly arrived: "no" | "perhaps";
      readonly holdLane?: Millis;
      readonly retryIn?: Millis;
      readonly cause?: unknown;
    },
  ) {
    super(message, what.retry, { cause: what.cause });
    this.name = "SendFault";
    this.arrived = what.arrived;
    this.holdLane = what.holdLane ?? null;
    this.retryIn = what.retryIn ?? null;
  }
}

/** One thing a chat's doctor looked at. */
export interface DoctorFinding {
  /**
   * warning: it works, but not as somebody expects. wrong: somebody is not reached, or something
   * does not work.
   */
  readonly is: "ok" | "warning" | "wrong";
  /** A sentence: what is so, and whom it concerns by name. */
  readonly what: string;
  /** A sentence: what to do; empty where nothing is. */
  readonly fix: string;
}

/** What one person is told by themselves, as it stands now. */
interface DirectView {
  readonly line: Line;
  /** Posture version the buttons carry. */
  readonly version: number | null;
  readonly buttons: readonly Button[];
}

/** One chat platform. */
export interface Chat {
  readonly name: string;
  readonly pace: Pace;
  /**
   * Whether it speaks to single people and its cards mention them. Where not (the console), a line
   * on the board is all there is.
   */
  readonly direct: boolean;
  /** Whether this chat could reach the person at all, as far as is known now. */
  reaches(person: Person): boolean;
  /** Whether a channel of the policy is in this chat. */
  serves(channel: string): boolean;
  /** Shows or replaces the live card; resolves only when the chat has it. Throws SendFault. */
  showCard(message: Sending<"card">, card: Card): Promise<void>;
  /** One sentence to a channel, in the thread of its escalation where it has one. */
  say(message: Sending<"line">, people: People): Promise<void>;
  /** One sentence to one person. Never called where `direct` is false. */
  directMessage(message: Sending<"direct">, people: People): Promise<void>;
  /**
   * Brings what people were told of an escalation, each by themselves, to what is true now. Never
   * called where `direct` is false.
   */
  amend(
    message: Sending<"directs">,
    now: (person: PersonId) => DirectView,
    people: People,
  ): Promise<void>;
  /**
   * `listener` is called when the chat learns by a message that somebody cannot be reached any
   * more.
   */
  onUnreached(listener: () => void): void;
  /** The day's digest to one person. Never called where `direct` is false. */
  digest(message: Sending<"digest">, digest: DailyDigest, person: Person): Promise<void>;
}
