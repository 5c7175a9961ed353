import type { Instant, PersonId } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import type { AuthorityRule, Deviation, Timestamp } from "../log/entry-fields.ts";
import { speaksFromLinked } from "../people/login-links.ts";
import { instantOf } from "../time.ts";
import { listed, plain } from "../words/line.ts";
import { byLink, fromLinked, throughLink } from "../words/words.ts";
import type { Line, Part } from "./card.ts";
import { textOf } from "./kept-text.ts";
import { nameOf, type ViewContext } from "./view-context.ts";

/** What the sentences of the log are made of, and the sentence of a decision. */

/** An instant as the reader is told it. */
export type TimeFormat = (at: Instant) => string;

/** What a sentence is said from. */
export type HistoryContext = ViewContext & { readonly clock: TimeFormat };

/** A time that an entry names, in the zone of the line. */
export function timeText(told: HistoryContext, at: Timestamp | ""): string {
  return at === "" ? "" : told.clock(instantOf(at));
}

/** A deployment by its name in the policy in force; a name no policy knows stays as it is. */
export function deploymentName({ situation }: ViewContext, id: string): Part {
  return {
    untrusted: situation.policy.deployments.get(id)?.name ?? id,
  };
}

/**
 * By which rule of the policy somebody acted, in a word; of a resume, whose rule is like
 * `widen.decider+widen.confirm`, that of the person who requested it.
 */
function ruleWord(authority: AuthorityRule): string {
  const [rule = ""] = authority.split("+");
  if (rule.startsWith("breakGlass")) return "break-glass";
  if (rule.endsWith("decider")) return "decider";
  if (rule.endsWith("deputies")) return "deputy";
  if (rule.endsWith("alsoMay")) return "may also restrict";
  return rule;
}

/** A text that the log commits to, where it is kept, in quotes behind a space. */
export function because(view: ViewContext, commitment = ""): readonly Part[] {
  const text = textOf(view, commitment);
  return text ? [" “", text, "”"] : [];
}

/** How the link stands behind somebody: an entry says it of its own author alone. */
function linkWords(entry: EntryOf<"decision.made">, person: PersonId): string {
  if (!entry.byLink?.includes(person)) return "";
  if (entry.actor.type !== "person" || entry.actor.person !== person) return throughLink;
  return speaksFromLinked(entry) ? fromLinked : byLink;
}

type Made = EntryOf<"decision.made">;

/** Who decided what, by which rule, and why. */
export function madeSentence(view: HistoryContext, entry: Made): Line {
  return [
    ...deed(view, entry),
    ...[deviationWords[entry.deviation], entry.breakGlass ? "By break-glass" : ""].flatMap(
      (text) => (text === "" ? [] : [`. ${text}`]),
    ),
    ...(entry.reason === "" ? [] : [":"]),
    ...because(view, entry.reason),
    ...approvals(view, entry),
  ];
}

/**
 * ". Approved by Erin Sato: “read 200 transcripts”" of a resume, whose first person requested it.
 */
function approvals(view: HistoryContext, entry: Made): Line {
  return approversOf(entry).flatMap((person, at): Line => {
    const { reason = "" } = entry.agreed?.find((agreed) => agreed.person === person) ?? {};
    const words = because(view, reason);
    const start = at === 0 ? ". Approved by " : ", and by ";
    return [`${start}${personText(view, entry, person)}${words.length > 0 ? ":" : ""}`, ...words];
  });
}

const approversOf = ({ decision, people }: Made): readonly PersonId[] =>
  decision === "resume" ? people.slice(1) : [];

const personText = (view: HistoryContext, entry: Made, person: PersonId): string =>
  `${nameOf(view, person)}${linkWords(entry, person)}`;

/** "Chidi Lindt (decider) paused Assistant (production), was full" */
function deed(view: HistoryContext, entry: Made): Line {
  const { before, after, people } = entry;
  const rule = entry.breakGlass ? "" : ruleWord(entry.authority);
  const approvers = approversOf(entry);
  const names = people
    .filter((person) => !approvers.includes(person))
    .map((person) => personText(view, entry, person));
  const who =
    people.length === 0
      ? "Holdpoint, by policy,"
      : `${plain(listed(names))}${rule === "" || names.length > 1 ? "" : ` (${rule})`}`;
  const of = deploymentName(view, entry.deployment);
  if (entry.undoes !== "") return [`${who} undid a restriction of `, of, `: ${before} → ${after}`];
  const was = before === after ? "" : `, was ${before}`;
  switch (entry.decision) {
    case "pause":
      return [`${who} paused `, of, before === after ? ", which was paused already" : was];
    case "narrow":
      return [`${who} narrowed `, of, ` to ${after}${was}`];
    case "resume":
      return [`${who} resumed `, of, ` to ${after}${was}`];
    case "keep":
      return [`${who} left `, of, ` unchanged, ${after}`];
    case "retest":
      return [`${who} requested a re-test of `, of, `, ${after}`, was];
    case "monitor":
      return [`${who} added monitoring to `, of, `, ${after}`, was];
  }
}

const deviationWords: Readonly<Record<Deviation, string>> = {
  none: "",
  stricter: "Stricter than the policy",
  weaker: "Weaker than the policy",
  other: "Other than the policy",
  unplanned: "Not planned in the policy",
};

export function named(view: ViewContext, person: PersonId | ""): string {
  return person === "" ? "nobody" : nameOf(view, person);
}
