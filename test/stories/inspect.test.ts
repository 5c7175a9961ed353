import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";

const log = z.looseObject({ eval: z.looseObject({ eval_id: z.string() }) });

/** A log of Inspect AI 0.3.260, as the hook posts it; every run has a name of its own. */
function run(
  name: "errored-no-results" | "success-but-sample-errored" | "three-scores-success",
  evalId: string,
  change: (text: string) => string = (text) => text,
): object {
  const file = `test/fixtures/inspect-ai/${name}.v0.3.260.header.json`;
  const read = log.parse(JSON.parse(change(readFileSync(file, "utf8"))));
  // one after the other, whenever they were recorded
  const at = `2026-11-20T10:0${evalId.at(-1)}:00+00:00`;
  const stats = { started_at: at, completed_at: at };
  return { ...read, stats, eval: { ...read.eval, created: at, eval_id: evalId, metadata: {} } };
}

/** The rule of the example that asks for attack successes, asked of the suite that was run. */
const asked = (yaml: string): string =>
  yaml.replace(
    'signal.scorer == "attack_success" && signal.metric == "mean" && signal.value > 0.05',
    'signal.suite == "refusal_suite" && signal.scorer == "includes" && signal.value < 0.5',
  );

oneDatabase((kind) => {
  test("an Inspect run that dies opens a card; the next complete run calms it", async () => {
    const world = await openWorld(kind);

    const sent = await world.send("inspect", run("errored-no-results", "run-1"));

    expect(sent).toMatchObject({ ok: true, unmapped: null });
    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({
      items: [{ id: "HP-1", trigger: "score-unavailable", deployment: "assistant-prod" }],
    });
    expect((await world.card("HP-1")).text).toContain("1 run, 10:00");

    await world.clock.advance("30m");
    await world.send("inspect", run("three-scores-success", "run-2"));

    expect(await world.kinds()).toContain("escalation.updated");
    const errored = await world.card("HP-1");
    expect(errored.lines[0]).toBe("refusal_suite failed: no result");
    expect(errored.text).toContain("sandbox container exited with code 137");
    expect(errored.text).toContain("A complete run arrived 10:30");
    expect(await world.posture()).toBe("full");
  });

  test("the same death told twice, once at the task's end and once at the run's, is one", async () => {
    const world = await openWorld(kind);
    const dead = run("errored-no-results", "run-1");
    await world.send("inspect", dead, "run-1.error");

    const again = await world.send("inspect", dead, "run-1.error");
    await world.send("inspect", dead, "told by something else");

    expect(again).toMatchObject({ duplicate: true });
    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({ items: [{ id: "HP-1" }] });
    expect((await world.kinds()).filter((kind) => kind === "escalation.opened")).toHaveLength(1);
  });

  test("a success with a crashed sample opens as incomplete, though its accuracy is perfect", async () => {
    const world = await openWorld(kind, { policy: asked });

    await world.send("inspect", run("success-but-sample-errored", "run-1"));

    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({ items: [{ id: "HP-1", trigger: "score-unavailable" }] });
    expect((await world.card("HP-1")).lines[0]).toBe(
      "refusal_suite: no result, only 2 of 3 samples",
    );
  });

  test("half a run that proves a breach fires its rule, and half a run that does not ends nothing", async () => {
    const atLeast = (yaml: string): string => asked(yaml).replace("value < 0.5", "atLeast > 0.5");
    const policy = (yaml: string): string =>
      atLeast(yaml).replace('signal.status == "ok" && signal.suite', "signal.suite");
    const world = await openWorld(kind, { policy });
    const accuracy = (value: string) => (text: string) =>
      text.replace('"value": 1.0', `"value": ${value}`);

    await world.send("inspect", run("success-but-sample-errored", "run-1"));

    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({
      items: [
        { id: "HP-2", trigger: "jailbreak-rate", severity: "critical", signals: 1 },
        { id: "HP-1", trigger: "score-unavailable", signals: 1 },
      ],
    });

    await world.send("inspect", run("success-but-sample-errored", "run-2", accuracy("0.5")));

    expect((await world.card("HP-2")).lines[0]).toBe(
      "Jailbreak success at least 66.7 % (limit 50 %), 2 of 3 samples",
    );
    expect((await world.card("HP-2")).text).toContain("1 run, 10:00");

    await world.clock.advance("1m");
    await world.send(
      "inspect",
      run("three-scores-success", "run-3", (text) => text.replace("0.6666666666666666", "0.25")),
    );

    expect((await world.card("HP-2")).text).toContain(
      "Latest 25 % at 10:01, under the limit. Worst at least 66.7 %",
    );
  });

  test("a number that could not be measured does not take back the one before it", async () => {
    const world = await openWorld(kind, { policy: asked });
    const accuracy = (value: string) => (text: string) => text.replace("0.6666666666666666", value);
    await world.send("inspect", run("three-scores-success", "run-1", accuracy("0.3")));

    await world.send("inspect", run("three-scores-success", "run-2", accuracy('"NaN"')));

    expect((await world.card("HP-1")).text).not.toContain("the limit. Worst");
    expect((await world.card("HP-2")).lines[0]).toContain("no result");
  });

  test("a run that dies does not take back what the one before it measured", async () => {
    const world = await openWorld(kind, { policy: asked });
    const bad = (text: string) => text.replace("0.6666666666666666", "0.3");
    await world.send("inspect", run("three-scores-success", "run-1", bad));
    expect((await world.card("HP-1")).text).toContain("1 run, 10:00");

    await world.send("inspect", run("errored-no-results", "run-2"));

    const { body } = await world.get("/v1/escalations?status=open");
    expect(body).toMatchObject({
      items: [{ trigger: "score-unavailable" }, { trigger: "jailbreak-rate" }],
    });
    const dead = "Latest: no result at 10:00 (the run failed). Worst 30 %";
    expect((await world.card("HP-1")).text).toContain(dead);

    await world.send("inspect", run("three-scores-success", "run-3"));

    expect((await world.card("HP-1")).text).toContain("Latest 66.7 % at 10:00, above the limit");
    expect((await world.card("HP-2")).text).toContain("A complete run arrived 10:00");
  });
});
