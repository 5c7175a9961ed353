import { meantFirst } from "../command-line/find-target.ts";
import type { TypedLine } from "../command-line/parse-line.ts";
import { nothingYet } from "../decision/monitoring.ts";
import type { Refusal } from "../state/refusal.ts";
import { deploymentOf } from "../state/situation.ts";
import { chatNames } from "../words/account-linking.ts";
import * as typed from "../words/typed-line.ts";
import type { Button } from "./card.ts";
import type { ViewContext } from "./view-context.ts";

/**
 * The next step after a refusal, as buttons: what was probably meant, with the words that were
 * given for it.
 */

/** What somebody asked for, as far as it was understood. */
export type TypedRequest = Pick<TypedLine, "verb" | "words" | "reason">;

/** The next steps. `asked`: what was typed. */
export function choicesOf(
  view: ViewContext,
  refusal: Refusal,
  asked: TypedRequest,
): readonly Button[] {
  switch (refusal.refused) {
    case "unknown-deployment":
    case "several-called":
    case "unknown-group":
    case "unknown-escalation":
    case "unknown-scope":
    case "unknown-person":
      return refusal.nearest.map((name) => instead(view, { asked, refusal, name }));
    case "unknown-watch":
      return [...refusal.nearest, nothingYet].map((name) =>
        instead(view, { asked, refusal, name }),
      );
    case "unknown-command":
      return refusal.nearest.map((verb) =>
        offered(view, { asked: { ...asked, verb }, name: verb }),
      );
    case "one-by-one":
      return refusal.nearest.slice(0, 5).map((name) => instead(view, { asked, refusal, name }));
    case "say-plainly":
      return [offered(view, { asked, name: asked.verb })];
    case "odd-words":
      return refusal.again === null
        ? []
        : [again(view, { asked, odd: refusal.words, line: refusal.again })];
    case "several-open":
      return refusal.escalations
        .slice(0, 3)
        .map((id) =>
          offered(view, { asked: { ...asked, verb: refusal.asked, words: [id] }, name: id }),
        );
    case "already-narrowest":
      return [
        offered(view, {
          asked: { ...asked, verb: "pause", words: [refusal.deployment] },
          name: "Pause",
        }),
      ];
    case "stale":
    case "others-open":
    case "still-reading":
      return sameAgain(view, asked);
    case "closed":
    case "rehearsed":
      return ofDeployment(view, asked);
    case "acknowledge-only":
      return [
        offered(view, { asked: { ...asked, verb: "ack", words: [refusal.escalation] }, name: "" }),
      ];
    case "other-proposal":
      return [resumed(view, asked, refusal.to)];
    case "name-scope":
      return refusal.scopes.slice(0, 3).map((scope) => resumed(view, asked, scope));
    case "not-authorized":
      return [plainButton("Who may?", `who ${refusal.deployment}`)];
    case "several-linked":
      return refusal.chats.map((chat) => plainButton(chatNames[chat], `unlink ${chat}`));
    default:
      return [];
  }
}

/** A step that is taken at a press: it changes nothing. */
const plainButton = (label: string, command: string): Button => ({
  label,
  command,
  style: "plain",
  form: null,
});

/**
 * The same once more, to be pressed when what was in its way is over or has been looked at; judged
 * by what is in force now.
 */
function sameAgain(view: ViewContext, asked: TypedRequest): readonly Button[] {
  const { id, posture } = view.situation.state;
  if (asked.verb === "" || !deploymentOf(view.situation)) return [];
  const words = asked.words.length === 0 ? [id] : asked.words;
  const button = offered(view, { asked: { ...asked, words }, name: asked.verb });
  return [posture ? { ...button, version: posture.version } : button];
}

/** What can be done to a deployment when the escalation that was named is over. */
const aboutDeployments: ReadonlySet<string> = new Set([
  "pause",
  "narrow",
  "resume",
  "retest",
  "monitor",
  "raise",
]);

function ofDeployment(view: ViewContext, asked: TypedRequest): readonly Button[] {
  const deployment = deploymentOf(view.situation);
  if (!deployment || !aboutDeployments.has(asked.verb)) return [];
  const left = meantFirst(asked.words, [deployment])?.left ?? [];
  return [
    offered(view, { asked: { ...asked, words: [deployment.id, ...left] }, name: asked.verb }),
  ];
}

function resumed(view: ViewContext, asked: TypedRequest, scope: string): Button {
  const words = [view.situation.state.id, "to", scope];
  return offered(view, { asked: { ...asked, verb: "resume", words }, name: scope });
}

type Misnamed = Extract<Refusal, { readonly nearest: readonly string[] }>;

function instead(
  view: ViewContext,
  {
    asked,
    refusal,
    name,
  }: { readonly asked: TypedRequest; readonly refusal: Misnamed; readonly name: string },
): Button {
  const of = "of" in refusal ? refusal.of?.[name] : undefined;
  return offered(view, {
    asked: { ...asked, words: withName(asked.words, refusal, name) },
    name,
    of,
  });
}

/**
 * The words with another name in the place of the one that is not known; a scope is named behind
 * `to`.
 */
function withName(
  words: readonly string[],
  { refused, name }: Misnamed,
  other: string,
): readonly string[] {
  const unknown = name.split(" ");
  const found = words.findIndex((_word, at) => unknown.every((name, i) => words[at + i] === name));
  const at = Math.max(0, found);
  const to = refused === "unknown-scope" && words[at - 1]?.toLowerCase() !== "to" ? ["to"] : [];
  return [...words.slice(0, at), ...to, other, ...words.slice(at + unknown.length)];
}

/** The same without the words that were not understood; with them in the reason. */
function again(
  view: ViewContext,
  {
    asked,
    odd,
    line,
  }: { readonly asked: TypedRequest; readonly odd: string; readonly line: string },
): Button {
  const [verb = "", ...words] = line.split(" ");
  const reason = [odd, asked.reason].filter((text) => text !== "").join(" because ");
  return offered(view, { asked: { verb, words, reason }, name: line });
}

const reads: ReadonlySet<string> = new Set(["status", "who", "decisions", "prove", "help"]);

/** Whether a command only tells something. */
export function onlyTells(verb: string): boolean {
  return reads.has(verb);
}

const needReason: ReadonlySet<string> = new Set([
  "resume",
  "keep",
  "raise",
  "reason",
  "breakglass",
]);

/**
 * A step to be taken: what it does to what, in full, on the button. Whatever changes something asks
 * once more, with the reason that was given for it: nobody acts on another deployment by one press.
 */
function offered(
  view: ViewContext,
  {
    asked,
    name,
    of,
  }: { readonly asked: TypedRequest; readonly name: string; readonly of?: string | undefined },
): Button {
  const { verb, words, reason } = asked;
  const command = [verb, ...words].join(" ");
  if (onlyTells(verb)) return plainButton(name, command);
  const deed = typed.deeds[verb] ?? `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}`;
  const label = [deed, ...named(view, words, of)].join(" ");
  const form = { title: deed, submit: label, reason, reasonRequired: needReason.has(verb) };
  return { label, command, style: "plain", form };
}

/** The words with the deployment's full name. */
function named(view: ViewContext, words: readonly string[], of?: string): readonly string[] {
  const { policy } = view.situation;
  const meant = meantFirst(words, [...policy.deployments.values()]);
  if (!meant) return words;
  const { escalation, deployments, left } = meant;
  const own = escalation === null ? deployments[0] : (of ?? deploymentOf(view.situation)?.id);
  const name = own === undefined ? undefined : policy.deployments.get(own)?.name;
  if (escalation === null) return [name ?? meant.typed, ...left];
  return [...(name === undefined ? [escalation] : [`${name} (${escalation})`]), ...left];
}
