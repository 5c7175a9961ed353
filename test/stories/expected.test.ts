import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** The example policy, whose Alertmanager must be heard from every five minutes. */
const beating = (yaml: string): string =>
  yaml.replace(
    "map: { assistant-api: assistant-prod } }",
    "map: { assistant-api: assistant-prod }, expect: 5m }",
  );

const run =
  '{ suite: jailbreak-suite, by: { every: 1d, at: "10:30" }, deployment: assistant-prod }';

/** The example policy, which expects a run of the jailbreak suite by 10:30 each day. */
const running = (yaml: string): string =>
  yaml.replace("env:SIGNALS_WEBHOOK_SECRET } }", `env:SIGNALS_WEBHOOK_SECRET }, expect: ${run} }`);

/** Without the rule that would name a missing run. */
const bare = (yaml: string): string => yaml.replace(', "no_data"]', "]");

async function opened(world: World): Promise<readonly unknown[]> {
  const { body } = await world.get("/v1/escalations");
  return (body as { items: { id: string; trigger: string; status: string }[] }).items.map(
    ({ id, trigger }) => `${id} ${trigger}`,
  );
}

oneDatabase((kind) => {
  test("a source that falls silent opens one card that says since when, and being heard again calms it", async () => {
    const world = await openWorld(kind, { policy: beating });
    await world.clock.advance("2m");
    await world.send("alertmanager", collapse("resolved"));
    await world.clock.advance("4m");
    expect(await opened(world)).toEqual([]);

    await world.clock.advance("1m");

    const silent = await world.card("HP-1");
    expect(silent.lines[0]).toBe(
      "Nothing heard from alertmanager since 23 Nov 2026 10:02 (Europe/London); expected every 5m.",
    );
    expect(silent.text).toContain("1 signal since 10:07, still firing");
    await world.clock.advance("1h");
    expect(await opened(world)).toEqual(["HP-1 unmatched"]);

    await world.send("alertmanager", collapse("resolved"));
    await world.clock.advance("1m");

    expect((await world.card("HP-1")).text).toContain("not firing any more");
    expect(await opened(world)).toEqual(["HP-1 unmatched"]);
  });

  test("the next silence is another one, also while the first card is open", async () => {
    const world = await openWorld(kind, { policy: beating });
    await world.clock.advance("6m");
    await world.send("alertmanager", collapse("resolved"));
    await world.clock.advance("1m");
    expect((await world.card("HP-1")).text).toContain("1 signal since 10:06, not firing any more");

    await world.clock.advance("5m");

    expect((await world.card("HP-1")).text).toContain("2 signals since 10:06, still firing");
  });

  test("two processes and a restart find the same silence, and it is one", async () => {
    const world = await openWorld(kind, { policy: beating });
    await world.send("alertmanager", collapse("resolved"));
    const twin = kind === "postgres" ? await world.twin() : null;
    await world.clock.advance("5m");
    await Promise.all([twin?.settle(), world.settle()]);
    await world.restart();
    await world.clock.advance("5m");
    await world.clock.advance("5m");

    expect(await opened(world)).toEqual(["HP-1 unmatched"]);
    expect((await world.card("HP-1")).text).toContain("1 signal since 10:05");
  });

  test("a restart calms no silence that goes on", async () => {
    const world = await openWorld(kind, { policy: beating });
    await world.clock.advance("6m");

    await world.restart();
    await world.settle();
    const restarted = (await world.card("HP-1")).text;
    await world.send("alertmanager", collapse("resolved"));
    await world.settle();

    expect(restarted).toContain("1 signal since 10:06, still firing");
    expect((await world.card("HP-1")).text).toContain("not firing any more");
  });

  test("whoever was down gives a full period before it speaks of silence", async () => {
    const world = await openWorld(kind, { policy: beating });
    await world.send("alertmanager", collapse("resolved"));
    world.clock.set("2026-11-23T12:00:00Z");
    await world.restart();

    await world.clock.advance("4m");
    expect(await opened(world)).toEqual([]);
    await world.clock.advance("1m");

    expect((await world.card("HP-1")).lines[0]).toContain("since 23 Nov 2026 10:00");
  });

  test("a rule may name a silence, and then it is decided like anything else", async () => {
    const world = await openWorld(kind, {
      policy: (yaml) =>
        beating(yaml).replace(
          'signal.metric == "RefusalRateCollapse" && signal.status == "firing"',
          'signal.metric == "heartbeat" && signal.status == "no_data" && signal.labels["source"] == "alertmanager"',
        ),
    });

    await world.clock.advance("6m");

    const card = await world.card("HP-1");
    expect(await opened(world)).toEqual(["HP-1 refusal-collapse"]);
    expect(card.lines[0]).toContain("Nothing heard from alertmanager since 23 Nov 2026 10:00");
    expect((await world.say("chidi", "pause HP-1 because we are blind")).ok).toBe(true);
  });

  test("adopting another policy gives nobody a new period, and expecting less is told as looser", async () => {
    const world = await openWorld(kind, { policy: beating });
    await world.clock.advance("4m");
    await world.adopt((yaml) => yaml.replace("undo: 10m", "undo: 9m"));
    await world.clock.advance("1m");
    expect(await opened(world)).toEqual(["HP-1 unmatched"]);

    const { body } = await world.adopt((yaml) => yaml.replace("expect: 5m", "expect: 1h"));

    expect(body).toMatchObject({
      looser: ["Assistant (production): alertmanager may be silent for 1 h (was 5 min)."],
    });
  });

  test("a run that did not come by its time is a signal, one for each time it is missing", async () => {
    const world = await openWorld(kind, { policy: (yaml) => running(bare(yaml)) });
    await world.clock.advance("1h");
    expect(await opened(world)).toEqual([]);

    world.clock.set("2026-11-24T10:29:00Z");
    await world.settle();
    expect(await opened(world)).toEqual([]);
    await world.clock.advance("1m");

    expect((await world.card("HP-1")).lines[0]).toBe(
      "No complete run of jailbreak-suite from signals since 23 Nov 2026 10:00 (Europe/London); one was expected by 24 Nov 2026 10:30 (Europe/London).",
    );
    world.clock.set("2026-11-25T11:00:00Z");
    await world.settle();
    expect((await world.card("HP-1")).text).toContain("2 signals since");
  });

  test("only a complete run is the one that was expected, and it calms", async () => {
    const world = await openWorld(kind, { policy: (yaml) => running(yaml) });
    world.clock.set("2026-11-24T09:00:00Z");
    await world.send("signals", jailbreak(0.01, { status: "incomplete" }));
    await world.clock.advance("2h");
    const missing = await world.card("HP-1");
    expect(missing.text).toContain("2 signals since 09:00, still firing");

    await world.send("signals", jailbreak(0.01));
    await world.clock.advance("1m");

    expect((await world.card("HP-1")).text).toContain("2 signals since 09:00, not firing any more");
  });

  test("while deliveries cannot be stored nobody is called silent: a full period begins again", async () => {
    let broken = false;
    const world = await openWorld(kind, {
      policy: beating,
      wrap: (execute) => async (query) => {
        const stores = /insert into holdpoint.deliveries|holdpoint.commit\(/.test(query.text);
        if (broken && stores) throw new Error("the disk is full");
        return execute(query);
      },
    });
    await world.clock.advance("4m");
    broken = true;
    const refused = await world.send("alertmanager", collapse("resolved"));
    broken = false;

    await world.clock.advance("4m");
    const meanwhile = await opened(world);
    await world.clock.advance("1m");

    expect(refused.ok).toBe(false);
    expect(meanwhile).toEqual([]);
    expect((await world.card("HP-1")).lines[0]).toContain("since 23 Nov 2026 10:00");
  });

  test("a notice that somebody wrote into the tables is shown as what it is and stops nothing", async () => {
    const world = await openWorld(kind, { policy: beating });
    const { store } = world.server();
    const bodies = ["{", "[]", '{"is":"silent","about":"retest","decision":"e_x"}'];
    await store.storeDeliveries(
      bodies.map((body, n) => ({
        id: `d_${n}`,
        source: "holdpoint",
        receivedAt: world.clock.now(),
        contentType: "application/json",
        attributes: {},
        body: new TextEncoder().encode(body),
        identity: null,
      })),
    );

    await world.settle();
    await world.send("alertmanager", collapse());

    expect(await opened(world)).toEqual(["HP-2 refusal-collapse", "HP-1 unmatched"]);
  });

  test("nobody can speak under the name of Holdpoint's own signals", async () => {
    const world = await openWorld(kind, { policy: beating });
    const { url } = world.server();

    const sent = await fetch(`${url}/webhooks/holdpoint`, { method: "POST", body: "{}" });
    const { status } = await world.adopt((yaml) => yaml.replace("  signals: ", "  holdpoint: "));

    expect(sent.status).toBe(404);
    expect(status).toBe(422);
  });
});
