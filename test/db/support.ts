import type { Change, StreamState } from "../../src/app/ports.ts";
import { personId } from "../../src/core/ids.ts";
import { entryBytes } from "../../src/core/log/bytes.ts";
import type { Entry } from "../../src/core/log/entry.ts";

/** When the tests' entries are written unless they say otherwise. */
export const noon = Date.parse("2026-11-23T12:00:00.000Z");

/** An entry with its bytes; only what matters is given. */
export const entry = (
  id: string,
  given: Readonly<Record<string, unknown>> = {},
): Change["entries"][number] => {
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
};

/** A change that does nothing except what is given. */
export const change = (given: Partial<{ [K in keyof Change]: unknown }> = {}): Change =>
  ({
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
    signals: [],
    deliveries: [],
    sessions: [],
    result: null,
    ...given,
  }) as Change;

/** A stream's state that only has to come back. */
export const state = (what: unknown): StreamState => what as StreamState;
