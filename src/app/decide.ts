import { confirmation } from "../core/confirmation.ts";
import { explain } from "../core/explain.ts";
import { denialKey, denialLasts } from "../core/fold.ts";
import type { Commitment, EscalationId, Millis } from "../core/ids.ts";
import { linkBehind } from "../core/login-links.ts";
import { type Actor, holderOf } from "../core/people.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import { answerRehearsal } from "../core/rehearsal.ts";
import { type Draft, escalationIn, isRehearsal } from "../core/situation.ts";
import * as words from "../core/words.ts";
import * as typed from "../core/words-typed.ts";
import { createAttempt, createUnsettled } from "./attempt.ts";
import {
  type Command,
  type Heard,
  type Refused,
  type Reply,
  type Room,
  refused,
  type Said,
  type Target,
} from "./command.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";
import { createKnown } from "./not-seen.ts";
import { type Answer, Fault, type Inbound, type Invocation, type Store } from "./ports.ts";
import { StillReading } from "./read-first.ts";
import { type ReadLine, readLine, unreadable, withKept, withStop } from "./read-line.ts";
import { withRecords } from "./records.ts";
import type { Rules } from "./rules.ts";
import { findRestricted, findTarget } from "./target.ts";

/** From a typed line to an answer: one parser, one authority check, one commit, whatever chat it came from. */

export interface InboundParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
  readonly commands: readonly Command[];
  /** Rejects when something has taken too long; the work itself goes on. */
  readonly within: <T>(work: Promise<T>, patience: Millis) => Promise<T>;
  readonly log: (fault: unknown, line: string) => string;
}

const empty: Answer = {
  ok: true,
  text: "",
  choices: [],
  lines: [],
  next: null,
  file: null,
  form: null,
};

export const createInbound = (parts: InboundParts): Inbound => {
  const room = roomOf(parts);
  const unsettled = createUnsettled();
  return {
    run: async (invocation) => {
      const attempt = createAttempt();
      const heard = { ...invocation, mayCommit: attempt.mayCommit };
      try {
        return await parts.within(answer(parts, room, heard), answerTakes);
      } catch (fault) {
        return unsure({ ...parts, room, unsettled }, invocation, fault, attempt.giveUp());
      }
    },
    unasked: (key) => notStored(unsettled.has(key), ""),
  };
};

/** How long somebody waits for an answer, and then for what is known of it: a chat that hears nothing for 3 s says so itself. */
const answerTakes: Millis = 1_500;
const receiptTakes: Millis = 500;

const answer = async (parts: InboundParts, room: Room, heard: Heard): Promise<Answer> => {
  const invocation = await spokenNow(parts, heard);
  const line = readLine(invocation.line, room.commands);
  const reply = withKept(await done(room, invocation, line), line);
  return withStop(await inWords(room, invocation, reply), line);
};

const done = async (room: Room, invocation: Heard, line: ReadLine): Promise<Reply> => {
  const no = unreadable(line, room.commands);
  const command = room.commands.find((one) => one.name === line.verb);
  if (no || !command) return refused(no ?? { refused: "not-a-person" });
  return permitted(room, command, { invocation, words: line.words, reason: line.reason });
};

/**
 * An account speaks for whoever has it now: the chat may not have heard yet of a link, or of its end, in another process. One that was
 * linked in a session of a login link speaks as that session would.
 */
const spokenNow = async ({ journal, rules }: InboundParts, invocation: Heard): Promise<Heard> => {
  if (invocation.account === null) return invocation;
  const { org } = await journal.look([]);
  const named = rules.current()?.people ?? new Set();
  const person = holderOf(rules.people(), invocation.account, (one) => named.has(one));
  if (!person) return { ...invocation, actor: { type: "stranger" } };
  const actor: Actor = { type: "person", person: person.id };
  return { ...invocation, actor, link: linkBehind(org, person.id, invocation.account.chat) };
};

const inWords = async (room: Room, { actor, line }: Invocation, reply: Reply): Promise<Answer> => {
  if (!("refusal" in reply)) return { ...empty, ...reply };
  const telling = await room.telling(reply.deployment);
  const person = actor.type === "person" ? actor.person : null;
  const read = readLine(line, room.commands);
  const asked = { ...read, reason: reply.reason ?? read.reason };
  return { ...empty, ok: false, ...explain(telling, repeatable(reply.refusal), person, asked) };
};

const longestRepeated = 80;

/** What was typed, short enough to be said back. A name that long is nobody's typing error: nothing near it is offered. */
const repeatable = (refusal: Refusal): Refusal => {
  if ("name" in refusal && refusal.name.length > longestRepeated)
    return { ...refusal, name: beginning(refusal.name), nearest: [] };
  return "text" in refusal ? { ...refusal, text: beginning(refusal.text) } : refusal;
};

const beginning = (text: string): string => {
  const characters = [...text];
  return characters.length > longestRepeated
    ? `${characters.slice(0, longestRepeated - 1).join("")}…`
    : text;
};

/** Only people decide; whom the policy does not name may ask and raise, nothing else, and is on the record for trying. */
const permitted = async (room: Room, command: Command, said: Said): Promise<Reply> => {
  const { actor } = said.invocation;
  if (actor.type === "person") return command.run(room, said);
  if (actor.type !== "stranger") return { refusal: { refused: "not-a-person" }, deployment: "" };
  if (command.anybody) return command.run(room, said);
  const target = await room.restricted(said, said.words);
  const refusal: Refusal = { refused: "stranger" };
  if ("refusal" in target) return { refusal, deployment: "" };
  return room.decide(said, target, command.name, () => refusal);
};

interface UnsureParts extends InboundParts {
  readonly room: Room;
  readonly unsettled: ReturnType<typeof createUnsettled>;
}

/**
 * The database said no, or said nothing: never guess. A receipt under the key is the truth; where there is none to be had, what was
 * never sent is not stored, and of what was sent only a fault says that it cannot be stored any more: a late answer is not a no.
 */
const unsure = async (
  { store, log, within, room, unsettled }: UnsureParts,
  invocation: Invocation,
  fault: unknown,
  sent: boolean,
): Promise<Answer> => {
  const { key, line } = invocation;
  const reference = log(fault, line.split(" ")[0] ?? "");
  try {
    const receipt = await within(store.receipt(key), receiptTakes);
    if (receipt) {
      unsettled.add(key); // it is stored, even if that cannot be put in words now
      const reply = receipt.result as Reply;
      return await within(inWords(room, invocation, reply), receiptTakes);
    }
    if (!sent || fault instanceof Fault) unsettled.delete(key);
    else unsettled.add(key);
  } catch {
    if (sent) unsettled.add(key);
  }
  return notStored(unsettled.has(key), ` (${reference})`);
};

const notStored = (perhaps: boolean, reference: string): Answer => {
  const { notConfirmed, notRecorded } = words.answers;
  return { ...empty, ok: false, text: `${perhaps ? notConfirmed : notRecorded}${reference}` };
};

const roomOf = (parts: InboundParts): Room => {
  const { store, journal, rules, commands } = parts;
  const room: Room = {
    store,
    rules,
    commands,
    target: (said, words) => findTarget(parts, said, words),
    restricted: (said, words) => findRestricted(parts, said, words),
    look: journal.look,
    telling: async (deployment) => withRecords(store, await journal.look([deployment]), deployment),
    write: async ({ invocation }, deployments, work) => {
      const { key, surface, mayCommit, link = null } = invocation;
      const stranger = strangerIn(invocation);
      const what = { key, surface, deployments, mayCommit, link, stranger };
      const { result } = await journal.write(what, work);
      return result;
    },
    unkept: async (surface, work) =>
      (await journal.write({ key: null, surface, deployments: [] }, work)).result,
    decide: (said, target, asked, deciding) =>
      room.decideEach(said, [target], asked, () => deciding),
    decideEach: async (said, targets, asked, deciding) => {
      const { reason } = said;
      const { key, surface, mayCommit, link = null } = said.invocation;
      const deployments = [...new Set(targets.map(({ deployment }) => deployment))];
      const stranger = strangerIn(said.invocation);
      const what = { key, surface, deployments, mayCommit, link, stranger };
      const known = createKnown();
      const judging = async (desk: Desk, target: Target): Promise<Reply> =>
        (await overRehearsal(store, desk, target)) ??
        known.but(desk, target, asked) ??
        judge(desk, said, target, asked, deciding(target));
      try {
        const { result } = await journal.write(what, async (desk) => {
          const replies: Reply[] = [];
          for (const target of targets) replies.push(await judging(desk, target));
          return inOne(desk, said, replies);
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
  return room;
};

/** Several answers as one, each in its words. */
const inOne = (
  desk: Desk,
  { invocation, words, reason }: Said,
  replies: readonly Reply[],
): Reply => {
  const [only] = replies;
  if (only && replies.length === 1) return only;
  const { actor } = invocation;
  const person = actor.type === "person" ? actor.person : null;
  const texts = replies.map((reply) =>
    "refusal" in reply
      ? explain(desk.telling(reply.deployment), reply.refusal, person, {
          verb: "",
          words,
          reason: "",
        }).text
      : reply.text,
  );
  const isKept = reason === "" || replies.some((reply) => !("refusal" in reply));
  const given = isKept ? [] : [typed.notRecorded(reason)];
  return {
    ok: replies.every((reply) => !("refusal" in reply)),
    text: [...texts, ...given].join(" "),
  };
};

const strangerIn = ({ actor, account }: Invocation): string | null =>
  actor.type === "stranger" && account !== null ? `${account.chat}:${account.id}` : null;

/** A button of a rehearsal that has closed stands in messages for ever, and stops nothing. */
const overRehearsal = async (
  store: Store,
  desk: Desk,
  { deployment, escalation }: Target,
): Promise<Refused | null> => {
  if (!escalation || escalationIn(desk.state(deployment), escalation)) return null;
  const known = await store.escalation(escalation);
  return known && isRehearsal(known)
    ? { refusal: { refused: "rehearsed", escalation }, deployment }
    : null;
};

const judge = (
  desk: Desk,
  said: Said,
  target: Target,
  asked: string,
  deciding: Parameters<Room["decide"]>[3],
): Reply => {
  const { deployment } = target;
  const reason = desk.text(said.reason);
  const outcome = judgement(desk, said, { target, asked, reason }, deciding);
  if (isRefusal(outcome)) {
    deny(desk, said.invocation.actor, { target, asked, reason }, outcome);
    return { refusal: outcome, deployment };
  }
  const entries = desk.add(`deployment:${deployment}`, outcome);
  return { text: confirmation(desk.telling(deployment), entries) };
};

/** What somebody wants done to what, and the commitment to their reason. */
interface Asked {
  readonly target: Target;
  readonly asked: string;
  readonly reason: Commitment | "";
}

/** What is said to a rehearsal is answered by the rehearsal, whatever it would have done; only being seen is the same. */
const judgement = (
  desk: Desk,
  { invocation }: Said,
  { target: { deployment, escalation }, asked, reason }: Asked,
  deciding: Parameters<Room["decide"]>[3],
): readonly Draft[] | Refusal => {
  const situation = desk.situation(deployment);
  const meant = escalation && escalationIn(situation.state, escalation);
  return meant && isRehearsal(meant) && asked !== "ack"
    ? answerRehearsal(situation, meant, {
        ...{ actor: invocation.actor, asked, reason },
        breakGlass: /^\/?breakglass\s/i.test(invocation.line.trim()),
      })
    : deciding(situation, reason);
};

/** Accounts cost nothing: from so many refusals of a deployment in ten minutes on, those of further strangers are no news. */
const deniedAtMost = 100;

/** A refused decision is on the record too, once per person, target and kind in ten minutes. */
export const deny = (
  desk: Desk,
  actor: Actor,
  { target, asked, reason }: Asked,
  refusal: Refusal,
): void => {
  if (refusal.refused !== "not-authorized" && refusal.refused !== "stranger") return;
  const escalation: EscalationId | "" = target.escalation ?? "";
  const state = desk.state(target.deployment);
  const recent = Object.entries(state.denied).filter(([, at]) => at > desk.now - denialLasts);
  const key = denialKey(desk.onRecord(actor), escalation, asked);
  if (recent.some(([one]) => one === key)) return;
  if (actor.type === "stranger" && recent.length >= deniedAtMost) return;
  const body = {
    kind: "decision.denied" as const,
    deployment: target.deployment,
    escalation,
    asked,
    because: refusal.refused,
    ...(reason === "" ? {} : { reason }),
  };
  desk.add(`deployment:${target.deployment}`, [{ actor, body }]);
};
