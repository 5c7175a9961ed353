import { confirmation } from "../../core/card/decision-answer.ts";
import { refusalText } from "../../core/card/refusal-text.ts";
import { answerRehearsal } from "../../core/decision/rehearsal.ts";
import type { Commitment, EscalationId } from "../../core/ids.ts";
import type { Actor } from "../../core/people/person.ts";
import { denialKey, denialLasts } from "../../core/state/fold.ts";
import { isRefusal, type Refusal } from "../../core/state/refusal.ts";
import { type Draft, escalationIn, isRehearsal } from "../../core/state/situation.ts";
import * as typed from "../../core/words/typed-line.ts";
import { StillReading } from "../intake/waiting-deliveries.ts";
import type { Invocation, Store } from "../ports.ts";
import { withRecords } from "../reads/recorded-texts.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type {
  CommandContext,
  CommandResult,
  Deciding,
  ParsedCommand,
  Refused,
  Target,
} from "./command.ts";
import type { InboundParts } from "./inbound-parts.ts";
import { createKnown } from "./open-at-first-look.ts";
import { findRestricted, findTarget } from "./target.ts";

/**
 * A command’s decision: its target is found, the core judges it, and the entries or the refusal are
 * committed.
 */

export function commandContext(parts: InboundParts): CommandContext {
  const { store, journal, rules, commands } = parts;
  const context: CommandContext = {
    store,
    rules,
    commands,
    target: (said, words) => findTarget(parts, said, words),
    restricted: (said, words) => findRestricted(parts, said, words),
    look: journal.look,
    viewContext: async (deployment) =>
      withRecords(store, { work: await journal.look([deployment]), deployment }),
    write: async ({ invocation }, deployments, work) => {
      const { key, surface, mayCommit, link = null } = invocation;
      const stranger = strangerIn(invocation);
      const what = { key, surface, deployments, mayCommit, link, stranger };
      const { result } = await journal.write(what, work);
      return result;
    },
    unkept: async (surface, work) =>
      (await journal.write({ key: null, surface, deployments: [] }, work)).result,
    decide: (said, target, { command, deciding }) =>
      context.decideEach(said, [target], { command, deciding: () => deciding }),
    decideEach: async (said, targets, { command: asked, deciding }) => {
      const { reason } = said;
      const { key, surface, mayCommit, link = null } = said.invocation;
      const deployments = [...new Set(targets.map(({ deployment }) => deployment))];
      const stranger = strangerIn(said.invocation);
      const what = { key, surface, deployments, mayCommit, link, stranger };
      const known = createKnown();
      const judging = async (work: UnitOfWork, target: Target): Promise<CommandResult> =>
        (await overRehearsal(store, work, target)) ??
        known.but(work, target, asked) ??
        judge(work, { said, target, asked, deciding: deciding(target) });
      try {
        const { result } = await journal.write(what, async (work) => {
          const replies: CommandResult[] = [];
          for (const target of targets) replies.push(await judging(work, target));
          return inOne(work, said, replies);
        });
        // Not in what is kept for a repeat: reasons can be erased.
        return "refusal" in result ? { ...result, reason } : result;
      } catch (fault) {
        if (!(fault instanceof StillReading)) throw fault;
        const [deployment = ""] = deployments;
        const { deliveries } = await store.backlog();
        return {
          refusal: { refused: "still-reading", deployment, deliveries },
          deployment,
          reason,
        };
      }
    },
  };
  return context;
}

/** Several answers as one, each in its words. */
function inOne(
  work: UnitOfWork,
  { invocation, words, reason }: ParsedCommand,
  replies: readonly CommandResult[],
): CommandResult {
  const [only] = replies;
  if (only && replies.length === 1) return only;
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
  return {
    ok: replies.every((reply) => !("refusal" in reply)),
    text: [...texts, ...given].join(" "),
  };
}

function strangerIn({ actor, account }: Invocation): string | null {
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
    said,
    target,
    asked,
    deciding,
  }: {
    readonly said: ParsedCommand;
    readonly target: Target;
    readonly asked: string;
    readonly deciding: Deciding;
  },
): CommandResult {
  const { deployment } = target;
  const reason = work.text(said.reason);
  const outcome = judgement(work, {
    parsedCommand: said,
    commandRequest: { target, asked, reason },
    deciding,
  });
  if (isRefusal(outcome)) {
    deny(work, {
      actor: said.invocation.actor,
      commandRequest: { target, asked, reason },
      refusal: outcome,
    });
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
 * seen is the same.
 */
function judgement(
  work: UnitOfWork,
  {
    parsedCommand: { invocation },
    commandRequest: {
      target: { deployment, escalation },
      asked,
      reason,
    },
    deciding,
  }: {
    readonly parsedCommand: ParsedCommand;
    readonly commandRequest: CommandRequest;
    readonly deciding: Deciding;
  },
): readonly Draft[] | Refusal {
  const situation = work.situation(deployment);
  const meant = escalation && escalationIn(situation.state, escalation);
  return meant && isRehearsal(meant) && asked !== "ack"
    ? answerRehearsal(situation, meant, {
        actor: invocation.actor,
        asked,
        reason,
        breakGlass: /^\/?breakglass\s/i.test(invocation.line.trim()),
      })
    : deciding(situation, reason);
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
    actor,
    commandRequest: { target, asked, reason },
    refusal,
  }: { readonly actor: Actor; readonly commandRequest: CommandRequest; readonly refusal: Refusal },
): void {
  if (refusal.refused !== "not-authorized" && refusal.refused !== "stranger") return;
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
  };
  work.add(`deployment:${target.deployment}`, [{ actor, body }]);
}
