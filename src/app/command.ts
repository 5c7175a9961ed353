import type { Button, Line } from "../core/card.ts";
import type { EscalationId, PersonId } from "../core/ids.ts";
import type { Surface } from "../core/log/entry.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Draft, Situation } from "../core/situation.ts";
import type { Telling } from "../core/telling.ts";
import type { Desk } from "./desk.ts";
import type { Answer, FormField, Invocation, Store } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What a command file exports: one typed line in, one answer out. Platforms know only this. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Whether somebody the policy does not name may say it. */
  readonly anybody: boolean;
  run(room: Room, said: Said): Promise<Reply>;
}

/** What was said, and whether whoever said it still waits to hear that it is stored. */
export interface Heard extends Invocation {
  /** Asked right before it is stored; false = they were told meanwhile that it is not. */
  readonly mayCommit: () => boolean;
}

/** A command line taken apart; see commands/clauses.ts. */
export interface Said {
  readonly invocation: Heard;
  /** The words that follow the command's name, without the reason. */
  readonly words: readonly string[];
  readonly reason: string;
}

/** An answer before the shell adds what every answer has. */
export type Reply = Refused | Told;

export interface Refused {
  readonly refusal: Refusal;
  /** The deployment it was about, "" for none. */
  readonly deployment: string;
  /** What was taken as the reason, where that is more than what followed “because”. */
  readonly reason?: string;
}

export type Told = Partial<Answer> & { readonly text: string };

/** What a decision command asks the core, once its target is known. */
type Deciding = (situation: Situation, reason: string) => readonly Draft[] | Refusal;

/** What a command may use. */
export interface Room {
  readonly store: Store;
  readonly rules: Rules;
  /** Finds the escalation or deployment that the words begin with: `HP-142`, an id, a name; without words, the thread's. */
  target(said: Said, words: readonly string[]): Promise<Found | Refused>;
  /** The same for what restricts: it is asked back only where another one may be meant. */
  restricted(said: Said, words: readonly string[]): Promise<Found | Refused>;
  /** Runs a decision: judged and committed in one step, repeated presses answered alike. */
  decide(said: Said, target: Target, asked: string, deciding: Deciding): Promise<Reply>;
  /** The same about several, in one step, each answered for itself. */
  decideEach(
    said: Said,
    targets: readonly Target[],
    asked: string,
    deciding: (target: Target) => Deciding,
  ): Promise<Reply>;
  /** Writes something else with the same guarantees. */
  write(
    said: Said,
    deployments: readonly string[],
    work: (desk: Desk) => Reply | Promise<Reply>,
  ): Promise<Reply>;
  /** The same without keeping the answer for a repeat, which then is done anew: for what must be stored nowhere. */
  unkept(surface: Surface, work: (desk: Desk) => Promise<Reply>): Promise<Reply>;
  look(deployments: readonly string[]): Promise<Desk>;
  /** A desk's telling with texts and record numbers for these entries. */
  telling(deployment: string): Promise<Telling>;
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
export const told = (
  text: string,
  lines: readonly Line[] = [],
  choices: readonly Button[] = [],
): Told => ({ text, lines, choices });

export const refused = (refusal: Refusal, deployment = ""): Refused => ({ refusal, deployment });

/** The person who asked; commands run only for people, the shell has refused all others. */
export const personIn = (said: Said): PersonId => {
  const { actor } = said.invocation;
  if (actor.type !== "person") throw new Error("invariant: commands run only for people");
  return actor.person;
};

/** An answer that asks for what is missing, as a form. */
export const form = (text: string, command: string, fields: readonly FormField[]): Told => ({
  text,
  form: { command, fields },
});
