import { at, textAt } from "../../shared/json-path.ts";

/**
 * Reads who sent a request. A signature says who sent it, not that it is well-formed, so the shape
 * of every value is checked.
 */

/** Who pressed or submitted. */
export function senderOfPayload(body: unknown): Sender {
  return {
    user: textAt(body, "user", "id"),
    team: textAt(body, "team", "id") || textAt(body, "user", "team_id"),
    teams: [textAt(body, "user", "team_id")],
    channel: textAt(body, "channel", "id") || textAt(body, "container", "channel_id"),
    shared: false,
  };
}

/** Who typed a slash command. */
export function senderOfCommand(body: unknown): Sender {
  return {
    user: textAt(body, "user_id"),
    team: textAt(body, "team_id"),
    teams: [],
    channel: textAt(body, "channel_id"),
    shared: false,
  };
}

/**
 * Who wrote the message, or opened the home, that an event tells of. In a channel of several
 * workspaces `team_id` may be another workspace than ours and theirs: the receiver of the event is
 * in its authorization, and the author's workspace in the message, which an edit nests more deeply.
 */
export function senderOfEvent(body: unknown, path: readonly string[] = ["event"]): Sender {
  const where = textAt(body, "team_id");
  const named = ["team", "user_team", "source_team"].map((field) => textAt(body, ...path, field));
  return {
    user: textAt(body, ...path, "user"),
    team: textAt(ourAuthorization(body), "team_id") || where,
    teams: named.every((team) => team === "") ? [where] : named,
    channel: textAt(body, "event", "channel"),
    shared: at(body, "is_ext_shared_channel") === true,
  };
}

/** The authorization of our app in an event. Slack lists only one. */
function ourAuthorization(body: unknown): unknown {
  const all = at(body, "authorizations");
  const list: readonly unknown[] = Array.isArray(all) ? all : [];
  return list.find((authorization) => at(authorization, "is_bot") === true) ?? list[0];
}

/** Our own account, as an event names it; "" = it does not. */
export function ourselvesIn(body: unknown): string {
  return textAt(ourAuthorization(body), "user_id");
}

/**
 * A line as it was typed. Slack escapes three characters and encodes people, channels and links.
 */
export function unescapedText(text: string, nameOf: (user: string) => string | null): string {
  return text
    .replace(/<([^<>]*)>/g, (_whole, inner: string) => readable(inner, nameOf))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .trim();
}

function readable(inner: string, nameOf: (user: string) => string | null): string {
  const [target = "", label = ""] = inner.split("|");
  const rest = target.slice(1);
  if (target.startsWith("@")) return nameOf(rest) ?? (label || rest);
  if (target.startsWith("#")) return label || rest;
  if (target.startsWith("!")) return label || rest.replace(/^subteam\^/, "");
  // Slack makes links of words like assistant.prod; the label is what was typed.
  return label || target;
}

/**
 * The text after a mention of us at its start, ignoring formatting; null where the text begins with
 * anything else. `us` "" = any mention counts as ours.
 */
export function behindMention(text: string, us: string): string | null {
  const found = /^[\s\p{Cf}*_~`]*<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>(?:[*_~`]*[\s:,]+)?/u.exec(text);
  return found && (us === "" || found[1] === us) ? text.slice(found[0].length) : null;
}

/**
 * Who sent a request, according to the signed envelope; the contents of a button or a form cannot
 * say it.
 */
export interface Sender {
  readonly user: string;
  /** The workspace in which it was said. */
  readonly team: string;
  /**
   * The other workspaces that the envelope names: in a shared channel the sender's own may be
   * another.
   */
  readonly teams: readonly (string | undefined)[];
  /** Slack's id of the channel it was said in; "" = none. */
  readonly channel: string;
  /** Whether the envelope itself says that the channel is shared with another organization. */
  readonly shared: boolean;
}
