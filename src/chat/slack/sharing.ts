import type { WebClient } from "@slack/web-api";
import type { Clock } from "../../app/ports.ts";
import type { Instant, Millis } from "../../core/ids.ts";
import type { Sender } from "./actor.ts";

const freshFor: Millis = 60_000;
const kept = 1_000;

/** Whether people of other organisations are in the channel where something was said. Asks Slack at most once a minute for each; rejects where it cannot. */
export const createSharing = ({
  api,
  clock,
}: {
  readonly api: WebClient;
  readonly clock: Clock;
}): ((sender: Pick<Sender, "channel" | "shared">) => Promise<boolean>) => {
  const known = new Map<string, { readonly shared: boolean; readonly at: Instant }>();
  return async ({ channel, shared }) => {
    if (shared) return true;
    // A conversation with one person (D…) is theirs alone.
    if (!/^[CG]/.test(channel)) return false;
    const before = known.get(channel);
    const age = before ? clock.now() - before.at : -1;
    if (before && age >= 0 && age < freshFor) return before.shared;
    const { channel: told } = await api.conversations.info({ channel });
    const isShared = told?.is_ext_shared === true || told?.is_pending_ext_shared === true;
    if (known.size >= kept) known.clear();
    known.set(channel, { shared: isShared, at: clock.now() });
    return isShared;
  };
};
