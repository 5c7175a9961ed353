import type { Clock, Store } from "../../../app/ports.ts";
import { at, textAt } from "../../shared/json-path.ts";

/**
 * When a channel is shared with another workspace, or no longer shared, its id changes and its
 * messages move along. Cards are edited and answered under the new id.
 * https://docs.slack.dev/reference/events/channel_id_changed
 */

type Kept = Pick<Store, "conversation">;

/** A channel changes its id once or twice in its life; the limit prevents an endless loop. */
const mostHops = 8;

/** The current id of a channel. */
export function idNow(store: Kept, id: string): Promise<string> {
  return follow(store, { id, name: "now" });
}

/** The id of a channel, among all it ever had, that `named` accepts; "" = none. */
export async function idNamed(
  store: Kept,
  id: string,
  named: (id: string) => boolean,
): Promise<string> {
  const found = await follow(store, { id, name: "was", isThere: named });
  return named(found) ? found : "";
}

async function follow(
  store: Kept,
  {
    id,
    name,
    isThere = () => false,
  }: {
    readonly id: string;
    readonly name: "now" | "was";
    readonly isThere?: (id: string) => boolean | undefined;
  },
): Promise<string> {
  let found = id;
  for (let hop = 0; hop < mostHops && !isThere(found); hop += 1) {
    const next = textAt((await store.conversation("slack", found))?.reference, name);
    if (next === "") return found;
    found = next;
  }
  return found;
}

interface Parts {
  readonly store: Kept & Pick<Store, "saveConversation">;
  readonly clock: Clock;
  readonly report: (fault: unknown, what: string) => string;
}

/** Stores the old and the new id of a channel. */
export async function onRenumbered(parts: Parts, body: unknown): Promise<void> {
  const before = textAt(body, "event", "old_channel_id");
  const now = textAt(body, "event", "new_channel_id");
  if (before === "" || now === "" || before === now) return;
  const { store, clock, report } = parts;
  const known = (await store.conversation("slack", before))?.reference;
  const save = (id: string, reference: object) =>
    store.saveConversation("slack", { id, reference, at: clock.now() });
  await save(now, { was: before });
  await save(before, { ...(at(known, "was") === undefined ? {} : { was: at(known, "was") }), now });
  const what = `Slack calls the channel ${before} ${now} from now on`;
  report(new Error(`${what}: it is spoken to there, and the policy should name it so`), "slack");
}
