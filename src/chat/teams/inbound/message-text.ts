import { at, textAt } from "../../shared/json-path.ts";
import { type Fields, guid, isPersonal } from "./activity.ts";
import { type Piece, piecesIn } from "./html-body.ts";

/** What somebody says to us in a message, and whether it is to us. */

/**
 * A line as it was typed. `to`: us, by our mention at its beginning or in a conversation of two;
 * about us, elsewhere in it; nobody.
 */
export interface AddressedLine {
  readonly line: string;
  readonly to: "us" | "others-about-us" | "others";
}

/** How the policy calls somebody who is mentioned; null = it does not. */
type NameOf = (account: string, name: string) => string | null;

/**
 * The line somebody typed: our own mention at its beginning taken out, everybody else's replaced by
 * how the policy calls them, else by their name. Only what begins with our mention, or is said to
 * us alone, is said to us.
 */
export function spokenIn(activity: Fields, nameOf: NameOf): AddressedLine {
  const who = createWho(activity);
  const said = piecesIn(activity).map((piece): Word => {
    if ("words" in piece) return { words: piece.words, ours: false, typed: true };
    const { name, account, ours } = who(piece);
    return { words: ours ? name : (nameOf(account, name) ?? name), ours, typed: false };
  });
  const { rest, isFirst } = behindOurs(said, activity);
  const line = oneLine(rest.map(({ words, ours }) => (ours ? ` ${words} ` : words)).join(""));
  if (isFirst || isPersonal(activity)) return { line, to: "us" };
  const isAboutUs = said.some(({ ours }) => ours) || mentionsIn(activity).some(isOurs(activity));
  return { line, to: isAboutUs ? "others-about-us" : "others" };
}

interface Word {
  readonly words: string;
  /** Whether it is our own mention. */
  readonly ours: boolean;
  /** Whether somebody typed it, rather than mention anybody. */
  readonly typed: boolean;
}

/**
 * What may stand before our mention without being a word: spaces, what nobody sees, marks of
 * formatting.
 */
const nothing = /^[\s\p{Cf}*_~`:,]*$/u;

/** What stands between our name and what is said to us. */
const behind = /^[*_~`]*[\s:,]+/;

function behindOurs(said: readonly Word[], activity: Fields) {
  /** Where the first word is that is not our mention. */
  const first = said.findIndex(({ words, ours }) => !ours && !nothing.test(words));
  const before = first < 0 ? said : said.slice(0, first);
  const rest = first < 0 ? [] : said.slice(first);
  if (!before.some(({ ours }) => ours)) return asPlainName(rest, activity);
  const [word, ...others] = rest;
  const words = word ? [{ ...word, words: word.words.replace(behind, "") }] : [];
  return { rest: [...words, ...others], isFirst: true };
}

/**
 * Some clients send our mention as its name alone: it counts where the activity says that we are
 * mentioned, and only at the beginning.
 */
function asPlainName(rest: readonly Word[], activity: Fields) {
  const [first, ...others] = rest;
  const ours = mentionsIn(activity).find(isOurs(activity));
  const name = textAt(ours, "mentioned", "name") || textAt(activity, "recipient", "name");
  const text = (first?.words ?? "").trimStart().replace(/^@/, "");
  const isThere = first?.typed && ours !== undefined && name !== "" && text.startsWith(name);
  if (!isThere || /^[\p{L}\p{N}]/u.test(text.slice(name.length))) return { rest, isFirst: false };
  const words = text.slice(name.length).replace(behind, "");
  return { rest: [{ ...first, words }, ...others], isFirst: true };
}

function mentionsIn(activity: Fields): readonly unknown[] {
  const entities = at(activity, "entities");
  return (Array.isArray(entities) ? entities : [])
    .filter((entity) => textAt(entity, "type") === "mention")
    .slice(0, 50);
}

/** Teams calls a bot `28:` and its app id, here and there without the first part. */
const withoutBotPrefix = (id: string): string => id.replace(/^28:/, "").toLowerCase();

/**
 * By the id; where no mention has ours, by the name of an app, since the message came to us and not
 * to one of the same name.
 */
function isOurs(activity: Fields) {
  const us = withoutBotPrefix(textAt(activity, "recipient", "id"));
  const ourName = textAt(activity, "recipient", "name");
  const hasOurId = (entity: unknown) =>
    us !== "" && withoutBotPrefix(textAt(entity, "mentioned", "id")) === us;
  if (mentionsIn(activity).some(hasOurId)) return hasOurId;
  return (item: unknown): boolean =>
    textAt(item, "mentioned", "id").startsWith("28:") &&
    ourName !== "" &&
    textAt(item, "mentioned", "name") === ourName;
}

/**
 * Whom a mention in the text means. In group chats Teams leaves the `text` of a mention out, so it
 * is found by its words, by its number, or by its name. One that the activity says nothing of is
 * ours where it has our name.
 */
function createWho(activity: Fields) {
  const ours = isOurs(activity);
  const mentions = mentionsIn(activity).map((mention) => ({
    words: oneLine(
      textAt(mention, "text")
        .slice(0, longestName)
        .replace(/<[^<>]{0,200}>/g, " "),
    ),
    name: textAt(mention, "mentioned", "name"),
    account: guid(textAt(mention, "mentioned", "aadObjectId")),
    ours: ours(mention),
  }));
  const ourName = textAt(activity, "recipient", "name");
  return (piece: Exclude<Piece, { readonly words: string }>) => {
    const words = oneLine(piece.name);
    const found =
      mentions.find((mention) => words !== "" && mention.words === words) ??
      (/^\d{1,2}$/.test(piece.number) ? mentions[Number(piece.number)] : undefined) ??
      mentions.find(({ name }) => name === words);
    if (found) return { ...found, name: found.name || words };
    return { name: words, account: "", ours: words !== "" && words === ourName };
  };
}

/** With its marks; no display name is longer. */
const longestName = 600;

const oneLine = (text: string): string => text.replace(/[\s\u00A0]+/g, " ").trim();
