import { at, textAt } from "../any/reading.ts";
import type { Sender } from "./actor.ts";

/** Reading what Slack sends: nothing in it is taken for granted, since a signature only says who sent it. */

/** Who pressed or submitted. */
export const senderOfPayload = (body: unknown): Sender => ({
  user: textAt(body, "user", "id"),
  team: textAt(body, "team", "id") || textAt(body, "user", "team_id"),
  teams: [textAt(body, "user", "team_id")],
  channel: textAt(body, "channel", "id") || textAt(body, "container", "channel_id"),
  shared: false,
});

/** Who typed a slash command. */
export const senderOfCommand = (body: unknown): Sender => ({
  user: textAt(body, "user_id"),
  team: textAt(body, "team_id"),
  teams: [],
  channel: textAt(body, "channel_id"),
  shared: false,
});

/** Who wrote the message, or opened the home, that an event tells of. */
export const senderOfEvent = (body: unknown): Sender => ({
  user: textAt(body, "event", "user"),
  team: textAt(body, "team_id"),
  teams: ["team", "user_team", "source_team"].map((name) => textAt(body, "event", name)),
  channel: textAt(body, "event", "channel"),
  shared: at(body, "is_ext_shared_channel") === true,
});

/** A line as it was typed: Slack escapes three characters, and writes people, channels and links in its own signs. */
export const typedLine = (text: string, nameOf: (user: string) => string | null): string =>
  text
    .replace(/<([^<>]*)>/g, (_whole, inner: string) => readable(inner, nameOf))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .trim();

const readable = (inner: string, nameOf: (user: string) => string | null): string => {
  const [target = "", label = ""] = inner.split("|");
  const rest = target.slice(1);
  if (target.startsWith("@")) return nameOf(rest) ?? (label || rest);
  if (target.startsWith("#")) return label || rest;
  if (target.startsWith("!")) return label || rest.replace(/^subteam\^/, "");
  // Slack makes links of words like assistant.prod: the label is what was typed.
  return label || target;
};

/** The words behind our own name at the start of a text; null where it begins with anything else. `us` "" = any name is ours. */
export const behindMention = (text: string, us: string): string | null => {
  const found = /^\s*<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>[\s:,]*/.exec(text);
  return found && (us === "" || found[1] === us) ? text.slice(found[0].length) : null;
};
