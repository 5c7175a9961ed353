import type { Line } from "../../core/card/card.ts";
import { confirmation } from "../../core/card/decision-answer.ts";
import { refusalText } from "../../core/card/refusal-text.ts";
import { answerRehearsal } from "../../core/decision/rehearsal.ts";
import type { Commitment, EscalationId } from "../../core/ids.ts";
import type { DecidedTogether } from "../../core/log/decision-entries.ts";
import { denialKey, denialLasts } from "../../core/state/fold.ts";
import { isDenial, isRefusal, type Refusal } from "../../core/state/refusal.ts";
import { type Draft, escalationIn, isRehearsal } from "../../core/state/situation.ts";
import { storable } from "../../core/text.ts";
import * as typed from "../../core/words/typed-line.ts";
import { StillReading } from "../intake/waiting-deliveries.ts";
import type { Store } from "../ports.ts";
import { evidenceSince } from "../reads/evidence-since.ts";
import { RecordInDoubt } from "../self-check/doubts.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { restsOnEvidence } from "../unit-of-work-parts.ts";
import type {
  CommandResult,
  Decision,
  LiveInvocation,
  ParsedCommand,
  Prepared,
  Refused,
  Target,
  Write,
} from "./command.ts";
import type { CommandParts } from "./command-parts.ts";
import { createKnown } from "./open-at-first-look.ts";

/**
 * What a command asks for is carried out: the core judges a decision, and the entries or the
 * refusal are committed.
 */

export async function carryOut(
  parts: CommandParts,
  said: ParsedCommand,
  prepared: Prepared,
): Promise<CommandResult> {
  if (!("do" in prepared)) return prepared;
  return prepared.do === "decide" ? decide(parts, said, prepared) : write(parts, said, prepared);
}

async function write(
  { journal }: CommandParts,
  { invocation }: ParsedCommand,
  { deployments, isKept, work }: Write,
): Promise<CommandResult> {
  const pending = isKept
    ? pendingCommit(invocation, deployments)
    : { key: null, surface: invocation.surface, deployments, link: invocation.link };
  return (await journal.write(pending, work)).result;
}

async function decide(
  { store, journal }: CommandParts,
  said: ParsedCommand,
  decision: Decision,
): Promise<CommandResult> {
  const { targets, reason, after = [] } = decision;
  const deployments = [...new Set(targets.map(({ deployment }) => deployment))];
  const known = createKnown();
  const judgeAll = async (work: UnitOfWork): Promise<CommandResult> => {
    const replies: CommandResult[] = [];
    const group = groupOf(work, decision);
    for (const target of targets) {
      if (restsOnEvidence(decision.asked))
        work.restOn(await evidenceSince(store, work.state(target.deployment)));
      replies.push(
        (await overRehearsal(store, work, target)) ??
          known.but(work, target, decision.asked) ??
          judge(work, { said, target, decision, group: followed(work, group) }),
      );
    }
    return asOneAnswer(work, said, { replies, decision });
  };
  try {
    const { result } = await journal.write(pendingCommit(said.invocation, deployments), judgeAll);
    // Not in what is kept for a repeat: reasons can be erased.
    return "refusal" in result
      ? { ...result, reason }
      : { ...result, text: [result.text, ...after].join(" ") };
  } catch (fault) {
    const [deployment = ""] = deployments;
    if (fault instanceof RecordInDoubt)
      return {
        refusal: { refused: "in-doubt", deployment, sentence: fault.sentence },
        deployment,
        reason,
      };
    if (!(fault instanceof StillReading)) throw fault;
    const { deliveries } = await store.backlog();
    return {
      refusal: { refused: "still-reading", deployment, deliveries },
      deployment,
      reason,
    };
  }
}

function pendingCommit(invocation: LiveInvocation, deployments: readonly string[]) {
  const { key, surface, mayCommit, link } = invocation;
  return { key, surface, deployments, mayCommit, link, stranger: strangerIn(invocation) };
}

/** Of what was said of a group or a model: how many of its deployments are decided by it. */
function groupOf(
  work: UnitOfWork,
  { name = null, targets, judge: core }: Decision,
): DecidedTogether | null {
  if (name === null) return null;
  const may = targets.filter(
    (target) =>
      !isRefusal(core(work.situation(target.deployment), { target, reason: "", group: null })),
  );
  return { name, count: may.length };
}

/** The same for those that follow the first decision. */
function followed(work: UnitOfWork, group: DecidedTogether | null): DecidedTogether | null {
  const first = work.entries.find(({ kind }) => kind === "decision.made");
  return group && first ? { ...group, first: first.id } : group;
}

/** Several answers as one, each in its words. */
function asOneAnswer(
  work: UnitOfWork,
  { invocation, words }: ParsedCommand,
  {
    replies,
    decision,
  }: { readonly replies: readonly CommandResult[]; readonly decision: Decision },
): CommandResult {
  const { reason, name = null } = decision;
  const [only] = replies;
  if (only && replies.length === 1 && name === null) return only;
  const { actor } = invocation;
  const person = actor.type === "person" ? actor.person : null;
  const texts = replies.map((reply) =>
    "refusal" in reply
      ? refusalText(work.viewContext(reply.deployment), {
          refusal: reply.refusal,
          actor: person,
          asked: {
            verb: "",
            words,
            reason: "",
          },
        }).text
      : reply.text,
  );
  const isKept = reason === "" || replies.some((reply) => !("refusal" in reply));
  const given = isKept ? [] : [typed.notRecorded(reason)];
  const done = replies.filter((reply) => !("refusal" in reply));
  const ok = done.length === replies.length;
  if (name === null) return { ok, text: [...texts, ...given].join(" ") };
  return {
    ok,
    text: [typed.together(name, done.length, replies.length), ...given].join(" "),
    lines: texts.map((text): Line => [{ untrusted: text }]),
  };
}

function strangerIn({ actor, account }: LiveInvocation): string | null {
  return actor.type === "stranger" && account !== null ? `${account.chat}:${account.id}` : null;
}

/** A button of a rehearsal that has closed stands in messages for ever, and stops nothing. */
async function overRehearsal(
  store: Store,
  work: UnitOfWork,
  { deployment, escalation }: Target,
): Promise<Refused | null> {
  if (!escalation || escalationIn(work.state(deployment), escalation)) return null;
  const known = await store.escalation(escalation);
  return known && isRehearsal(known)
    ? { refusal: { refused: "rehearsed", escalation }, deployment }
    : null;
}

function judge(
  work: UnitOfWork,
  {
    said: { invocation },
    target,
    decision,
    group,
  }: {
    readonly said: ParsedCommand;
    readonly target: Target;
    readonly decision: Decision;
    readonly group: DecidedTogether | null;
  },
): CommandResult {
  const { deployment } = target;
  const request = { target, asked: decision.asked, reason: work.text(decision.reason) };
  const outcome =
    rehearsalAnswer(work, invocation, request) ??
    decision.judge(work.situation(deployment), { ...request, group });
  if (isRefusal(outcome)) {
    deny(work, { invocation, commandRequest: request, refusal: outcome });
    return { refusal: outcome, deployment };
  }
  const entries = work.add(`deployment:${deployment}`, outcome);
  return { text: confirmation(work.viewContext(deployment), entries) };
}

/** What somebody wants done to what, and the commitment to their reason. */
export interface CommandRequest {
  readonly target: Target;
  readonly asked: string;
  readonly reason: Commitment | "";
}

/**
 * What is said to a rehearsal is answered by the rehearsal, whatever it would have done; only being
 * seen is the same. Null where no rehearsal is meant.
 */
function rehearsalAnswer(
  work: UnitOfWork,
  { actor, line }: LiveInvocation,
  { target: { deployment, escalation }, asked, reason }: CommandRequest,
): readonly Draft[] | Refusal | null {
  const situation = work.situation(deployment);
  const meant = escalation && escalationIn(situation.state, escalation);
  if (!meant || !isRehearsal(meant) || asked === "ack") return null;
  const breakGlass = /^\/?breakglass\s/i.test(line.trim());
  return answerRehearsal(situation, meant, { actor, asked, reason, breakGlass });
}

/**
 * Accounts cost nothing: from so many refusals of a deployment in ten minutes on, those of further
 * strangers are no news.
 */
const deniedAtMost = 100;

/** A refused decision is on the record too, once per person, target and kind in ten minutes. */
export function deny(
  work: UnitOfWork,
  {
    invocation: { actor, line },
    commandRequest: { target, asked, reason },
    refusal,
  }: {
    readonly invocation: Pick<LiveInvocation, "actor" | "line">;
    readonly commandRequest: CommandRequest;
    readonly refusal: Refusal;
  },
): void {
  if (!isDenial(refusal)) return;
  const escalation: EscalationId | "" = target.escalation ?? "";
  const state = work.state(target.deployment);
  const recent = Object.entries(state.denied).filter(([, at]) => at > work.now - denialLasts);
  const key = denialKey(work.onRecord(actor), escalation, asked);
  if (recent.some(([name]) => name === key)) return;
  if (actor.type === "stranger" && recent.length >= deniedAtMost) return;
  const body = {
    kind: "decision.denied" as const,
    deployment: target.deployment,
    escalation,
    asked,
    because: refusal.refused,
    ...(reason === "" ? {} : { reason }),
    ...(line === "" ? {} : { line: work.text(storable(line)) }),
  };
  work.add(`deployment:${target.deployment}`, [{ actor, body }]);
}
