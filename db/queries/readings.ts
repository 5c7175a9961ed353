import type { Store } from "../../src/app/ports.ts";
import type { Reading, WantedReadings } from "../../src/core/escalation/readings.ts";
import { jsonText } from "../column-types.ts";
import type { Executor } from "../executor.ts";
import { wholeObserved } from "../stored-signal.ts";

/** What rules with a memory remember. Each question is answered by one of the table's indexes. */
export function readingQueries(execute: Executor): Pick<Store, "readingsOf" | "dueReadings"> {
  return {
    dueReadings: async (now, limit) => {
      const rows = await execute({ text: dueText, params: [rfc3339(now), limit] });
      return rows.map(([observed, ...row]) => {
        const reading = readingFrom([null, ...row]);
        const kept =
          observed === null
            ? null
            : wholeObserved(JSON.parse(String(observed)), reading.deployment);
        return { reading, observed: kept };
      });
    },

    readingsOf: async (wanted) => {
      const answers: Reading[][] = wanted.map(() => []);
      for (const [by, where] of Object.entries(conditions)) {
        const some = wanted.flatMap((one, n) => (one.by === by ? [{ one, n }] : []));
        if (some.length === 0) continue;
        const rows = await execute({ text: textFor(where), params: [jsonText(some.map(asked))] });
        for (const row of rows) answers[Number(row[0])]?.push(readingFrom(row));
      }
      return answers;
    },
  };
}

const conditions: Readonly<Record<WantedReadings["by"], string>> = {
  series: "r.series = w.key",
  group: "r.met and r.grp = w.key",
  met: "r.met",
  run: "r.run = w.key",
  seen: "r.seen = w.key",
};

const latest = Date.parse("9999-12-31T00:00:00Z");
const rfc3339 = (at: number): string => (at > latest ? "infinity" : new Date(at).toISOString());

const asked = ({ one, n }: { readonly one: WantedReadings; readonly n: number }) => ({
  n,
  rule: one.rule,
  deployments: one.deployments,
  key: one.key,
  not_model: one.notModel,
  since: rfc3339(one.since),
  until: rfc3339(one.until),
  most: one.limit,
});

/** The newest first, of all deployments that are asked for. */
const textFor = (where: string): string => `select w.n, r.*
  from jsonb_to_recordset($1::text::jsonb) as w(n int, rule text, deployments jsonb, key text, not_model text,
    since timestamptz, until timestamptz, most int)
  cross join lateral (
    select ${columns("f")}
    from jsonb_array_elements_text(w.deployments) as d(id)
    cross join lateral (
      select r.* from holdpoint.readings r
      where r.rule = w.rule and r.deployment = d.id and ${where} and r.at between w.since and w.until
        and (w.not_model = '' or r.model not in (w.not_model, ''))
      order by r.at desc limit w.most) as f
    order by f.at desc limit w.most) as r
  order by w.n`;

const columns = (
  of: string,
): string => `${of}.rule, ${of}.deployment, ${of}.seen, ${of}.series, ${of}.grp, ${of}.run, ${of}.model,
  extract(epoch from ${of}.at) * 1000, ${of}.met, ${of}.value, ${of}.delivery, ${of}.position, ${of}.body,
  extract(epoch from ${of}.due) * 1000`;

/** With the signal, as it is stored. */
const dueText = `select (select s.observed::text from holdpoint.signals s
    where s.delivery = r.delivery and s.position = r.position limit 1), ${columns("r")}
  from holdpoint.readings r where r.due <= $1::text::timestamptz order by r.due limit $2::int`;

function readingFrom(row: readonly unknown[]): Reading {
  const [, rule, deployment, seen, series, group, run, model, at, met, value, ...rest] = row;
  const [delivery, position, body, due] = rest;
  const text = (column: unknown): string => String(column);
  return {
    rule: text(rule),
    deployment: text(deployment),
    seen: text(seen),
    series: text(series),
    group: text(group),
    run: text(run),
    model: text(model),
    at: Math.round(Number(at)),
    met: met === true,
    value: value === null ? null : Number(value),
    delivery: text(delivery),
    position: Number(position),
    body: text(body),
    due: due === null ? null : Math.round(Number(due)),
  };
}
