import type { Announcement } from "../../core/card/announcement.ts";
import type { PersonId } from "../../core/ids.ts";
import type { EscalationState } from "../../core/state/state.ts";
import type { Outgoing } from "../ports.ts";
import type { Surroundings } from "../unit-of-work-parts.ts";
import { chatsFor, personRow, type SlottedRow, slotted, type ToldChat } from "./outbox-rows.ts";

/**
 * Outbox rows for messages that do not follow from an entry; committed with the change that causes
 * them.
 */

/** A sentence; it is sent once per key. */
export type ChannelSentence = Pick<Announcement, "channel" | "line"> & { readonly key: string };

type Around = Pick<Surroundings, "rules" | "chats">;

/** The row for a person's digest of a day (YYYY-MM-DD), which is drawn when it is sent. */
export function digestRows(around: Around, id: PersonId, date: string): readonly SlottedRow[] {
  const key = `digest:${id}:${date}`;
  return toPerson(around, id, { key, urgency: 2, body: { kind: "digest", person: id, date } });
}

/** The row for a sentence to one person. */
export function spokenRows(
  around: Around,
  id: PersonId,
  { key, channel, line }: ChannelSentence,
): readonly SlottedRow[] {
  const rest = { escalation: "", version: null, buttons: [] } as const;
  const body = { kind: "direct", person: id, channel, line, ...rest } as const;
  return toPerson(around, id, { key, urgency: 1, body });
}

/** A sentence to a channel. */
export function channelRows(
  chats: readonly ToldChat[],
  { key, channel, line }: ChannelSentence,
): readonly SlottedRow[] {
  const rest = { escalation: "", to: [], version: null, buttons: [] } as const;
  const body = { kind: "line", channel, line, ...rest } as const;
  return chatsFor(chats, channel).map(({ name: chat }) =>
    slotted({ key: `${key}:${channel}`, chat, lane: channel, urgency: 1, body }),
  );
}

/** A sentence in the thread of an escalation, and whom it mentions; it is sent once per key. */
export type SaidUnder = Pick<Announcement, "to" | "line"> & { readonly key: string };

export function threadRows(
  chats: readonly ToldChat[],
  { id, channel }: Pick<EscalationState, "id" | "channel">,
  { key, to, line }: SaidUnder,
): readonly SlottedRow[] {
  const rest = { to, version: null, buttons: [] } as const;
  const body = { kind: "line", channel, escalation: id, line, ...rest } as const;
  return chatsFor(chats, channel).map(({ name: chat }) =>
    slotted({ key, chat, lane: channel, urgency: 1, body }),
  );
}

/** A message that is not urgent is sent in one chat only, the first that reaches the person. */
function toPerson(
  { rules, chats }: Around,
  id: PersonId,
  row: Pick<Outgoing, "key" | "urgency" | "body">,
): readonly SlottedRow[] {
  const person = rules.person(id);
  const [first = []] = chats
    .map((chat) => personRow(chat, person, row))
    .filter((rows) => rows.length > 0);
  return first;
}
