import { Webhook } from "standardwebhooks";
import type { WebhookNotice } from "../app/ports.ts";
import type { Instant } from "../core/ids.ts";

/** The outbound webhook: a CloudEvent, signed as a Standard Webhook. */

/** The log's name and the console's address. */
export interface Origin {
  /** The log's name. */
  readonly origin: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/**
 * A CloudEvents 1.0 structured event, the same bytes at every attempt. It refers to what happened
 * and contains no details.
 */
export function eventOf({ recorded, body }: WebhookNotice, { origin, publicUrl }: Origin): string {
  const { entry, index } = recorded;
  const { deployment, posture } = body;
  const escalation = "escalation" in entry ? entry.escalation : "";
  return JSON.stringify({
    specversion: "1.0",
    type: `holdpoint.${entry.kind}`,
    source: origin,
    id: entry.id,
    time: entry.clock ?? entry.at,
    ...(deployment === "" ? {} : { subject: deployment }),
    datacontenttype: "application/json",
    data: {
      entry: index,
      ...(deployment === "" ? {} : { deployment }),
      ...(escalation === "" ? {} : { escalation }),
      ...(posture ? { state: posture.state, version: posture.version } : {}),
      links: {
        entry: `${publicUrl}/log/proof/${index}`,
        ...(deployment === ""
          ? {}
          : { deployment: `${publicUrl}/v1/deployments/${encodeURIComponent(deployment)}` }),
        ...(escalation === "" ? {} : { escalation: `${publicUrl}/v1/escalations/${escalation}` }),
      },
    },
  });
}

/** A signed checkpoint of the log, as a CloudEvents 1.0 structured event. */
export function checkpointEventOf(
  { id, note, time }: { readonly id: string; readonly note: string; readonly time: Instant },
  { origin, publicUrl }: Origin,
): string {
  return JSON.stringify({
    specversion: "1.0",
    type: "holdpoint.log.checkpoint",
    source: origin,
    id,
    time: new Date(time).toISOString(),
    datacontenttype: "application/json",
    data: { checkpoint: note, links: { checkpoint: `${publicUrl}/log/checkpoint` } },
  });
}

/**
 * The headers of one attempt
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 * `webhook-id` is the entry's id at every attempt. Every secret signs, so that receivers can change
 * theirs.
 */
export function headersOf(
  id: string,
  {
    body,
    secrets,
    now,
  }: { readonly body: string; readonly secrets: readonly string[]; readonly now: Instant },
): Readonly<Record<string, string>> {
  const at = new Date(now);
  return {
    "content-type": "application/cloudevents+json; charset=utf-8",
    "user-agent": "holdpoint",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}
