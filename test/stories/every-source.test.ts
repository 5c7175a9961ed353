import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openWorld } from "../support/world.ts";

/**
 * Whatever kind of source it comes from: all of it is kept, or counted in an escalation that says
 * so. Checked after every story, too.
 */

const token = "a-token-for-every-source-0123456789abcdef";
const auth = "auth: { bearer: env:EVERY_TOKEN }, deployment: assistant-prod";
const mapping =
  "mapping: { forEach: /rows, kind: { value: alert }, status: { at: /state, map: { FIRING: firing, OK: resolved } }, metric: /name, " +
  "dedupe: { condition: /name, occurrence: /at }, sample: { rows: [{ state: FIRING, name: a, at: x }] } }";

const sources = [
  ...["grafana", "datadog", "langfuse", "inspect", "promptfoo", "pagerduty", "signal"].map(
    (type) => `  one-${type}: { type: ${type}, ${auth} }`,
  ),
  `  one-mapped: { type: mapped, ${auth}, ${mapping} }`,
].join("\n");

const fixture = (name: string): Record<string, never> =>
  JSON.parse(readFileSync(`test/fixtures/${name}`, "utf8"));

async function open() {
  const world = await openWorld("postgres", {
    env: { EVERY_TOKEN: token },
    policy: (yaml) =>
      yaml.replace("\nsources:", `\nsources:\n${sources}\n#`).replace(/^#( +# POST.*)$/m, "$1"),
  });
  let sent = 0;
  const post = async (
    source: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    sent += 1;
    const { status } = await fetch(`${world.server().url}/webhooks/${source}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "webhook-id": `every-${sent}`,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    expect(status, source).toBe(202);
    await world.settle();
  };
  const names = async (): Promise<readonly string[]> => {
    const { body } = await world.get("/v1/escalations?status=open&limit=200");
    const { items } = body as { items: { about: { source: string; name: string } | null }[] };
    return items.flatMap(({ about }) => (about ? [`${about.source}: ${about.name}`] : [])).sort();
  };
  return { world, post, names };
}

test("what cannot be read of a delivery, or was left out of it, is an escalation with its count, whatever the kind of source", async () => {
  const { world, post, names } = await open();
  const grafana = fixture("grafana/no-data.json");
  const inspect = fixture("inspect-ai/three-scores-success.v0.3.260.header.json");
  const results = Object(inspect["results"]);
  const promptfoo = fixture("promptfoo/eval-results.v3.json");
  const [prompt] = Object(promptfoo["results"]).prompts;
  const metrics = { ...prompt.metrics, testErrorCount: 0 };
  const rows = (state: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => ({ state, name: `r${from + n}`, at: "1" }));

  await post("one-grafana", { ...grafana, truncatedAlerts: 7 });
  await post("one-datadog", { what: "a webhook that is none of ours" });
  await post("one-langfuse", { type: "something-new" });
  await post("one-inspect", {
    ...inspect,
    results: { ...results, scores: [...results.scores, { name: "broken", scorer: "x" }, 7] },
  });
  await post("one-promptfoo", {
    ...promptfoo,
    config: {},
    results: {
      ...Object(promptfoo["results"]),
      stats: { successes: 1, failures: 1, errors: 0 },
      prompts: [{ ...prompt, metrics }, { provider: "another" }],
    },
  });
  await post("one-pagerduty", { event: { data: { type: "incident" } } });
  await post("one-mapped", { rows: [...rows("OK", 0, 700), { state: "FIRING", name: "last" }, 7] });
  const signal = {
    kind: "alert",
    deployment: "assistant-prod",
    metric: "Told",
    status: "resolved",
  };
  const event = { specversion: "1.0", id: "1", source: "x", type: "t", data: signal };
  await post(
    "one-signal",
    [event, { ...event, id: "2", data: "text" }, { ...event, specversion: "9" }],
    {
      "content-type": "application/cloudevents-batch+json",
    },
  );

  expect(await names()).toEqual([
    "one-datadog: unmapped delivery",
    "one-grafana: Harmful response rate",
    "one-grafana: alerts left out by the sender",
    "one-inspect: unreadable scores",
    "one-langfuse: unmapped delivery",
    "one-mapped: alert alert/", // a row that is none, kept as an errored one
    "one-mapped: last",
    "one-mapped: signals beyond 500",

    "one-pagerduty: unmapped delivery",
    "one-promptfoo: unreadable prompts",
    "one-signal: unreadable items",
  ]);
  const { body } = await world.get("/v1/escalations?status=open&limit=200");
  const { items } = body as { items: { id: `HP-${number}`; about: { name: string } }[] };
  const counts = await Promise.all(
    items
      .filter(({ about }) => /unreadable|beyond|left out/.test(about.name))
      .map(async ({ id }) => (await world.card(id)).text),
  );
  expect(counts.map((text) => /from one-\w+: \d+/.exec(text)?.[0]).sort()).toEqual([
    "from one-grafana: 7",
    "from one-inspect: 2",

    "from one-mapped: 202",
    "from one-promptfoo: 1",
    "from one-signal: 2",
  ]);
});

test.each(["one-mapped", "one-grafana", "one-signal"])(
  "of %s, the one that fires behind five hundred that are over is heard first",
  async (source) => {
    const { post, names } = await open();
    const all = Array.from({ length: 501 }, (_, at) => ({ at, isLast: at === 500 }));
    const bodies: Readonly<Record<string, unknown>> = {
      "one-mapped": {
        rows: all.map(({ at, isLast }) => ({
          state: isLast ? "FIRING" : "OK",
          name: isLast ? "Worst" : `r${at}`,
          at: "1",
        })),
      },
      "one-grafana": {
        version: "1",
        status: "firing",
        truncatedAlerts: 0,
        alerts: all.map(({ at, isLast }) => ({
          status: isLast ? "firing" : "resolved",
          labels: { alertname: isLast ? "Worst" : `r${at}` },
          startsAt: "2026-11-23T09:00:00Z",
          fingerprint: `f${at}`,
        })),
      },
      "one-signal": all.map(({ at, isLast }) => ({
        kind: "alert",
        deployment: "assistant-prod",
        metric: isLast ? "Worst" : `r${at}`,
        status: isLast ? "firing" : "resolved",
      })),
    };

    await post(source, bodies[source]);

    expect(await names()).toEqual([`${source}: Worst`, `${source}: signals beyond 500`]);
  },
);
