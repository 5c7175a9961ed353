import type { Executor } from "../db/executor.ts";
import type { Intake } from "../src/app/intake/intake.ts";

const text = `insert into holdpoint.deliveries (id, source, identity, received_at, content_type, body)
  values ($1::text, $2::text, $3::text, $4::text::timestamptz, $5::text, decode($6::text, 'hex'))
  on conflict do nothing returning id`;

/**
 * What most webhook receivers do: one row, one statement, one commit per request, as many at once
 * as the pool has connections.
 */
export function oneInsert(execute: Executor): Intake {
  return {
    accept: async ({ id, source, identity, receivedAt, contentType, body }) => {
      const at = new Date(receivedAt).toISOString();
      const bytes = Buffer.from(body).toString("hex");
      const rows = await execute({ text, params: [id, source, identity, at, contentType, bytes] });
      return { id, duplicate: rows.length === 0 };
    },
    idle: async () => undefined,
  };
}
