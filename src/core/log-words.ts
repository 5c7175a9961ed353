import type { Line, Part } from "./card.ts";
import type { Instant, PersonId } from "./ids.ts";
import { textOf } from "./lines.ts";
import type { AuthorityRule, Deviation, EntryOf, Timestamp } from "./log/entry.ts";
import { speaksFromLinked } from "./login-links.ts";
import { listed, plain } from "./phrase.ts";
import { nameOf, type Telling } from "./telling.ts";
import { instantOf } from "./time.ts";
import { byLink, fromLinked, throughLink } from "./words.ts";

/** What the sentences of the log are made of, and the sentence of a decision. */

/** An instant as the reader is told it. */
export type Clock = (at: Instant) => string;

/** What a sentence is said from. */
export type Told = Telling & { readonly clock: Clock };

/** A time that an entry names, in the zone of the line. */
export const timeText = (told: Told, at: Timestamp | ""): string =>
  at === "" ? "" : told.clock(instantOf(at));

/** A deployment by its name in the policy in force; a name no policy knows stays as it is. */
export const deploymentName = ({ situation }: Telling, id: string): Part => ({
  untrusted: situation.policy.deployments.get(id)?.name ?? id,
});

/** By which rule of the policy somebody acted, in a word. */
const ruleWord = (rule: AuthorityRule): string => {
  if (rule.startsWith("breakGlass")) return "break-glass";
  if (rule.endsWith("decider")) return "decider";
  if (rule.endsWith("deputies")) return "deputy";
  if (rule.endsWith("alsoMay")) return "may also restrict";
  return rule;
};

/** A text that the log commits to, where it is kept, in quotes behind a space. */
export const because = (telling: Telling, commitment = ""): readonly Part[] => {
  const text = textOf(telling, commitment);
  return text ? [" “", text, "”"] : [];
};

/** How the link stands behind somebody: an entry says it of its own author alone. */
const linkWords = (entry: EntryOf<"decision.made">, person: PersonId): string => {
  if (!entry.byLink?.includes(person)) return "";
  if (entry.actor.type !== "person" || entry.actor.person !== person) return throughLink;
  return speaksFromLinked(entry) ? fromLinked : byLink;
};

type Made = EntryOf<"decision.made">;

/** Who decided what, by which rule, and why. */
export const madeSentence = (telling: Told, entry: Made): Line => [
  ...deed(telling, entry),
  ...[deviationWords[entry.deviation], entry.breakGlass ? "By break-glass" : ""].flatMap((one) =>
    one === "" ? [] : [`. ${one}`],
  ),
  ...(entry.reason === "" ? [] : [":"]),
  ...because(telling, entry.reason),
  ...(entry.agreed ?? []).flatMap(
    ({ person, reason }): Line => [`; ${nameOf(telling, person)}:`, ...because(telling, reason)],
  ),
];

/** "Chidi Lindt (decider) paused Assistant (production), was full" */
const deed = (telling: Told, entry: Made): Line => {
  const { before, after, people } = entry;
  const rule = entry.breakGlass ? "" : ruleWord(entry.authority);
  const names = people.map((one) => `${nameOf(telling, one)}${linkWords(entry, one)}`);
  const who =
    people.length === 0
      ? "Holdpoint, by policy,"
      : `${plain(listed(names))}${rule === "" || people.length > 1 ? "" : ` (${rule})`}`;
  const of = deploymentName(telling, entry.deployment);
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
};

const deviationWords: Readonly<Record<Deviation, string>> = {
  none: "",
  stricter: "Stricter than the policy",
  weaker: "Weaker than the policy",
  other: "Other than the policy",
  unplanned: "Not planned in the policy",
};
