import type {
  Change,
  ConditionRow,
  Delivery,
  Outgoing,
  Pace,
  SendFailure,
  StreamState,
} from "../../src/app/ports.ts";
import { personId } from "../../src/core/ids.ts";
import { entryBytes } from "../../src/core/log/bytes.ts";
import type { Entry } from "../../src/core/log/entry.ts";

/** When the tests' entries are written unless they say otherwise. */
export const noon = Date.parse("2026-11-23T12:00:00.000Z");

/** An entry with its bytes; only what matters is given. */
export function entry(
  id: string,
  given: Readonly<Record<string, unknown>> = {},
): Change["entries"][number] {
  const whole = {
    v: 1,
    origin: "holdpoint.test/log",
    at: new Date(noon).toISOString(),
    id,
    subject: "deployment:assistant-prod",
    actor: { type: "person", person: personId("p_ada") },
    surface: "console",
    policy: "",
    kind: "escalation.acknowledged",
    escalation: "HP-1",
    ...given,
  };
  return { entry: whole as unknown as Entry, bytes: entryBytes(whole) };
}

/** A change that does nothing except what is given. */
export function change(given: Partial<Change> = {}): Change {
  return {
    key: null,
    expect: [],
    entries: [],
    streams: [],
    escalations: [],
    dues: [],
    outbox: [],
    texts: [],
    people: [],
    policies: [],
    conditions: [],
    shown: [],
    signals: [],
    readings: [],
    stored: [],
    deliveries: [],
    heard: null,
    sessions: [],
    links: [],
    spent: [],
    result: null,
    ...given,
  };
}

/** A stream's state that only has to come back. */
export function state(what: unknown): StreamState {
  return what as StreamState;
}

/** An escalation's state; only what matters is given. */
export function escalation(
  given: Partial<Change["escalations"][number]>,
): Change["escalations"][number] {
  return {
    id: "HP-1",
    trigger: "jailbreak-rate",
    deployment: "assistant-prod",
    severity: "high",
    status: "open",
    openedAt: noon,
    ...given,
  } as Change["escalations"][number];
}

/** A line to a channel; the rest of the row is as given. */
export function line(key: string, text: string, given: Partial<Outgoing> = {}): Outgoing {
  return {
    key,
    chat: "console",
    lane: "model-risk",
    urgency: 1,
    body: {
      kind: "line",
      channel: "model-risk",
      escalation: "",
      to: [],
      line: [text],
      version: null,
      buttons: [],
    },
    ...given,
  };
}

/** The card of HP-1. */
export function card(given: Partial<Outgoing> = {}): Outgoing {
  return {
    ...line("card:HP-1", ""),
    body: { kind: "card", escalation: "HP-1", channel: "model-risk" },
    ...given,
  };
}

/** A pace without any distance, as the console's; only what matters is given. */
export function pace(given: Partial<Pace> = {}): Pace {
  return {
    perLane: 50,
    laneMs: 0,
    editMs: 0,
    leaseMs: 60_000,
    doubtMs: 20_000,
    retryMs: 2_000,
    ...given,
  };
}

/**
 * A send that failed at once and for certain, to be tried again now; only what matters is given.
 */
export function failure(given: Partial<SendFailure> = {}): SendFailure {
  return {
    retryIn: 0,
    doubt: false,
    holdLane: null,
    error: "",
    ...given,
  };
}

/** A condition of HP-1 seen once. */
export function condition(given: Partial<ConditionRow> = {}): ConditionRow {
  return {
    deployment: "assistant-prod",
    trigger: "jailbreak-rate",
    condition: "fp",
    occurrence: "",
    kind: "alert",
    saidAt: null,
    escalation: "HP-1",
    firing: true,
    lowest: null,
    highest: null,
    verdict: "indeterminate",
    firstAt: noon,
    lastAt: noon,
    signals: 1,
    ...given,
  };
}

/** A webhook as received. */
export function delivery(id: string, given: Partial<Delivery> = {}): Delivery {
  return {
    id,
    source: "alerts",
    receivedAt: noon,
    contentType: "application/json",
    body: new Uint8Array([123, 0, 255, 125]),
    identity: null,
    attributes: {},
    ...given,
  };
}
