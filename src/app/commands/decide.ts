import { type Readable, readableBy, readsOnly } from "../../core/people/readers.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import { storable } from "../../core/text.ts";
import { answers } from "../../core/words/answers.ts";
import { Fault, type Inbound, type Invocation, type Reply } from "../ports.ts";
import { proofFileOf } from "../reads/proof-file.ts";
import { readableRules, readableStore } from "../reads/readable.ts";
import { recordOf } from "../reads/record.ts";
import { withRecords } from "../reads/recorded-texts.ts";
import { pastAt } from "../reads/then.ts";
import { createAttempt, createUnsettled } from "./attempt.ts";
import {
  type Command,
  type CommandContext,
  type CommandResult,
  type LiveInvocation,
  type ParsedCommand,
  type Prepared,
  refused,
} from "./command.ts";
import type { CommandParts } from "./command-parts.ts";
import { confirmPolicy } from "./confirm-policy.ts";
import { explain, replyOf } from "./explain.ts";
import { carryOut } from "./judge-command.ts";
import { type ReadLine, readLine, unreadable, withKept, withStop } from "./read-line.ts";
import { resolveActor } from "./resolve-actor.ts";
import { findEach } from "./target.ts";

/**
 * From a typed line to an answer, whatever chat it came from:
 *
 * 1. read the line (read-line)
 * 2. resolve the actor, once, and look which policy is in force (resolve-actor)
 * 3. find the target: the command's `prepare` says what is asked for, as data
 * 4. judge it (the core), and
 * 5. commit the entries or the refusal (judge-command)
 * 6. explain: the answer in words (explain)
 */

export function createInbound(parts: CommandParts): Inbound {
  const unsettled = createUnsettled();
  return {
    run: async (invocation) => {
      const attempt = createAttempt();
      try {
        const patience = invocation.asksOnly ? parts.times.question : parts.times.answer;
        return await parts.within(answer(parts, invocation, attempt.mayCommit), patience);
      } catch (fault) {
        return unsure({ ...parts, unsettled }, { invocation, fault, sent: attempt.giveUp() });
      }
    },
    unasked: (key, line) =>
      isQuestion(parts, line) ? notAnswered("") : notStored(unsettled.has(key), ""),
  };
}

async function answer(
  parts: CommandParts,
  invocation: Invocation,
  mayCommit: LiveInvocation["mayCommit"],
): Promise<Reply> {
  const line = readLine(invocation.line, parts.commands);
  const press = await beginPress(parts, invocation);
  const { context, actor } = press;
  const said = {
    invocation: { ...invocation, ...actor, mayCommit },
    words: line.words,
    reason: line.reason,
  };
  const prepared = await prepare(press, said, line);
  const carried = await carryOut(parts, said, prepared);
  await noteIn(parts, said, carried);
  const result = withKept(carried, line);
  return withStop(await explain(context, { result, line, actor: actor.actor }), line);
}

/** What is read by an auditor, or taken away by anybody, goes on the record. */
async function noteIn(
  { noteRead }: CommandParts,
  { invocation: { actor, surface, line } }: ParsedCommand,
  result: CommandResult,
): Promise<void> {
  if ("refusal" in result) return;
  const isExport = result.isExport === true;
  if (!isExport && actor.type !== "auditor") return;
  const what = isExport ? "export" : "question";
  await noteRead({ actor, surface, what, question: storable(line) });
}

/** Who speaks, and the rules in force: read together, once. */
async function beginPress(parts: CommandParts, { speaker }: Invocation) {
  const { journal, rules } = parts;
  const { org, now } = await journal.look([]);
  const actor = resolveActor(speaker, { org, rules });
  const readable = org.policy === "" ? "all" : readableBy(rules.policy(org.policy), actor.actor);
  const contextFor = (shown: Readable): CommandContext => contextOf(parts, { org, now }, shown);
  return { context: contextFor(readable), whole: contextFor("all"), readable, actor };
}

/** What a command is answered from: of the record, what the speaker may read. */
function contextOf(
  parts: CommandParts,
  { org, now }: Pick<CommandContext, "org" | "now">,
  readable: Readable,
): CommandContext {
  const { store: whole, journal, rules: all, commands, history, publicUrl, keyFor } = parts;
  const store = readableStore(whole, readable);
  const rules = readableRules(all, readable);
  const past = { store, rules, look: journal.look, history };
  return {
    store,
    rules,
    commands,
    publicUrl,
    now,
    org,
    get policy() {
      return rules.policy(org.policy);
    },
    look: journal.look,
    past: (at) => pastAt(past, at),
    record: (id) => recordOf(past, id),
    proofFile: (recorded, withPolicy) => proofFileOf({ store, keyFor }, recorded, withPolicy),
    confirmPolicy: (said, proposal) => confirmPolicy(parts, said, proposal),
    viewContext: async (deployment) =>
      withRecords(store, { work: await journal.look([deployment]), deployment }),
  };
}

/**
 * Only people decide; whom the policy does not name may ask and raise, nothing else, and is on the
 * record for trying.
 */
async function prepare(
  { context, whole, readable }: Press,
  said: ParsedCommand,
  line: ReadLine,
): Promise<Prepared> {
  const no = unreadable(line, context.commands);
  const command = context.commands.find(({ name }) => name === line.verb);
  if (no || !command) return refused(no ?? { refused: "not-a-person" });
  if (said.invocation.asksOnly && !command.asks)
    return refused({ refused: "asks-only", verb: line.verb });
  if (command.asks && command.name !== "help" && isNothing(readable))
    return refused({ refused: "not-a-reader" });
  return prepareFor(command, { context, whole }, said);
}

/** What the command asks for, by what whoever says it may say at all. */
async function prepareFor(
  command: Command,
  { context, whole }: Pick<Press, "context" | "whole">,
  said: ParsedCommand,
): Promise<Prepared> {
  const { actor } = said.invocation;
  switch (actor.type) {
    case "operator":
    case "auditor":
      return command.prepare(context, said);
    case "person": {
      const isOpen =
        command.anybody ||
        command.asks === true ||
        command.isOwn === true ||
        (command.name === "redact" && whole.policy.redact?.has(actor.person) === true);
      return !isOpen && readsOnly(whole.policy, actor.person)
        ? denied(context, { said, command, refusal: { refused: "reads-only" } })
        : command.prepare(context, said);
    }
    case "stranger":
      return command.anybody
        ? asStranger(command, { context, whole }, said)
        : denied(whole, { said, command, refusal: { refused: "stranger" } });
    case "gateway":
    case "policy":
      return refused({ refused: "not-a-person" });
  }
}

/** Refused for who says it; on the record of the deployment that is meant, where that is known. */
async function denied(
  context: CommandContext,
  {
    said,
    command,
    refusal,
  }: { readonly said: ParsedCommand; readonly command: Command; readonly refusal: Refusal },
): Promise<Prepared> {
  const found = await findEach(context, said, { words: said.words, restricts: true });
  if ("refusal" in found) return refused(refusal);
  return {
    do: "decide",
    asked: command.name,
    targets: found.targets,
    name: found.name,
    reason: said.reason,
    judge: () => refusal,
  };
}

type Press = Awaited<ReturnType<typeof beginPress>>;

const isNothing = (readable: Readable): boolean => readable !== "all" && readable.size === 0;

/** Whoever reads nothing may still raise, but is not told what else there is by a wrong name. */
async function asStranger(
  command: Command,
  { context, whole }: Pick<Press, "context" | "whole">,
  said: ParsedCommand,
): Promise<Prepared> {
  const prepared = await command.prepare(whole, said);
  const isNo = "refusal" in prepared || ("form" in prepared && prepared.form !== null);
  return isNo ? command.prepare(context, said) : prepared;
}

interface UnsureParts extends CommandParts {
  readonly unsettled: ReturnType<typeof createUnsettled>;
}

/**
 * The database said no, or said nothing: never guess. A receipt under the key is the truth; where
 * there is none to be had, what was never sent is not stored, and of what was sent only a fault
 * says that it cannot be stored any more: a late answer is not a no.
 */
async function unsure(
  parts: UnsureParts,
  {
    invocation,
    fault,
    sent,
  }: { readonly invocation: Invocation; readonly fault: unknown; readonly sent: boolean },
): Promise<Reply> {
  const { store, log, within, times, unsettled } = parts;
  const { key, line } = invocation;
  const reference = log(fault, line.split(" ")[0] ?? "");
  if (isQuestion(parts, line)) return notAnswered(` (${reference})`);
  try {
    const receipt = await within(store.receipt(key), times.receipt);
    if (receipt) {
      unsettled.add(key); // it is stored, even if that cannot be put in words now
      const result = receipt.result as CommandResult;
      return await within(explainReceipt(parts, invocation, result), times.receipt);
    }
    if (!sent || fault instanceof Fault) unsettled.delete(key);
    else unsettled.add(key);
  } catch {
    if (sent) unsettled.add(key);
  }
  return notStored(unsettled.has(key), ` (${reference})`);
}

/**
 * Of the press nothing is left but its receipt: who speaks is found out anew where that is said.
 */
async function explainReceipt(
  parts: CommandParts,
  invocation: Invocation,
  result: CommandResult,
): Promise<Reply> {
  if (!("refusal" in result)) return replyOf(result);
  const { context, actor } = await beginPress(parts, invocation);
  const line = readLine(invocation.line, parts.commands);
  return explain(context, { result, line, actor: actor.actor });
}

/** Whether a line only asks: nothing was to be recorded under its key. */
function isQuestion({ commands }: Pick<CommandParts, "commands">, line: string): boolean {
  const { verb, stop } = readLine(line, commands);
  return stop === "" && commands.some(({ name, asks }) => name === verb && asks === true);
}

const notAnswered = (reference: string): Reply =>
  replyOf({ ok: false, text: `${answers.notAnswered}${reference}` });

function notStored(perhaps: boolean, reference: string): Reply {
  const { notConfirmed, notRecorded } = answers;
  return replyOf({ ok: false, text: `${perhaps ? notConfirmed : notRecorded}${reference}` });
}
