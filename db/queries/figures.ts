import type { Store } from "../../src/app/ports.ts";
import { arrayText } from "../column-types.ts";
import type { Executor } from "../executor.ts";

/** Figures of groups of deployments. Nothing here is counted by person. */
export function figureQueries(execute: Executor): Pick<Store, "figures"> {
  return {
    figures: async (groups) => {
      const params = [
        arrayText(groups.map(({ deployment }) => deployment)),
        arrayText(groups.map(({ group }) => group)),
      ];
      const rows = await execute({ text, params });
      const orNull = (value: unknown) => (value === null ? null : Number(value));
      return rows.map(([group, quarter, ...values]) => {
        const [opened, acknowledged, toAcknowledge, decided, toDecide, ...counts] = values;
        const [decisions, byPolicy, deviations] = counts;
        return {
          group: String(group),
          quarter: String(quarter),
          opened: Number(opened),
          acknowledged: Number(acknowledged),
          toAcknowledge: orNull(toAcknowledge),
          decided: Number(decided),
          toDecide: orNull(toDecide),
          decisions: Number(decisions),
          byPolicy: Number(byPolicy),
          deviations: Number(deviations),
        };
      });
    },
  };
}

const quarterOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-"Q"Q')`;

const marked = (mark: string): string =>
  `count(*) filter (where exists (select from holdpoint.entry_about a
     where a.what = 'decision.made/is:${mark}' and a.index = e.index))`;

const text = `
  with g as (select * from unnest($1::text::text[], $2::text::text[]) as g(deployment, name)),
  opened as (
    select g.name, ${quarterOf("e.opened_at")} as quarter,
      (e.doc ->> 'openedAt')::bigint as at,
      (e.doc #>> '{acknowledged,0,at}')::bigint as acknowledged,
      case when e.doc -> 'decided' <> 'null'::jsonb then (e.doc ->> 'settledAt')::bigint end as settled
    from holdpoint.escalations e join g on g.deployment = e.deployment where e.trigger <> 'rehearsal'),
  escalations as (
    select name, quarter, count(*) as opened, count(acknowledged) as acknowledged,
      percentile_cont(0.5) within group (order by acknowledged - at) as to_acknowledge,
      count(settled) as decided, percentile_cont(0.5) within group (order by settled - at) as to_decide
    from opened group by 1, 2),
  decisions as (
    select g.name, ${quarterOf("e.at")} as quarter, count(*) as made,
      ${marked("by-policy")} as by_policy, ${marked("deviation")} as deviations
    from holdpoint.entries e join g on g.deployment = e.deployment
    where e.kind = 'decision.made' group by 1, 2)
  select coalesce(x.name, d.name), coalesce(x.quarter, d.quarter), coalesce(x.opened, 0),
    coalesce(x.acknowledged, 0), x.to_acknowledge, coalesce(x.decided, 0), x.to_decide,
    coalesce(d.made, 0), coalesce(d.by_policy, 0), coalesce(d.deviations, 0)
  from escalations x full join decisions d on d.name = x.name and d.quarter = x.quarter
  order by 2 desc, 1`;
