import {
  type CommandContext,
  type ParsedCommand,
  type Refused,
  refused,
} from "../src/app/commands/command.ts";
import type { Past } from "../src/app/reads/then.ts";
import { momentText } from "../src/core/clock-text.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { parsePastDate } from "../src/core/typed-dates.ts";
import { clausesOf, twice } from "./clauses.ts";

/** “at <date>”: a question about how it was then. */

/** What is asked, without its time, under the rules of then. */
export interface AskedThen {
  readonly past: Past;
  readonly context: CommandContext;
  readonly said: ParsedCommand;
  /** "23 Nov 2026 10:00 GMT" */
  readonly when: string;
}

/** Null where no time was said. `usage`: of the command. */
export async function askedThen(
  context: CommandContext,
  said: ParsedCommand,
  usage: string,
): Promise<AskedThen | Refused | null> {
  const clauses = clausesOf(said.words, ["at"]);
  const [text] = clauses.clauses.get("at") ?? [];
  if (text === undefined) {
    const isLeft = clauses.loose.some((word) => plainWord(word) === "at");
    return isLeft ? refused({ refused: "usage", usage, problem: "Say at which time." }) : null;
  }
  const no = (problem: string): Refused => refused({ refused: "usage", usage, problem });
  if (twice(clauses) !== undefined) return no("Say one time.");
  const zone = zoneIn(context, clauses.loose);
  const at = parsePastDate(text, zone, context.now);
  if (at === null) return refused({ refused: "not-a-time", text });
  const when = momentText(at, zone);
  if (at > context.now) return no(`${when} is still to come: only what was can be asked for.`);
  const past = await context.past(at);
  if (past === null) return no(`At ${when} nothing was on the record yet.`);
  return {
    past,
    context: { ...context, policy: past.policy },
    said: { ...said, words: clauses.loose },
    when,
  };
}

/** The zone of the deployment that is named, else that of the first in the policy. */
function zoneIn({ policy }: CommandContext, words: readonly string[]): string {
  const all = [...policy.deployments.values()];
  const named = all.find(({ id }) => words.some((word) => plainWord(word) === id)) ?? all[0];
  return named?.hours.timezone ?? "UTC";
}
