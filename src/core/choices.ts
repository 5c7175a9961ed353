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

/** These only tell something. */
const reads: ReadonlySet<string> = new Set(["status", "who", "decisions", "prove", "help"]);
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
  if (reads.has(verb)) return plainButton(name, command);
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
