import { confirmation } from "../core/confirmation.ts";
import { explain } from "../core/explain.ts";
import { denialKey, denialLasts } from "../core/fold.ts";
import type { Commitment, EscalationId, Millis } from "../core/ids.ts";
import { linkBehind } from "../core/login-links.ts";
import { nearest } from "../core/nearest.ts";
import { type Actor, holderOf } from "../core/people.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import { answerRehearsal } from "../core/rehearsal.ts";
import { type Draft, escalationIn, isRehearsal } from "../core/situation.ts";
import { storable } from "../core/text.ts";
import * as words from "../core/words.ts";
import { createAttempt, createUnsettled } from "./attempt.ts";
import type { Command, Heard, Refused, Reply, Room, Said, Target } from "./command.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";
import { createKnown } from "./not-seen.ts";
import { type Answer, Fault, type Inbound, type Invocation, type Store } from "./ports.ts";
import { StillReading } from "./read-first.ts";
import { withRecords } from "./records.ts";
import type { Rules } from "./rules.ts";

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

/** The most a line may hold; longer ones are cut, never refused: a reason at 3 am may ramble. */
const longestLine = 4_000;

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
  const said = splitReason(invocation);
  const [name = "", ...rest] = said.rest.split(" ").filter((word) => word !== "");
  const spoken = name.toLowerCase().replace(/^\//, "");
  const command = parts.commands.find((one) => one.name === spoken);
  const reply = await (command
    ? permitted(room, command, { ...said, rest: rest.join(" ") })
    : unknown(parts, spoken));
  return inWords(room, invocation, reply);
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
  return { ...empty, ok: false, ...explain(telling, repeatable(reply.refusal), person, line) };
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
  const [word = ""] = said.rest.split(" ");
  const target = await room.target(said, word);
  const refusal: Refusal = { refused: "stranger" };
  if ("refusal" in target) return { refusal, deployment: "" };
  return room.decide(said, target, command.name, () => refusal);
};

const unknown = (parts: InboundParts, name: string): Refused => {
  const names = parts.commands.map((one) => one.name);
  return {
    refusal: { refused: "unknown-command", name, nearest: nearest(name, names) },
    deployment: "",
  };
};

/** The reason is what follows the first " because "; the rest is the command. */
const splitReason = (invocation: Heard): Said => {
  const line = storable(invocation.line.slice(0, longestLine)).replace(/\s+/g, " ").trim();
  const found = /(?:^|\s)because(?:\s|$)/i.exec(line);
  if (!found) return { invocation, rest: line, reason: "" };
  return {
    invocation,
    rest: line.slice(0, found.index).trim(),
    reason: line.slice(found.index + found[0].length).trim(),
  };
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
    target: (said, word) => findTarget(parts, said, word),
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
    decide: async (said, target, asked, deciding) => {
      const { key, surface, mayCommit, link = null } = said.invocation;
      const { deployment } = target;
      const stranger = strangerIn(said.invocation);
      const what = { key, surface, deployments: [deployment], mayCommit, link, stranger };
      const known = createKnown();
      const judging = async (desk: Desk): Promise<Reply> =>
        (await overRehearsal(store, desk, target)) ??
        known.but(desk, target, asked) ??
        judge(desk, said, target, asked, deciding);
      try {
        return (await journal.write(what, judging)).result;
      } catch (fault) {
        if (!(fault instanceof StillReading)) throw fault;
        const { deliveries } = await store.backlog();
        return { refusal: { refused: "still-reading", deployment, deliveries }, deployment };
      }
    },
  };
  return room;
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

const escalationWord = /^hp-?(\d{1,9})$/i;

const findTarget = async (
  parts: InboundParts,
  said: Said,
  word: string,
): Promise<Target | Refused> => {
  const number = escalationWord.exec(word)?.[1];
  const id: EscalationId | null = number
    ? `HP-${Number(number)}`
    : word === ""
      ? said.invocation.escalation
      : null;
  if (id) {
    const found = await parts.store.escalation(id);
    if (found) return { deployment: found.deployment, escalation: id };
    const open = (await parts.store.liveEscalations()).map((one) => one.id);
    return {
      refusal: { refused: "unknown-escalation", name: id, nearest: nearest(id, open) },
      deployment: "",
    };
  }
  const desk = await parts.journal.look([]);
  const names = [...parts.rules.policy(desk.org.policy).deployments.keys()];
  const known = names.find((name) => name === word.toLowerCase());
  if (known) return { deployment: known, escalation: null };
  return {
    refusal: { refused: "unknown-deployment", name: word, nearest: nearest(word, names) },
    deployment: "",
  };
};
