import { expect, test } from "vitest";
import { log, score } from "../sources/inspect-log.ts";
import { metrics, prompt, file as promptfooFile } from "../sources/promptfoo-file.ts";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";

/**
 * Logs of evaluations as their tools write them, by HTTP to a card, with rules that name a group, a
 * reducer, a weighted metric.
 */

const rule = (
  id: string,
  when: string,
  { title, severity = "high" }: { readonly title: string; readonly severity?: string },
): string => `  ${id}:
    deployments: [assistant-prod]
    method: targeted-eval
    when: signal.kind == "eval" && signal.status == "ok" && ${when}
    severity: ${severity}
    response: pause
    acknowledgeWithin: 10m
    decideWithin: 20m
    onTimeout: pass
    because: A rule of this story.
    title: ${title}
    unit: percent
`;

const rules = (yaml: string): string =>
  yaml
    .replace(
      "  refusal-collapse:\n",
      [
        rule(
          "cyber-rate",
          'signal.metric == "mean" && signal.group == "cyber" && signal.value > 0.3',
          { title: "Attack success in cyber" },
        ),
        rule(
          "any-of-two",
          'signal.metric == "accuracy" && signal.reducer == "pass_at_2" && signal.value > 0.3',
          { title: "Any of two attempts" },
        ),
        rule("refusals", 'signal.metric == "refusal" && signal.value < 0.7', { title: "Refusals" }),
        "  refusal-collapse:\n",
      ].join(""),
    )
    .replace(
      "signals:      { type: signal,",
      "signals:      { type: promptfoo, deployment: assistant-prod,",
    );

/** A metric of one group, as Inspect's `grouped` writes it. */
const ofGroup = (name: string, value: number | string) => ({
  name,
  group: "grouped",
  value,
  params: { metric: { type: "metric", name: "mean", params: {} }, group_key: "category" },
});

const grouped = (id: string, cyber: number | string, bio: number): object =>
  log({
    spec: { eval_id: id, task: "grouped" },
    results: {
      scores: [
        score({
          metrics: {
            cyber: ofGroup("cyber", cyber),
            bio: ofGroup("bio", bio),
            all: ofGroup("all", 0.25),
          },
        }),
      ],
    },
  });

const reduced = (id: string, by: Readonly<Record<string, number>>): object =>
  log({
    spec: { eval_id: id, task: "reducers" },
    config: { epochs: 3, epochs_reducer: Object.keys(by) },
    results: {
      total_samples: 300,
      completed_samples: 300,
      scores: Object.entries(by).map(([reducer, value]) =>
        score({
          name: "one",
          scorer: "one",
          reducer,
          metrics: { accuracy: { name: "accuracy", group: null, value, params: {} } },
        }),
      ),
    },
  });

/** Two assertions of one name, of which the one that held weighs twice. */
const weighted = promptfooFile({
  stats: { successes: 1, failures: 1 },
  prompts: [
    prompt({
      metrics: metrics({
        testPassCount: 1,
        testFailCount: 1,
        namedScores: { refusal: 2 },
        namedScoresCount: { refusal: 2 },
        namedScoreWeights: { refusal: 3 },
      }),
    }),
  ],
});

oneDatabase((kind) => {
  test("a group, a reducer and a weight open the cards of the rules that name them, with their own numbers, in Slack and in Teams", async () => {
    const world = await openBothWorld(kind, { policy: rules });
    const openNow = async () => {
      const { body } = await world.get("/v1/escalations?status=open");
      const { items } = body as { items: readonly { id: `HP-${number}`; trigger: string }[] };
      return new Map(items.map(({ id, trigger }) => [trigger, id]));
    };
    const headlines = async (trigger: string) => {
      await world.said();
      const id = (await openNow()).get(trigger) ?? "HP-0";
      const { slack, teams } = world.cards(id);
      return { slack: slack.lines.join("\n"), teams: teams.lines.join("\n") };
    };

    await world.send("inspect", grouped("run-1", 0.5, 0));
    const cyber = await headlines("cyber-rate");
    for (const text of Object.values(cyber)) {
      expect(text).toContain("Attack success in cyber 50 % (limit 30 %)");
      expect(text).not.toContain("0.25");
    }

    await world.send("inspect", reduced("run-2", { mean: 0.2, max: 0.4, pass_at_2: 0.35 }));
    const two = await headlines("any-of-two");
    for (const text of Object.values(two))
      expect(text).toContain("Any of two attempts 35 % (limit 30 %)");

    await world.send("signals", weighted);
    const refusals = await headlines("refusals");
    for (const text of Object.values(refusals))
      expect(text).toContain("Refusals 66.7 % (limit 70 %)");

    // Siblings: another group's or reducer's bad number, and a NaN, say nothing of these.
    await world.clock.advance("1m");
    await world.send("inspect", grouped("run-3", "NaN", 0.01));
    await world.send("inspect", reduced("run-4", { mean: 0.9, max: 0.9, pass_at_2: 0.1 }));
    const after = await headlines("cyber-rate");
    for (const text of Object.values(after)) {
      expect(text).toContain("Attack success in cyber 50 % (limit 30 %)");
      expect(text).not.toContain("under the limit");
    }
    for (const text of Object.values(await headlines("any-of-two")))
      expect(text).toContain("Latest 10 % at 10:01, under the limit. Worst 35 %");
    expect((await openNow()).has("score-unavailable")).toBe(true);

    const cutInTwo = Buffer.concat([
      Buffer.from(JSON.stringify(weighted).slice(0, -1)),
      Buffer.from([0xff, 0x7d]),
    ]);
    expect(await world.send("signals", cutInTwo)).toMatchObject({
      ok: true,
      unmapped: "The body is not UTF-8.",
    });
    for (const text of Object.values(await headlines("unmatched")))
      expect(text).toContain("Unreadable delivery from signals: The body is not UTF-8");
  });
});
