import { type Paging, SendFault } from "../app/ports.ts";
import type { Pager } from "../core/policy/model.ts";
import type { Severity } from "../core/policy/severity.ts";
import { beginningOf } from "../core/text.ts";
import type { Origin } from "./notice.ts";
import { type Posted, post, type Resolve } from "./post.ts";

/** PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event). */

const bases: Readonly<Record<Pager["region"], string>> = {
  us: "https://events.pagerduty.com",
  eu: "https://events.eu.pagerduty.com",
};

const severities: Readonly<Record<Severity, string>> = {
  info: "info",
  warning: "warning",
  high: "error",
  critical: "critical",
};

/** PagerDuty's own limit. */
const longestSummary = 1_024;

export interface RingParts extends Origin {
  readonly secretFor: (reference: string) => string | undefined;
  readonly resolve: Resolve;
  readonly times: { readonly timeout: number };
  readonly pagerdutyUrl: string | null;
}

/** Sends one event; returns PagerDuty's answer. */
export async function ringAt(parts: RingParts, pager: Pager, page: Paging): Promise<Posted> {
  const { publicUrl, secretFor, resolve, times, pagerdutyUrl } = parts;
  const key = secretFor(pager.routingKey);
  if (key === undefined) {
    const name = pager.routingKey.replace(/^env:/, "");
    const what = { retry: "never", arrived: "no" } as const;
    throw new SendFault(`${name} is not set: the routing key of ${pager.id}`, what);
  }
  const base = pagerdutyUrl ?? bases[pager.region];
  return post(
    {
      url: new URL("/v2/enqueue", base),
      headers: { "content-type": "application/json", "user-agent": "holdpoint" },
      body: JSON.stringify({ routing_key: key, ...pagerEventOf(page, publicUrl) }),
      privateAddresses: null,
      timeout: times.timeout,
      to: `PagerDuty (${pager.id})`,
    },
    resolve,
  );
}

/**
 * The event without its key. All events of an escalation have the same `dedup_key`, its id, which
 * joins them.
 */
export function pagerEventOf(page: Paging, publicUrl: string): object {
  const { escalation, action, deployment, severity, trigger, summary, openedAt } = page;
  const event = { event_action: action, dedup_key: escalation };
  if (action !== "trigger") return event;
  const href = `${publicUrl}/escalations/${escalation}`;
  return {
    ...event,
    client: "Holdpoint",
    client_url: href,
    links: [{ href, text: `${escalation} in Holdpoint` }],
    payload: {
      summary: beginningOf(summary, longestSummary),
      source: deployment || "holdpoint",
      severity: severities[severity],
      timestamp: new Date(openedAt).toISOString(),
      class: trigger,
    },
  };
}
