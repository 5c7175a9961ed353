import { and, asc, desc, eq, gt, lt, lte, sql } from "drizzle-orm";
import type { Snapshot, Store, StreamName, StreamState } from "../../src/app/ports.ts";
import type { EscalationState } from "../../src/core/state/state.ts";
import { arrayText } from "../column-types.ts";
import type { Database, Executor } from "../executor.ts";
import { dues, escalations } from "../schema.ts";

type States = Pick<
  Store,
  "read" | "dueBy" | "liveEscalations" | "liveDeployments" | "escalation" | "escalations"
>;

/** Reads of what the log folds into. */
export function stateQueries(db: Database, execute: Executor): States {
  return {
    read: async (names) =>
      snapshotFrom(await execute({ text: readText, params: [arrayText(names)] }), names),

    dueBy: async (now, limit) => {
      const rows = await db
        .select()
        .from(dues)
        .where(lte(dues.at, now))
        .orderBy(asc(dues.at))
        .limit(limit);
      return rows.map((row) => ({ ...row, stream: row.stream as StreamName }));
    },

    liveEscalations: async () => {
      const rows = await db
        .select({ doc: escalations.doc })
        .from(escalations)
        .where(isLive)
        .orderBy(desc(escalations.number));
      return rows.map(escalationFrom);
    },
    liveDeployments: async () => {
      const rows = await db
        .selectDistinct({ deployment: escalations.deployment })
        .from(escalations)
        .where(isLive)
        .orderBy(asc(escalations.deployment));
      return rows.map(({ deployment }) => deployment);
    },
    escalation: async (id) => {
      const [row] = await db
        .select({ doc: escalations.doc })
        .from(escalations)
        .where(eq(escalations.id, id));
      return row && escalationFrom(row);
    },
    escalations: async ({ status, deployment, below, limit }) => {
      const rows = await db
        .select({ doc: escalations.doc })
        .from(escalations)
        .where(
          and(
            status === undefined ? undefined : eq(escalations.status, status),
            deployment === undefined ? undefined : eq(escalations.deployment, deployment),
            below === undefined ? gt(escalations.number, 0) : lt(escalations.number, below),
          ),
        )
        .orderBy(desc(escalations.number))
        .limit(limit);
      return rows.map(escalationFrom);
    },
  };
}

/** As the index has it: with a parameter in its place the planner could not know that it fits. */
const isLive = sql`${escalations.status} <> 'closed'`;

/** One statement, so that head and streams are of one moment. */
const readText = `select h.at, h.size, s.name, s.version, s.state from holdpoint.log_head h
  left join holdpoint.streams s on s.name = any($1::text::text[])`;

function snapshotFrom(
  rows: readonly (readonly unknown[])[],
  names: readonly StreamName[],
): Snapshot {
  const found = new Map(
    rows.map(([, , name, version, state]) => [String(name), { version: Number(version), state }]),
  );
  const [[at, size] = []] = rows;
  return {
    headAt: Date.parse(String(at)),
    headSize: Number(size),
    streams: new Map(
      names.map((name) => {
        const { version, state } = found.get(name.replaceAll("\0", "\ufffd")) ?? {
          version: 0,
          state: null,
        };
        const parsed: StreamState | null = typeof state === "string" ? JSON.parse(state) : null;
        return [name, { version, state: parsed }];
      }),
    ),
  };
}

const escalationFrom = ({ doc }: { readonly doc: unknown }): EscalationState =>
  doc as EscalationState;
