import type { EscalationId } from "../../../core/ids.ts";
import { textAt } from "../../shared/json-path.ts";
import { addressIn, type Fields, senderOf, threadIn } from "../inbound/activity.ts";
import type { InboundContext } from "../inbound/inbound-context.ts";

/**
 * After a lost answer a card may stand twice in its channel, and Teams cannot be asked where. A
 * press tells: where no place was known this one is kept, and where another is known this copy
 * goes, so that one card is left.
 */
export async function settleCopies(
  context: InboundContext,
  activity: Fields,
  escalation: EscalationId | "",
): Promise<void> {
  const { channel, root } = threadIn(senderOf(activity).conversation);
  const key = context.channelKey(channel);
  // A card stands at the root of its thread; what is said in the thread has buttons too.
  if (escalation === "" || key === "" || root === "" || textAt(activity, "replyToId") !== root)
    return;
  const { store, bot, clock, report } = context;
  const place = `${channel}|${root}`;
  try {
    if (await store.messageAt("teams", place)) return;
    const card = await store.messageOf("teams", `card:${escalation}`);
    if (card && card.place !== "") return await bot.remove(addressIn(activity), channel, root);
    await store.saveMessage({
      chat: "teams",
      key: `card:${escalation}`,
      channel: key,
      escalation,
      to: [],
      place,
      body: null,
      at: clock.now(),
    });
  } catch (fault) {
    report(new Error(fault instanceof Error ? fault.message : String(fault)), "teams copies");
  }
}
