import { textAt } from "../any/reading.ts";
import type { Room } from "./room.ts";
import { movedTo } from "./where.ts";

/**
 * A channel that is shared with another workspace, or shared no more, gets another id, and its messages go along: cards there are edited
 * and answered under the new one. https://docs.slack.dev/reference/events/channel_id_changed
 */
export const onRenumbered = async (room: Room, body: unknown): Promise<void> => {
  const before = textAt(body, "event", "old_channel_id");
  const now = textAt(body, "event", "new_channel_id");
  if (before === "" || now === "" || before === now) return;
  const { store, clock, report } = room;
  await store.saveConversation("slack", { id: before, reference: movedTo(now), at: clock.now() });
  const what = `Slack calls the channel ${before} ${now} from now on`;
  report(new Error(`${what}: it is spoken to there, and the policy should name it so`), "slack");
};
