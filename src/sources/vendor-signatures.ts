import type { Instant } from "../core/ids.ts";
import { fieldsOf, nameOf, own } from "./fields.ts";
import { readJson } from "./json.ts";
import { type Claim, type Headers, singleHeader, staleness } from "./proof.ts";

/** How vendors sign the raw body of their webhooks, each in its own header. */

interface Scheme {
  readonly claim: (headers: Headers, now: Instant) => Claim | { readonly because: string };
  /**
   * Why a body with this beginning is not what the claim says, though the signature may match; null
   * = it is.
   */
  readonly flaw: (headers: Headers, head: Uint8Array) => string | null;
  /**
   * What names a delivery among its repeats, in the signed body; null where the vendor sends no
   * such thing.
   */
  readonly identity: (body: Uint8Array) => string | null;
}

const hex = (text: string): readonly string[] =>
  /^[0-9a-f]{64}$/i.test(text) ? [text.toLowerCase()] : [];

/**
 * `v1=…` parts of a list, of any number: the vendor signs with the old and the new key while one is
 * changed.
 */
const versionOnes = (list: string): readonly string[] =>
  list
    .split(",")
    .map((part) => part.trim())
    .flatMap((part) => (part.startsWith("v1=") ? hex(part.slice(3)) : []));

const bodyOnly = (sent: readonly string[]): Claim => ({ sent, before: "", encoding: "hex" });

function stamped(
  sent: readonly string[],
  {
    name,
    seconds,
    now,
    between,
  }: {
    readonly name: string;
    readonly seconds: string;
    readonly now: Instant;
    readonly between: string;
  },
): Claim | { readonly because: string } {
  const late = staleness(name, seconds, now);
  return late ? { because: late } : { sent, before: `${seconds}${between}`, encoding: "hex" };
}

const noFlaw = () => null;

const grafanaTime = "x-grafana-alerting-timestamp";

/**
 * The timestamp header has no usual name in Grafana; this is the one our page asks for. Without it
 * only the body is signed, and then `123:{…}` could be a stamped body taken apart: no JSON begins
 * like that.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
const grafana: Scheme = {
  claim: (headers, now) => {
    const sent = hex(singleHeader(headers, "x-grafana-alerting-signature"));
    return Object.hasOwn(headers, grafanaTime)
      ? stamped(sent, {
          name: grafanaTime,
          seconds: singleHeader(headers, grafanaTime),
          now,
          between: ":",
        })
      : bodyOnly(sent);
  },
  flaw: (headers, head) => {
    const start = Buffer.from(head.subarray(0, 16)).toString("latin1");
    return !Object.hasOwn(headers, grafanaTime) && /^\d+:/.test(start)
      ? "a timestamp in front of the body"
      : null;
  },
  identity: () => null,
};

/** https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations */
const langfuse: Scheme = {
  claim: (headers, now) => {
    const list = singleHeader(headers, "x-langfuse-signature");
    const [, seconds = ""] = /(?:^|,)\s*t=([^,]*)/.exec(list) ?? [];
    return stamped(versionOnes(list), {
      name: "t of x-langfuse-signature",
      seconds,
      now,
      between: ".",
    });
  },
  flaw: noFlaw,
  identity: (body) => named("lf", own(fieldsOf(read(body)), "id")),
};

/**
 * X-Webhook-Id names a delivery as well, but nobody signs it: the event's own id is taken.
 * https://developer.pagerduty.com/docs/webhooks-signatures
 */
const pagerduty: Scheme = {
  claim: (headers) => bodyOnly(versionOnes(singleHeader(headers, "x-pagerduty-signature"))),
  flaw: noFlaw,
  identity: (body) => named("pd", own(fieldsOf(own(fieldsOf(read(body)), "event")), "id")),
};

/**
 * X-Webhook-Id names the subscription there, not the event.
 * https://www.promptfoo.dev/docs/enterprise/webhooks/
 */
const promptfoo: Scheme = {
  claim: (headers) => bodyOnly(hex(singleHeader(headers, "x-promptfoo-signature"))),
  flaw: noFlaw,
  identity: () => null,
};

/** The vendors' schemes by source type. */
export const schemes: ReadonlyMap<string, Scheme> = new Map([
  ["grafana", grafana],
  ["langfuse", langfuse],
  ["pagerduty", pagerduty],
  ["promptfoo", promptfoo],
]);

function read(body: Uint8Array): unknown {
  const json = readJson(body);
  return "value" in json ? json.value : undefined;
}

const named = (vendor: string, id: unknown): string | null =>
  typeof id === "string" && id !== "" ? nameOf(`${vendor}:${id}`) : null;
