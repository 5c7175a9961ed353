import type { Button } from "./card.ts";
import { meantFirst } from "./meant.ts";
import { nothingYet } from "./monitoring.ts";
import type { Refusal } from "./refusal.ts";
import { deploymentOf } from "./situation.ts";
import type { Telling } from "./telling.ts";
import type { TypedLine } from "./typed-line.ts";
import { chatNames } from "./words-identity.ts";
import * as typed from "./words-typed.ts";

/** The next step after a refusal, as buttons: what was probably meant, with the words that were given for it. */

/** What somebody asked for, as far as it was understood. */
export type Asked = Pick<TypedLine, "verb" | "words" | "reason">;

/** The next steps. `asked`: what was typed. */
export const choicesOf = (telling: Telling, refusal: Refusal, asked: Asked): readonly Button[] => {
  switch (refusal.refused) {
    case "unknown-deployment":
    case "several-called":
    case "unknown-escalation":
    case "unknown-scope":
    case "unknown-person":
      return refusal.nearest.map((name) => instead(telling, asked, refusal, name));
    case "unknown-watch":
      return [...refusal.nearest, nothingYet].map((name) => instead(telling, asked, refusal, name));
    case "unknown-command":
      return refusal.nearest.map((verb) => offered(telling, { ...asked, verb }, verb));
    case "say-plainly":
      return [offered(telling, asked, asked.verb)];
    case "odd-words":
      return refusal.again === null ? [] : [again(telling, asked, refusal.words, refusal.again)];
    case "several-open":
      return refusal.escalations
        .slice(0, 3)
        .map((id) => offered(telling, { ...asked, verb: refusal.asked, words: [id] }, id));
    case "already-narrowest":
      return [offered(telling, { ...asked, verb: "pause", words: [refusal.deployment] }, "Pause")];
    case "stale":
    case "others-open":
    case "still-reading":
      return sameAgain(telling, asked);
    case "closed":
    case "rehearsed":
      return ofDeployment(telling, asked);
    case "acknowledge-only":
      return [offered(telling, { ...asked, verb: "ack", words: [refusal.escalation] }, "")];
    case "other-proposal":
      return [resumed(telling, asked, refusal.to)];
    case "name-scope":
      return refusal.scopes.slice(0, 3).map((scope) => resumed(telling, asked, scope));
    case "not-authorized":
      return [plainButton("Who may?", `who ${refusal.deployment}`)];
    case "several-linked":
      return refusal.chats.map((chat) => plainButton(chatNames[chat], `unlink ${chat}`));
    default:
      return [];
  }
};

/** A step that is taken at a press: it changes nothing. */
const plainButton = (label: string, command: string): Button => ({
  ...{ label, command, style: "plain", form: null },
});

/** The same once more, to be pressed when what was in its way is over or has been looked at; judged by what is in force now. */
const sameAgain = (telling: Telling, asked: Asked): readonly Button[] => {
  const { id, posture } = telling.situation.state;
  if (asked.verb === "" || !deploymentOf(telling.situation)) return [];
  const words = asked.words.length === 0 ? [id] : asked.words;
  const button = offered(telling, { ...asked, words }, asked.verb);
  return [posture ? { ...button, version: posture.version } : button];
};

/** What can be done to a deployment when the escalation that was named is over. */
const aboutDeployments: ReadonlySet<string> = new Set([
  ...["pause", "narrow", "resume", "retest", "monitor", "raise"],
]);

const ofDeployment = (telling: Telling, asked: Asked): readonly Button[] => {
  const deployment = deploymentOf(telling.situation);
  if (!deployment || !aboutDeployments.has(asked.verb)) return [];
  const left = meantFirst(asked.words, [deployment])?.left ?? [];
  return [offered(telling, { ...asked, words: [deployment.id, ...left] }, asked.verb)];
};

const resumed = (telling: Telling, asked: Asked, scope: string): Button => {
  const words = [telling.situation.state.id, "to", scope];
  return offered(telling, { ...asked, verb: "resume", words }, scope);
};

type Misnamed = Extract<Refusal, { readonly nearest: readonly string[] }>;

const instead = (telling: Telling, asked: Asked, refusal: Misnamed, name: string): Button => {
  const of = "of" in refusal ? refusal.of?.[name] : undefined;
  return offered(telling, { ...asked, words: withName(asked.words, refusal, name) }, name, of);
};

/** The words with another name in the place of the one that is not known; a scope is named behind `to`. */
const withName = (
  words: readonly string[],
  { refused, name }: Misnamed,
  other: string,
): readonly string[] => {
  const unknown = name.split(" ");
  const found = words.findIndex((_word, at) => unknown.every((one, i) => words[at + i] === one));
  const at = Math.max(0, found);
  const to = refused === "unknown-scope" && words[at - 1]?.toLowerCase() !== "to" ? ["to"] : [];
  return [...words.slice(0, at), ...to, other, ...words.slice(at + unknown.length)];
};

/** The same without the words that were not understood; with them in the reason. */
const again = (telling: Telling, asked: Asked, odd: string, line: string): Button => {
  const [verb = "", ...words] = line.split(" ");
  const reason = [odd, asked.reason].filter((one) => one !== "").join(" because ");
  return offered(telling, { verb, words, reason }, line);
};

const reads: ReadonlySet<string> = new Set(["status", "who", "decisions", "prove", "help"]);

/** Whether a command only tells something. */
export const onlyTells = (verb: string): boolean => reads.has(verb);

const needReason: ReadonlySet<string> = new Set([
  "resume",
  "keep",
  "raise",
  "reason",
  "breakglass",
]);

/**
 * A step to be taken: what it does to what, in full, on the button. Whatever changes something asks once more, with the reason that was
 * given for it: nobody acts on another deployment by one press.
 */
const offered = (telling: Telling, asked: Asked, name: string, of?: string): Button => {
  const { verb, words, reason } = asked;
  const command = [verb, ...words].join(" ");
  if (onlyTells(verb)) return plainButton(name, command);
  const deed = typed.deeds[verb] ?? `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}`;
  const label = [deed, ...named(telling, words, of)].join(" ");
  const form = { title: deed, submit: label, reason, reasonRequired: needReason.has(verb) };
  return { label, command, style: "plain", form };
};

/** The words with the deployment's full name. */
const named = (telling: Telling, words: readonly string[], of?: string): readonly string[] => {
  const { policy } = telling.situation;
  const meant = meantFirst(words, [...policy.deployments.values()]);
  if (!meant) return words;
  const { escalation, deployments, left } = meant;
  const own = escalation === null ? deployments[0] : (of ?? deploymentOf(telling.situation)?.id);
  const name = own === undefined ? undefined : policy.deployments.get(own)?.name;
  if (escalation === null) return [name ?? meant.typed, ...left];
  return [...(name === undefined ? [escalation] : [`${name} (${escalation})`]), ...left];
};
