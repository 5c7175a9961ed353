import type { Store } from "../../src/app/ports.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import { arrayText } from "../column-types.ts";
import type { Executor } from "../executor.ts";
import { during } from "../schema.ts";
import { gatewayIn, inOrder, isApplied } from "../schema-log.ts";
import { recorded } from "./log.ts";

/** What a posture of the past follows from, and what was open then. */
export function pastQueries(execute: Executor): Pick<Store, "lastOfPostures" | "liveAt"> {
  return {
    liveAt: async (at) => {
      const text = `select id, deployment from holdpoint.escalations
        where ${during} @> $1::bigint order by number`;
      const rows = await execute({ text, params: [at] });
      return rows.map(([id, deployment]) => ({
        id: String(id) as EscalationId,
        deployment: String(deployment),
      }));
    },
    lastOfPostures: async (of, below) => {
      const carriers = of.flatMap(({ deployment, gateways }) =>
        gateways.map((gateway) => ({ deployment, gateway })),
      );
      const params = [
        arrayText(of.map(({ deployment }) => deployment)),
        arrayText(carriers.map(({ deployment }) => deployment)),
        arrayText(carriers.map(({ gateway }) => gateway)),
        below,
      ];
      const rows = await execute({ text: lastText, params });
      return rows
        .map(([index, bytes]) => recorded({ index: Number(index), bytes: bytes as Uint8Array }))
        .sort((a, b) => a.index - b.index);
    },
  };
}

/**
 * The newest entry of a deployment that a condition lets through; each condition has an index of
 * its own.
 */
const newest = (where: string): string =>
  `cross join lateral (select index, bytes from holdpoint.entries
    where deployment = d.id and ${where} and ${inOrder} < $4::bigint order by ${inOrder} desc limit 1) e`;

const lastText = `
  select e.index, e.bytes from unnest($1::text::text[]) as d(id) ${newest("kind = 'decision.made'")}
  union all
  select e.index, e.bytes from unnest($1::text::text[]) as d(id) ${newest("kind = 'reassessment.set'")}
  union all
  select e.index, e.bytes from unnest($2::text::text[], $3::text::text[]) as d(id, gateway)
    ${newest(`${isApplied} and ${gatewayIn} = d.gateway`)}`;
