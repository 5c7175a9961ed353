import type { EscalationId } from "../../../core/ids.ts";
import { textAt } from "../../shared/json-path.ts";
import { addressIn, type Fields, senderOf, threadIn } from "../inbound/activity.ts";
import type { InboundContext } from "../inbound/inbound-context.ts";

/**
 * After a lost answer a card may be in its channel twice, and Teams cannot be asked where. A press
 * shows the address of a copy: if no address is stored, this one is stored; if another is stored,
 * this copy is removed, so that one card remains.
 */
export async function settleCopies(
  context: InboundContext,
  activity: Fields,
  escalation: EscalationId | "",
): Promise<void> {
  const { channel, root } = threadIn(senderOf(activity).conversation);
  const key = context.channelKey(channel);
  // A card is the root of its thread; messages in the thread have buttons too.
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
