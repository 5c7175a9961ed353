import type { Millis } from "../../core/ids.ts";
import type { Endpoint } from "../../core/policy/model.ts";
import { recordTold } from "../commands/gateway-reports.ts";
import type { Journal } from "../journal.ts";
import { type Claimed, EndpointGone, Fault, type NoticeBody, type Outward } from "../ports.ts";
import { noticesFor } from "./outbox-rows.ts";
import { deliverThrough, nothingToSend, type OutboxSenderParts } from "./outbox-sender.ts";

/** Sends outbox rows to the endpoints of outbound webhooks, and records whether they arrived. */

export interface NoticeParts extends OutboxSenderParts {
  readonly journal: Journal;
  readonly outward: Pick<Outward, "pace" | "notify">;
}

/**
 * Sends the rows that one endpoint may receive now. Returns in how many ms there is more, or null.
 */
export function deliverNotices(parts: NoticeParts, endpoint: string): Promise<Millis | null> {
  return deliverThrough(parts, {
    name: noticesFor(endpoint),
    pace: parts.outward.pace,
    draw: (claimed) => drawn(parts, claimed),
  });
}

async function drawn(
  parts: NoticeParts,
  { message, attempts }: Claimed,
): Promise<() => Promise<unknown>> {
  const { journal, store, outward } = parts;
  const { body } = message;
  if (body.kind !== "notice") return nothingToSend;
  const work = await journal.look([]);
  const endpoint = work.situation("").policy.notify.get(body.endpoint);
  const [recorded] = await store.entryById([body.entry]);
  if (!endpoint || !recorded) return nothingToSend; // no policy names it any more
  const isNews = recorded.entry.kind === "decision.made";
  const { adoptedAt } = work.org;
  return async () => {
    try {
      await refuseGone(parts, endpoint, adoptedAt);
      await outward.notify(endpoint, { recorded, body }, attempts);
    } catch (fault) {
      if (fault instanceof EndpointGone) await store.saveGone(endpoint.id, adoptedAt);
      if (isNews && fault instanceof Fault && fault.retry === "never")
        await report(journal, body, "failed");
      throw fault;
    }
    if (isNews) await report(journal, body, "told");
  };
}

/**
 * Throws if the endpoint answered 410 under this adoption of the policy. Under a later one it is
 * tried again.
 */
async function refuseGone(
  { store }: NoticeParts,
  { id }: Endpoint,
  adoptedAt: number,
): Promise<void> {
  if ((await store.goneUnder(id)) === adoptedAt) throw new EndpointGone(id);
}

/** Records whether an endpoint received a decision; the card shows it. */
async function report(
  journal: Journal,
  { deployment, endpoint, posture }: NoticeBody,
  what: "told" | "failed",
): Promise<void> {
  if (deployment === "" || posture === null) return;
  await recordTold(journal, { deployment, endpoint, version: posture.version, what });
}
