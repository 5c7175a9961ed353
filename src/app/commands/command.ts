import type { Button, Line } from "../../core/card/card.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { Surface } from "../../core/log/entry-fields.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import type { Draft, Situation } from "../../core/state/situation.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { FormField, Invocation, Reply, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** What a command file exports: one typed line in, one answer out. Platforms know only this. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Whether somebody the policy does not name may say it. */
  readonly anybody: boolean;
  run(context: CommandContext, said: ParsedCommand): Promise<CommandResult>;
}

/** What was said, and whether whoever said it still waits to hear that it is stored. */
export interface LiveInvocation extends Invocation {
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

export type CommandReply = Partial<Reply> & { readonly text: string };

/** What a decision command asks the core, once its target is known. */
export type Deciding = (situation: Situation, reason: string) => readonly Draft[] | Refusal;

/** What a command may use. */
export interface CommandContext {
  readonly store: Store;
  readonly rules: PolicyCache;
  /**
   * Finds the escalation or deployment that the words begin with: `HP-142`, an id, a name; without
   * words, the thread's.
   */
  target(said: ParsedCommand, words: readonly string[]): Promise<Found | Refused>;
  /** The same for what restricts: it is asked back only where another one may be meant. */
  restricted(said: ParsedCommand, words: readonly string[]): Promise<Found | Refused>;
  /** Runs a decision: judged and committed in one step, repeated presses answered alike. */
  decide(
    said: ParsedCommand,
    target: Target,
    what: { readonly command: string; readonly deciding: Deciding },
  ): Promise<CommandResult>;
  /** The same about several, in one step, each answered for itself. */
  decideEach(
    said: ParsedCommand,
    targets: readonly Target[],
    what: { readonly command: string; readonly deciding: (target: Target) => Deciding },
  ): Promise<CommandResult>;
  /** Writes something else with the same guarantees. */
  write(
    said: ParsedCommand,
    deployments: readonly string[],
    work: (work: UnitOfWork) => CommandResult | Promise<CommandResult>,
  ): Promise<CommandResult>;
  /**
   * The same without keeping the answer for a repeat, which then is done anew: for what must be
   * stored nowhere.
   */
  unkept(
    surface: Surface,
    work: (work: UnitOfWork) => Promise<CommandResult>,
  ): Promise<CommandResult>;
  look(deployments: readonly string[]): Promise<UnitOfWork>;
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

export function refused(refusal: Refusal, deployment = ""): Refused {
  return { refusal, deployment };
}

/** The person who asked; commands run only for people, the shell has refused all others. */
export function personIn(said: ParsedCommand): PersonId {
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
