import type { Millis } from "../../core/ids.ts";
import type { PolicyDoc } from "../../core/policy/schema/policy-schema.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Random, Store } from "../ports.ts";
import type { NoteRead } from "../reads/note-read.ts";
import type { createPostureHistory } from "../reads/posture-history.ts";
import type { KeyFor } from "../reads/proof-file.ts";
import type { Command } from "./command.ts";

/** What commands from people are answered with. */

/** Time limits while a person in a chat waits. */
export interface AnswerTimes {
  /** Of each database call where several are needed. */
  readonly call: Millis;
  /** Of the whole answer. */
  readonly answer: Millis;
  /** The same of a question on a page or over HTTP, where nobody waits for a chat. */
  readonly question: Millis;
  /** Of the look at what is known, when there was no answer in time. */
  readonly receipt: Millis;
}

/** A chat that hears nothing for 3 s says so itself. */
export const answerTimes: AnswerTimes = {
  call: 700,
  answer: 1_500,
  question: 30_000,
  receipt: 500,
};

export interface CommandParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
  readonly keyFor: KeyFor;
  /** Puts on the record what was read of it. */
  readonly noteRead: NoteRead;
  /** Answers questions about the past, one at a time. */
  readonly history: ReturnType<typeof createPostureHistory>;
  readonly commands: readonly Command[];
  readonly random: Random;
  /** The policy that a text says; null where it is none. */
  readonly readPolicy: (yaml: string) => PolicyDoc | null;
  /** Where the console is. */
  readonly publicUrl: string;
  /** Rejects when something has taken too long; the work itself goes on. */
  readonly within: <T>(work: Promise<T>, patience: Millis) => Promise<T>;
  readonly times: AnswerTimes;
  readonly log: (fault: unknown, line: string) => string;
}
