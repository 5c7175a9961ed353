import { refusalText } from "../../core/card/refusal-text.ts";
import type { Actor } from "../../core/people/person.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import type { Reply } from "../ports.ts";
import type { CommandContext, CommandReply, CommandResult } from "./command.ts";
import type { ReadLine } from "./read-line.ts";

/** What became of a command, in words: of a refusal why, and who can. */

/** A reply with everything that a command left out. */
export function replyOf({ isExport: _isExport, ...reply }: CommandReply): Reply {
  return { ...empty, ...reply };
}

const empty: Reply = {
  ok: true,
  text: "",
  choices: [],
  lines: [],
  next: null,
  file: null,
  form: null,
};

export async function explain(
  context: CommandContext,
  {
    result,
    line,
    actor,
  }: { readonly result: CommandResult; readonly line: ReadLine; readonly actor: Actor },
): Promise<Reply> {
  if (!("refusal" in result)) return replyOf(result);
  const view = await context.viewContext(result.deployment);
  const text = refusalText(view, {
    refusal: repeatable(result.refusal),
    actor: actor.type === "person" ? actor.person : null,
    asked: { ...line, reason: result.reason ?? line.reason },
  });
  return { ...empty, ok: false, ...text };
}

const longestRepeated = 80;

/**
 * What was typed, short enough to be said back. A name that long is nobody's typing error: nothing
 * near it is offered.
 */
function repeatable(refusal: Refusal): Refusal {
  if ("name" in refusal && refusal.name.length > longestRepeated)
    return { ...refusal, name: beginning(refusal.name), nearest: [] };
  return "text" in refusal ? { ...refusal, text: beginning(refusal.text) } : refusal;
}

function beginning(text: string): string {
  const characters = [...text];
  return characters.length > longestRepeated
    ? `${characters.slice(0, longestRepeated - 1).join("")}…`
    : text;
}
