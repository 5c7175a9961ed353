import { nameOf, type ViewContext } from "../../core/card/view-context.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { Line } from "../../core/words/line.ts";
import type { MessageRow, RecordItem, Store } from "../ports.ts";

const chats = ["console", "slack", "teams"] as const;

/**
 * Which messages about an escalation arrived in which chat, for whom, and when each was last sent.
 */
export async function toldItems(
  store: Pick<Store, "messagesAbout">,
  view: ViewContext,
  id: EscalationId,
): Promise<readonly RecordItem[]> {
  const rows = (await Promise.all(chats.map((chat) => store.messagesAbout(chat, id)))).flat();
  const items = rows
    .toSorted((a, b) => a.at - b.at)
    .map((row) => ({ at: row.at, line: toldLine(view, row) }));
  return items.length > 0
    ? items
    : [{ at: null, line: ["No message about it is kept any more, or none arrived."] }];
}

function toldLine(view: ViewContext, { chat, channel, key, to }: MessageRow): Line {
  const what = key.startsWith("card:") ? "The card" : "A message";
  const where = key.startsWith("direct") ? "directly" : `in #${channel}`;
  const people = to.map((person) => nameOf(view, person)).join(", ");
  return [`${what}, ${chat}, ${where}${people === "" ? "" : `, to ${people}`}; last sent`];
}
