import type { Button, Line } from "../../core/card/card.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { Commitment, EntryId, EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { DecidedTogether } from "../../core/log/decision-entries.ts";
import type { Account, Actor } from "../../core/people/person.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import type { Draft, Situation } from "../../core/state/situation.ts";
import type { OrgState, ProposedPolicy } from "../../core/state/state.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { FormField, Invocation, Recorded, RecordView, Reply, Store } from "../ports.ts";
import type { Past } from "../reads/then.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** What a command file exports. Platforms know only the name, the usage and the summary. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Whether somebody the policy does not name may say it. */
  readonly anybody: boolean;
  /** Whether it is a question: it changes nothing, and whoever has a token to read may ask it. */
  readonly asks?: true;
  /** Whether it is about nothing but the accounts and sessions of whoever says it. */
  readonly isOwn?: true;
  /** Finds what the words mean. Nothing that is on the record changes yet. */
  prepare(context: CommandContext, said: ParsedCommand): Prepared | Promise<Prepared>;
}

/** What a command asks for: an answer at once, a decision, or something else to be written. */
export type Prepared = CommandResult | Decision | Write;

/** Judged and committed in one step, repeated presses answered alike. */
export interface Decision {
  readonly do: "decide";
  /** As a refusal names it in the log. */
  readonly asked: string;
  /** Each is answered for itself, all are committed together. */
  readonly targets: readonly Target[];
  /** The group or model by which they were named; null or missing where each was named itself. */
  readonly name?: string | null;
  readonly reason: string;
  readonly judge: Judge;
  /** Sentences behind the answer, where nothing is refused. */
  readonly after?: readonly string[];
}

/** The core's answer: entries, or why not. */
export type Judge = (
  situation: Situation,
  about: {
    readonly target: Target;
    readonly reason: Commitment | "";
    /** Set where a group or a model was named. */
    readonly group: DecidedTogether | null;
  },
) => readonly Draft[] | Refusal;

/** Something else that is written with the same guarantees. */
export interface Write {
  readonly do: "write";
  readonly deployments: readonly string[];
  /**
   * Whether the answer is kept for a repeat; false = it must be stored nowhere, and a repeat is
   * done anew.
   */
  readonly isKept: boolean;
  readonly work: (work: UnitOfWork) => CommandResult | Promise<CommandResult>;
}

/** What was said, who that is, and whether they still wait to hear that it is stored. */
export interface LiveInvocation extends Omit<Invocation, "speaker">, ResolvedActor {
  /** Asked right before it is stored; false = they were told meanwhile that it is not. */
  readonly mayCommit: () => boolean;
}

/** A command line taken apart; see commands/clauses.ts. */
export interface ParsedCommand {
  readonly invocation: LiveInvocation;
  /** The words that follow the command's name, without the reason. */
  readonly words: readonly string[];
  readonly reason: string;
}

/** An answer before the shell adds what every answer has. */
export type CommandResult = Refused | CommandReply;

export interface Refused {
  readonly refusal: Refusal;
  /** The deployment it was about, "" for none. */
  readonly deployment: string;
  /** What was taken as the reason, where that is more than what followed “because”. */
  readonly reason?: string;
}

export type CommandReply = Partial<Reply> & {
  readonly text: string;
  /** Set where its file is a part of the record, taken away. */
  readonly isExport?: boolean;
};

/** Who speaks, as far as the policy and the log know. */
export interface ResolvedActor {
  readonly actor: Actor;
  /** The account that spoke; null where there is none (the console). */
  readonly account: Account | null;
  /** The login link of the operator that is behind them; null = none. */
  readonly link: EntryId | null;
}

/** What a command may use. `org` and `policy` are as they were when the press began. */
export interface CommandContext {
  readonly store: Store;
  readonly rules: PolicyCache;
  /** Where the console is. */
  readonly publicUrl: string;
  readonly now: Instant;
  readonly org: OrgState;
  /** The policy in force. */
  readonly policy: Policy;
  /** What is true of these deployments now. */
  look(deployments: readonly string[]): Promise<UnitOfWork>;
  /** What was true at an instant; null where nothing was in force yet. */
  past(at: Instant): Promise<Past | null>;
  /** Everything that the record has of one escalation. */
  record(id: EscalationId): Promise<RecordView | undefined>;
  /**
   * The proof of an entry that `holdpoint prove --check` takes, with its policy or without; null
   * while no signed checkpoint covers it.
   */
  proofFile(recorded: Recorded, withPolicy: boolean): Promise<string | null>;
  /** What confirms a policy that waits. */
  confirmPolicy(said: ParsedCommand, proposal: ProposedPolicy): Promise<CommandReply | Write>;
  /** A view context with texts and record numbers for these entries. */
  viewContext(deployment: string): Promise<ViewContext>;
  readonly commands: readonly Command[];
}

export interface Target {
  readonly deployment: string;
  /** Null when the deployment as a whole is meant. */
  readonly escalation: EscalationId | null;
}

/** A target, and the words that follow it. */
export interface Found extends Target {
  readonly left: readonly string[];
}

/** Shorthands for answers. */
export function told(
  text: string,
  lines: readonly Line[] = [],
  choices: readonly Button[] = [],
): CommandReply {
  return { text, lines, choices };
}

/** A command that does nothing, and says why in its own words. */
export function no(text: string): CommandReply {
  return { ok: false, text };
}

export function refused(refusal: Refusal, deployment = ""): Refused {
  return { refusal, deployment };
}

/** The person who asked; commands run only for people, the shell has refused all others. */
export function personAsking(said: ParsedCommand): PersonId {
  const { actor } = said.invocation;
  if (actor.type !== "person") throw new Error("invariant: commands run only for people");
  return actor.person;
}

/** An answer that asks for what is missing, as a form. */
export function form(text: string, command: string, fields: readonly FormField[]): CommandReply {
  return {
    text,
    form: { command, fields },
  };
}
