import { at, textAt } from "../../shared/json-path.ts";

/**
 * Reading what Slack sends: nothing in it is taken for granted, since a signature only says who
 * sent it.
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
 * workspaces `team_id` may be another one than ours and theirs: whom the event is for stands in its
 * authorization, and whose they are in the message, which an edit holds further in.
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

/** For whom Slack sends an event: the app's own. Slack names one alone. */
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
 * A line as it was typed: Slack escapes three characters, and writes people, channels and links in
 * its own signs.
 */
export function typedLine(text: string, nameOf: (user: string) => string | null): string {
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
  // Slack makes links of words like assistant.prod: the label is what was typed.
  return label || target;
}

/**
 * The words behind our own name at the start of a text, marks of formatting aside; null where it
 * begins with anything else. `us` "" = any name is ours.
 */
export function behindMention(text: string, us: string): string | null {
  const found = /^[\s\p{Cf}*_~`]*<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>(?:[*_~`]*[\s:,]+)?/u.exec(text);
  return found && (us === "" || found[1] === us) ? text.slice(found[0].length) : null;
}

/**
 * Who sent something, as the signed envelope says. Nothing a button or a form carries can say it.
 */
export interface Sender {
  readonly user: string;
  /** The workspace in which it was said. */
  readonly team: string;
  /**
   * The workspaces that the envelope names beside that: in a shared channel somebody's own is
   * another.
   */
  readonly teams: readonly (string | undefined)[];
  /** Slack's id of the channel it was said in; "" = none. */
  readonly channel: string;
  /** Whether the envelope itself says that the channel is shared with another organisation. */
  readonly shared: boolean;
}
