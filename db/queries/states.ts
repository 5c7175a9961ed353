import { and, asc, desc, eq, gt, lt, lte, sql } from "drizzle-orm";
import type { Snapshot, Store, StreamName, StreamState } from "../../src/app/ports.ts";
import type { EscalationState } from "../../src/core/state/state.ts";
import { arrayText } from "../column-types.ts";
import type { Database, Executor } from "../executor.ts";
import { dues, escalations } from "../schema.ts";

type States = Pick<
  Store,
  | "read"
  | "written"
  | "writtenEscalations"
  | "dueBy"
  | "liveEscalations"
  | "liveDeployments"
  | "escalation"
  | "escalations"
>;

/** Reads of what the log folds into. */
export function stateQueries(db: Database, execute: Executor): States {
  return {
    read: async (names) =>
      snapshotFrom(await execute({ text: readText, params: [arrayText(names)] }), names),

    written: async (names) =>
      writtenFrom(await execute({ text: writtenText, params: [arrayText(names)] }), names),

    writtenEscalations: async () => {
      const rows = await execute({ text: writtenEscalationsText, params: [] });
      const [[size] = []] = rows;
      return {
        size: Number(size),
        escalations: rows.flatMap(([, row]) =>
          typeof row === "string" ? (JSON.parse(row) as EscalationState) : [],
        ),
      };
    },

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

/** With the due times as [kind, ms since 1970]. */
const writtenText = `select h.size, s.name, s.state, (
    select json_agg(json_build_array(d.kind, (extract(epoch from d.at) * 1000)::bigint))
    from holdpoint.dues d where d.stream = s.name)::text
  from holdpoint.log_head h left join holdpoint.streams s on s.name = any($1::text::text[])`;

/** The columns that queries go by, over what the document says. */
const writtenEscalationsText = `select h.size, (e.doc || jsonb_build_object(
    'id', e.id, 'status', e.status, 'severity', e.severity, 'deployment', e.deployment, 'trigger', e.trigger))::text
  from holdpoint.log_head h left join holdpoint.escalations e on e.status <> 'closed'`;

function writtenFrom(
  rows: readonly (readonly unknown[])[],
  names: readonly StreamName[],
): Awaited<ReturnType<Store["written"]>> {
  const found = new Map(rows.map(([, name, state, dues]) => [String(name), { state, dues }]));
  const [[size] = []] = rows;
  return {
    size: Number(size),
    streams: new Map(
      names.map((name) => {
        const { state, dues } = found.get(name.replaceAll("\0", "\ufffd")) ?? {};
        const pairs: [string, number][] = typeof dues === "string" ? JSON.parse(dues) : [];
        const parsed: StreamState | null = typeof state === "string" ? JSON.parse(state) : null;
        return [name, { state: parsed, dues: pairs.map(([kind, at]) => ({ kind, at })) }];
      }),
    ),
  };
}

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
