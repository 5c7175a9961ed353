import type { WebClient } from "@slack/web-api";
import type { Clock } from "../../../app/ports.ts";
import { createTtlCache } from "../../shared/ttl-cache.ts";
import type { Sender } from "../inbound/envelope.ts";

const mostKept = 1_000;

/**
 * Whether a channel has people of other organizations. Asks Slack at most once a minute for each
 * channel; rejects where it cannot.
 */
export function createSharedChannels({
  api,
  clock,
}: {
  readonly api: WebClient;
  readonly clock: Clock;
}): (sender: Pick<Sender, "channel" | "shared">) => Promise<boolean> {
  const known = createTtlCache<boolean>(clock, mostKept);
  return async ({ channel, shared }) => {
    if (shared) return true;
    // A direct message (D…) is never shared.
    if (!/^[CG]/.test(channel)) return false;
    return (await known.get(channel, () => ask(api, channel))) === true;
  };
}

async function ask(api: WebClient, channel: string): Promise<boolean> {
  const { channel: told } = await api.conversations.info({ channel });
  return told?.is_ext_shared === true || told?.is_pending_ext_shared === true;
}
