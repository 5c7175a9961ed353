import { type Change, type ConditionRow, joinConditions } from "../src/app/ports.ts";
import { escalationNumber } from "../src/core/ids.ts";
import type { Entry } from "../src/core/log/entry.ts";
import { columnsOf } from "../src/core/log/entry-columns.ts";
import { foundBy } from "../src/core/log/found-by.ts";
import { base64, hex, jsonText } from "./column-types.ts";
import { slimObserved } from "./stored-signal.ts";

/**
 * A change as the one parameter of `holdpoint.commit`. Bytes travel as hex, bodies as base64,
 * instants as RFC 3339, the result as text so that it comes back exactly. Rows of one key are
 * joined here, because one statement may write a row only once.
 */
export function changeJson(change: Change, attempt: string): string {
  return jsonText({
    key: change.key,
    attempt,
    result: JSON.stringify(change.result ?? null),
    expect: change.expect,
    entries: change.entries.map(({ entry, bytes }) => ({ bytes: hex(bytes), ...indexOf(entry) })),
    streams: lastOf(change.streams, (row) => row.stream),
    escalations: lastOf(change.escalations, (row) => row.id).map((row) => ({
      id: row.id,
      number: escalationNumber(row.id),
      status: row.status,
      deployment: row.deployment,
      trigger: row.trigger,
      severity: row.severity,
      opened_at: rfc3339(row.openedAt),
      doc: row,
    })),
    dues: change.dues.map((due) => ({ ...due, at: rfc3339(due.at) })),
    outbox: lastOf(change.outbox, (row) => JSON.stringify([row.chat, row.key])).map((row, n) => ({
      ...row,
      n,
    })),
    texts: lastOf(change.texts, (row) => row.commitment).map(({ commitment, salt, text }) => ({
      commitment,
      salt: hex(salt),
      text: hex(utf8.encode(text)),
    })),
    people: lastOf(change.people, (row) => row.id),
    links: lastOf(change.links, (row) => JSON.stringify([row.person, row.chat])),
    spent: [...new Set(change.spent)],
    policies: lastOf(change.policies, (row) => row.digest).map((row) => ({
      digest: row.digest,
      canonical: hex(row.canonical),
      yaml: hex(utf8.encode(row.yaml)),
      adopted_at: rfc3339(row.adoptedAt),
    })),
    conditions: counted(change.conditions).map((row) => ({
      ...row,
      said_at: row.saidAt === null ? null : rfc3339(row.saidAt),
      first_at: rfc3339(row.firstAt),
      last_at: rfc3339(row.lastAt),
    })),
    shown: lastOf(change.shown, (row) => row.escalation),
    signals: change.signals.map((row) => ({
      ...row,
      at: rfc3339(row.at),
      deployment: row.observed.signal.deployment,
      observed: slimObserved(row.observed),
    })),
    readings: lastOf(change.readings, ({ rule, deployment, seen }) =>
      JSON.stringify([rule, deployment, seen]),
    ).map(({ group, due, ...row }) => ({
      ...row,
      grp: group,
      at: rfc3339(row.at),
      due: due === null ? null : rfc3339(due),
    })),
    stored: change.stored.map(({ receivedAt, contentType, body, ...row }) => ({
      ...row,
      received_at: rfc3339(receivedAt),
      content_type: contentType,
      body: base64(body),
    })),
    deliveries: [...new Set(change.deliveries)],
    heard: change.heard,
    sessions: lastOf(change.sessions, (row) => row.hash).map((row) => ({
      ...row,
      expires: rfc3339(row.expires),
    })),
  });
}

/**
 * By what an entry is found again: columns where it has one of a kind, `about` where it can have
 * several.
 */
const indexOf = (entry: Entry) => ({ ...columnsOf(entry), about: foundBy(entry) });

const utf8 = new TextEncoder();

/** The last time that was written: what is committed together came at few of them. */
let written = { at: 0, text: "1970-01-01T00:00:00.000Z" };

function rfc3339(at: number): string {
  if (written.at !== at) written = { at, text: new Date(at).toISOString() };
  return written.text;
}

/** One row per key, in order of first appearance, with the last one's content. */
const lastOf = <Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] => [
  ...new Map(rows.map((row) => [keyOf(row), row])).values(),
];

/**
 * One row per condition: counts added, values widened, as the upsert would do one after another.
 */
function counted(rows: readonly ConditionRow[]): readonly ConditionRow[] {
  const joined = new Map<string, ConditionRow>();
  for (const row of rows) {
    const key = JSON.stringify([
      row.escalation,
      row.deployment,
      row.trigger,
      row.condition,
      row.occurrence,
    ]);
    const before = joined.get(key);
    joined.set(key, before === undefined ? row : joinConditions(before, row));
  }
  return [...joined.values()];
}
