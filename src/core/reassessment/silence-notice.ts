import { z } from "zod";
import { clockText } from "../clock-text.ts";
import type { Instant } from "../ids.ts";
import { ownSource } from "../policy/expectation.ts";
import { blankSignal, type ObservedSignal, type ParsedDelivery } from "../signal.ts";
import { rfc3339 } from "../time.ts";

/**
 * What Holdpoint itself has to say: that something expected was not heard, or is heard again. It
 * enters like any delivery.
 */

const notice = z.strictObject({
  is: z.enum(["silent", "heard"]),
  about: z.enum(["heartbeat", "run", "retest"]),
  /** Who is silent: a source; "" for a re-test, which any source may report. */
  source: z.string().max(200),
  suite: z.string().max(200),
  deployments: z.array(z.string().max(200)).min(1),
  /** What is missed, the same each time. */
  what: z.string().max(280),
  /** Which time it is missed: RFC 3339. */
  since: z.string().max(40),
  /** The entry of the decision that asked for a re-test, else "". */
  decision: z.string().max(100),
  summary: z.string().max(500),
});

/** A notice of Holdpoint's own. */
export type SilenceNotice = z.infer<typeof notice>;

/** What makes two notices the same one: stored once, whoever finds out and however often. */
export function identityOf({ is, what, since }: SilenceNotice): string {
  return `${is === "silent" ? "silence" : "heard"}:${what}:${since}`;
}

/** The condition under which a silence is counted and calmed. */
export function conditionOf(what: string): string {
  return `silence:${what}`;
}

/** A notice as it is stored. */
export function noticeBody(item: SilenceNotice): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(item));
}

/** The notice in a stored body, or null. */
export function noticeIn(body: Uint8Array): SilenceNotice | null {
  try {
    return notice.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
  } catch {
    return null;
  }
}

/** The signals of a stored notice, one for each deployment whose silence it is. */
export function parseNotice(body: Uint8Array): ParsedDelivery {
  const found = noticeIn(body);
  return found
    ? { mapped: found.deployments.map((deployment) => observedIn(found, deployment)) }
    : { unmapped: "It is no notice that this program wrote." };
}

const metrics = { heartbeat: "heartbeat", run: "expected run", retest: "re-test" } as const;

const observedIn = (item: SilenceNotice, deployment: string): ObservedSignal => ({
  signal: blankSignal({
    id: identityOf(item),
    source: ownSource,
    kind: item.about === "heartbeat" ? "alert" : "eval",
    // Never "ok": that is said of a run that was complete, and nothing was measured here.
    status: item.is === "silent" ? "no_data" : "resolved",
    deployment,
    severity: "warning",
    summary: item.summary,
    startedAt: item.since,
    labels: item.source === "" ? {} : { source: item.source },
    metric: metrics[item.about],
    suite: item.suite,
  }),
  condition: conditionOf(item.what),
  occurrence: item.since,
  caveat: null,
});

/**
 * "23 Nov 2026 09:40 (Europe/London)": read days later, in whatever chat, it still says which time.
 */
export function unmistakable(at: Instant, zone: string): string {
  return at <= 0 ? rfc3339(at) : `${clockText(at, zone, 0)} (${zone})`;
}
