import { at, textAt } from "../../shared/json-path.ts";
import { type Fields, guid, isPersonal } from "./activity.ts";
import { type Piece, piecesIn } from "./html-body.ts";

/** The command line in a message, and whether it is addressed to us. */

/**
 * A line as it was typed. `to`: whether it is addressed to us (it begins with our mention, or the
 * conversation has two members), only mentions us, or neither.
 */
export interface AddressedLine {
  readonly line: string;
  readonly to: "us" | "others-about-us" | "others";
}

/** The policy's name for a mentioned person; null = it does not name them. */
type NameOf = (account: string, name: string) => string | null;

/**
 * The typed line without our mention at its beginning; other mentions are replaced by the policy's
 * name of the person, else by the displayed name. Only a line that begins with our mention, or is
 * sent to us alone, is addressed to us.
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
  /** Whether it is typed text rather than a mention. */
  readonly typed: boolean;
}

/** What may precede our mention without being a word: spaces, invisible characters, formatting. */
const nothing = /^[\s\p{Cf}*_~`:,]*$/u;

/** What separates our name from the line. */
const behind = /^[*_~`]*[\s:,]+/;

function behindOurs(said: readonly Word[], activity: Fields) {
  /** The index of the first word that is not our mention. */
  const first = said.findIndex(({ words, ours }) => !ours && !nothing.test(words));
  const before = first < 0 ? said : said.slice(0, first);
  const rest = first < 0 ? [] : said.slice(first);
  if (!before.some(({ ours }) => ours)) return asPlainName(rest, activity);
  const [word, ...others] = rest;
  const words = word ? [{ ...word, words: word.words.replace(behind, "") }] : [];
  return { rest: [...words, ...others], isFirst: true };
}

/**
 * Some clients send our mention as plain text: it counts only at the beginning, and only where the
 * activity lists a mention of us.
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

/** A bot's id is `28:` and its app id, in some places without the prefix. */
const withoutBotPrefix = (id: string): string => id.replace(/^28:/, "").toLowerCase();

/**
 * Recognizes our mention by the id; where no mention has our id, by the name of an app, since the
 * message was sent to us.
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
 * The person that a mention in the text means. In group chats Teams omits the `text` of a mention,
 * so it is found by its text, its number or its name. A mention that the activity does not list is
 * ours if it has our name.
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

/** Longer than any display name with its markup. */
const longestName = 600;

const oneLine = (text: string): string => text.replace(/[\s\u00A0]+/g, " ").trim();
