import { refusalText } from "../../core/card/refusal-text.ts";
import type { Millis } from "../../core/ids.ts";
import { linkBehind } from "../../core/people/login-links.ts";
import { type Actor, holderOf } from "../../core/people/person.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import { answers } from "../../core/words/answers.ts";
import { Fault, type Inbound, type Invocation, type Reply } from "../ports.ts";
import { createAttempt, createUnsettled } from "./attempt.ts";
import {
  type Command,
  type CommandContext,
  type CommandResult,
  type LiveInvocation,
  type ParsedCommand,
  refused,
} from "./command.ts";
import type { InboundParts } from "./inbound-parts.ts";
import { commandContext } from "./judge-command.ts";
import { type ReadLine, readLine, unreadable, withKept, withStop } from "./read-line.ts";

/**
 * From a typed line to an answer: one parser, one authority check, one commit, whatever chat it
 * came from.
 */

const empty: Reply = {
  ok: true,
  text: "",
  choices: [],
  lines: [],
  next: null,
  file: null,
  form: null,
};

export function createInbound(parts: InboundParts): Inbound {
  const context = commandContext(parts);
  const unsettled = createUnsettled();
  return {
    run: async (invocation) => {
      const attempt = createAttempt();
      const heard = { ...invocation, mayCommit: attempt.mayCommit };
      try {
        return await parts.within(answer(parts, context, heard), answerTakes);
      } catch (fault) {
        return unsure(
          { ...parts, context, unsettled },
          { invocation, fault, sent: attempt.giveUp() },
        );
      }
    },
    unasked: (key) => notStored(unsettled.has(key), ""),
  };
}

/**
 * How long somebody waits for an answer, and then for what is known of it: a chat that hears
 * nothing for 3 s says so itself.
 */
const answerTakes: Millis = 1_500;
const receiptTakes: Millis = 500;

async function answer(
  parts: InboundParts,
  context: CommandContext,
  heard: LiveInvocation,
): Promise<Reply> {
  const invocation = await spokenNow(parts, heard);
  const line = readLine(invocation.line, context.commands);
  const reply = withKept(await done(context, invocation, line), line);
  return withStop(await inWords(context, invocation, reply), line);
}

async function done(
  context: CommandContext,
  invocation: LiveInvocation,
  line: ReadLine,
): Promise<CommandResult> {
  const no = unreadable(line, context.commands);
  const command = context.commands.find((command) => command.name === line.verb);
  if (no || !command) return refused(no ?? { refused: "not-a-person" });
  return permitted(context, command, { invocation, words: line.words, reason: line.reason });
}

/**
 * An account speaks for whoever has it now: the chat may not have heard yet of a link, or of its
 * end, in another process. One that was linked in a session of a login link speaks as that session
 * would.
 */
async function spokenNow(
  { journal, rules }: InboundParts,
  invocation: LiveInvocation,
): Promise<LiveInvocation> {
  if (invocation.account === null) return invocation;
  const { org } = await journal.look([]);
  const named = rules.current()?.people ?? new Set();
  const person = holderOf(rules.people(), invocation.account, (person) => named.has(person));
  if (!person) return { ...invocation, actor: { type: "stranger" } };
  const actor: Actor = { type: "person", person: person.id };
  return { ...invocation, actor, link: linkBehind(org, person.id, invocation.account.chat) };
}

async function inWords(
  context: CommandContext,
  { actor, line }: Invocation,
  reply: CommandResult,
): Promise<Reply> {
  if (!("refusal" in reply)) return { ...empty, ...reply };
  const view = await context.viewContext(reply.deployment);
  const person = actor.type === "person" ? actor.person : null;
  const read = readLine(line, context.commands);
  const asked = { ...read, reason: reply.reason ?? read.reason };
  return {
    ...empty,
    ok: false,
    ...refusalText(view, { refusal: repeatable(reply.refusal), actor: person, asked }),
  };
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

/**
 * Only people decide; whom the policy does not name may ask and raise, nothing else, and is on the
 * record for trying.
 */
async function permitted(
  context: CommandContext,
  command: Command,
  said: ParsedCommand,
): Promise<CommandResult> {
  const { actor } = said.invocation;
  if (actor.type === "person") return command.run(context, said);
  if (actor.type !== "stranger") return { refusal: { refused: "not-a-person" }, deployment: "" };
  if (command.anybody) return command.run(context, said);
  const target = await context.restricted(said, said.words);
  const refusal: Refusal = { refused: "stranger" };
  if ("refusal" in target) return { refusal, deployment: "" };
  return context.decide(said, target, { command: command.name, deciding: () => refusal });
}

interface UnsureParts extends InboundParts {
  readonly context: CommandContext;
  readonly unsettled: ReturnType<typeof createUnsettled>;
}

/**
 * The database said no, or said nothing: never guess. A receipt under the key is the truth; where
 * there is none to be had, what was never sent is not stored, and of what was sent only a fault
 * says that it cannot be stored any more: a late answer is not a no.
 */
async function unsure(
  { store, log, within, context, unsettled }: UnsureParts,
  {
    invocation,
    fault,
    sent,
  }: { readonly invocation: Invocation; readonly fault: unknown; readonly sent: boolean },
): Promise<Reply> {
  const { key, line } = invocation;
  const reference = log(fault, line.split(" ")[0] ?? "");
  try {
    const receipt = await within(store.receipt(key), receiptTakes);
    if (receipt) {
      unsettled.add(key); // it is stored, even if that cannot be put in words now
      const reply = receipt.result as CommandResult;
      return await within(inWords(context, invocation, reply), receiptTakes);
    }
    if (!sent || fault instanceof Fault) unsettled.delete(key);
    else unsettled.add(key);
  } catch {
    if (sent) unsettled.add(key);
  }
  return notStored(unsettled.has(key), ` (${reference})`);
}

function notStored(perhaps: boolean, reference: string): Reply {
  const { notConfirmed, notRecorded } = answers;
  return { ...empty, ok: false, text: `${perhaps ? notConfirmed : notRecorded}${reference}` };
}
