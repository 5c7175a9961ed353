import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { start, tokens } from "./start.ts";

const rules = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })).min(1) }),
  ),
});

test("the example alert rules ask for numbers that /metrics has", async () => {
  const read = rules.parse(
    parse(await readFile("examples/prometheus/holdpoint.rules.yaml", "utf8")),
  );
  const asked = read.groups.flatMap((group) =>
    group.rules.flatMap(({ expr }) => expr.match(/holdpoint_\w+/g) ?? []),
  );
  const { get } = await start();

  const metrics = await (
    await get("/metrics", { authorization: `Bearer ${tokens.operator}` })
  ).text();

  expect(asked).toContain("holdpoint_delivery_oldest_seconds");
  expect(asked.filter((name) => !metrics.includes(`# TYPE ${name} gauge`))).toEqual([]);
});
