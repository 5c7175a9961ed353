import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";

/** The example's source `signals`, read by a mapping instead. */
const bySource = (mapping: string) => (yaml: string) =>
  yaml.replace(
    "signals:      { type: signal,",
    `signals:      { type: mapped, mapping: ${mapping},`,
  );

const mapping = (more = "") =>
  `{ forEach: /probes, when: 'item.entry == "eval"', kind: { value: eval }, deployment: { value: assistant-prod }, ` +
  `suite: { value: garak }, scorer: { value: attack_success }, metric: { value: mean }, score: /probe, ` +
  `value: { cel: 'double(item.fails) / double(item.total)' }, worse: higher, samples: { completed: /total, total: /all }, ` +
  `dedupe: { condition: /probe, occurrence: body:/run }, ${more} ` +
  `sample: { run: r1, probes: [{ entry: eval, probe: dan, fails: 1, total: 8, all: 8 }] } }`;

const report = (run: string, ...probes: readonly object[]) => ({ run, probes });
const probe = (
  name: string,
  fails: number,
  { total = 80, all = 80 }: { readonly total?: number; readonly all?: number } = {},
) => ({
  entry: "eval",
  probe: name,
  fails,
  total,
  all,
});

oneDatabase((kind) => {
  test("a report of a sender that has no type of its own opens the card its rule names, and the next one calms it", async () => {
    const world = await openWorld(kind, { policy: bySource(mapping()) });

    await world.send("signals", report("r1", probe("dan", 20), probe("xss", 0)));

    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({ items: [{ id: "HP-1", trigger: "jailbreak-rate", signals: 1 }] });

    await world.clock.advance("30m");
    await world.send("signals", report("r2", probe("dan", 0), probe("xss", 0)));

    expect((await world.card("HP-1")).text).toContain(
      "Latest 0 % at 10:30, under the limit. Worst 25 %",
    );
  });

  test("a probe that evaluated nothing is a missing measurement, and its siblings are read", async () => {
    const world = await openWorld(kind, { policy: bySource(mapping()) });

    await world.send(
      "signals",
      report("r1", probe("dan", 0, { total: 0, all: 80 }), probe("xss", 0)),
    );

    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({ items: [{ id: "HP-1", trigger: "score-unavailable" }] });
  });

  test("a body in which nothing is meant is done with, and opens nothing", async () => {
    const world = await openWorld(kind, { policy: bySource(mapping()) });

    const sent = await world.send("signals", report("r1", { entry: "init" }));

    expect(sent).toMatchObject({ ok: true, unmapped: null });
    expect(await world.server().store.backlog()).toMatchObject({ deliveries: 0 });
    expect(await world.kinds()).toEqual(["policy.adopted", "identity.bound"]);
  });

  test("a mapping that makes nothing of its own sample is not adopted, and the field is named", async () => {
    const world = await openWorld(kind);

    const wrong = mapping("status: { at: /entry, map: { PASS: ok } },");
    const { status, body } = await world.adopt(bySource(wrong));

    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain("status: “eval” is not in its map");
    expect(await world.kinds()).toEqual(["policy.adopted", "identity.bound"]);
  });

  test("an event in binary mode is judged by what its headers say", async () => {
    const token = "t".repeat(40);
    const world = await openWorld(kind, {
      env: { ALERTMANAGER_TOKEN: token },
      policy: (yaml) =>
        yaml.replace("alertmanager: { type: alertmanager", "alertmanager: { type: signal"),
    });

    const { status } = await fetch(`${world.server().url}/webhooks/alertmanager`, {
      method: "POST",
      body: '{"kind":"finding","summary":"A jailbreak"}',
      headers: {
        authorization: `Bearer ${token}`,
        "ce-specversion": "1.0",
        "ce-id": "finding-7",
        "ce-source": "/red-team",
        "ce-subject": "assistant-prod",
      },
    });
    await world.settle();

    expect(status).toBe(202);
    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({
      items: [{ id: "HP-1", trigger: "unmatched", deployment: "assistant-prod" }],
    });
  });
});
