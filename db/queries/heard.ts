import type { Store } from "../../src/app/ports.ts";
import { arrayText } from "../column-types.ts";
import type { Executor } from "../executor.ts";

/** What was heard, and what never was: each answer is read off an index, however much is stored. */
export function heardQueries(
  execute: Executor,
): Pick<Store, "heardFrom" | "lastRuns" | "verdictsOf"> {
  return {
    heardFrom: async (sources) => {
      const rows = await execute({ text: heardText, params: [arrayText(sources)] });
      return new Map(
        rows.map(([source, at, waiting]) => [
          String(source),
          { at: instantOrNull(at), waitingSince: instantOrNull(waiting) },
        ]),
      );
    },

    lastRuns: async (wanted) => {
      const column = (of: (row: (typeof wanted)[number]) => string) =>
        arrayText(wanted.map((row) => of(row).replaceAll("\0", "\ufffd")));
      const params = [
        column((row) => row.source),
        column((row) => row.deployment),
        column((row) => row.suite),
      ];
      const rows = await execute({ text: runsText, params });
      return rows.map(([at]) => instantOrNull(at));
    },

    verdictsOf: async (triggers) => {
      const rows = await execute({ text: verdictsText, params: [arrayText(triggers)] });
      return new Map(
        rows.map(([trigger, fired, unclear]) => [
          String(trigger),
          fired === true ? "fired" : unclear === true ? "indeterminate" : "never",
        ]),
      );
    },
  };
}

const instantOrNull = (at: unknown) => (at === null ? null : Date.parse(String(at)));

/**
 * What waits is few, and read first: by the index on source alone all of a source's deliveries
 * would be looked through.
 */
const heardText = `with waiting as materialized (
    select source, received_at from holdpoint.deliveries where evaluated_at is null)
  select s,
    (select received_at from holdpoint.deliveries where source = s order by received_at desc limit 1),
    (select min(received_at) from waiting where source = s)
  from unnest($1::text::text[]) as s`;

const runsText = `select (select at from holdpoint.signals
    where deployment = u.deployment and left(observed #>> '{signal,suite}', 100) = left(u.suite, 100)
      and observed #>> '{signal,kind}' = 'eval' and observed #>> '{signal,status}' = 'ok'
      and observed #>> '{signal,suite}' = u.suite and observed #>> '{signal,source}' = u.source
    order by at desc limit 1)
  from unnest($1::text::text[], $2::text::text[], $3::text::text[]) with ordinality as u(source, deployment, suite, n) order by n`;

const verdictsText = `select t,
    exists(select 1 from holdpoint.conditions where trigger = t and verdict = 'fired'),
    exists(select 1 from holdpoint.conditions where trigger = t and verdict = 'indeterminate')
  from unnest($1::text::text[]) as t`;
