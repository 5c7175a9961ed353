import type { Instant } from "../core/ids.ts";
import { fieldsOf, nameOf, own } from "./fields.ts";
import { readJson } from "./json.ts";
import { type Claim, type Headers, singleHeader, staleness } from "./proof.ts";

/** The signatures of vendors over the raw body, each in its own header. */

interface Scheme {
  readonly claim: (headers: Headers, now: Instant) => Claim | { readonly because: string };
  /**
   * Why the body is refused although the signature matches, judged by its beginning; null =
   * accepted.
   */
  readonly flaw: (headers: Headers, head: Uint8Array) => string | null;
  /** The delivery's id in the signed body; null if the vendor sends none. */
  readonly identity: (body: Uint8Array) => string | null;
}

const hex = (text: string): readonly string[] =>
  /^[0-9a-f]{64}$/i.test(text) ? [text.toLowerCase()] : [];

/** The `v1=…` parts of a list. During a rotation the vendor signs with both keys. */
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
 * Grafana has no default name for the timestamp header; docs/sources/grafana.md asks for this one.
 * Without it only the body is signed. A body that begins with `123:` is then refused: it could be a
 * timestamp and a body whose header was removed, and no JSON begins like that.
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
 * X-Webhook-Id also identifies a delivery, but is not signed, so the event's own id is used.
 * https://developer.pagerduty.com/docs/webhooks-signatures
 */
const pagerduty: Scheme = {
  claim: (headers) => bodyOnly(versionOnes(singleHeader(headers, "x-pagerduty-signature"))),
  flaw: noFlaw,
  identity: (body) => named("pd", own(fieldsOf(own(fieldsOf(read(body)), "event")), "id")),
};

/**
 * Here X-Webhook-Id identifies the subscription, not the event.
 * https://www.promptfoo.dev/docs/enterprise/webhooks/
 */
const promptfoo: Scheme = {
  claim: (headers) => bodyOnly(hex(singleHeader(headers, "x-promptfoo-signature"))),
  flaw: noFlaw,
  identity: () => null,
};

/** The vendors' signatures, by source type. */
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
