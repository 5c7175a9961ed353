import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { type Receiver, receiver } from "../support/receiver.ts";
import { collapse, jailbreak, openWorld, type Wishes } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

const routingKey = "0123456789abcdef0123456789abcdef";

/** The example policy with a pager, and a PagerDuty that listens here. */
const woken = (pagerduty: Receiver, more: Partial<Wishes> = {}): Wishes => ({
  env: { PAGERDUTY_ROUTING_KEY: routingKey, PAGERDUTY_EVENTS_URL: pagerduty.url },
  policy: (yaml) =>
    `${yaml}\nwake:\n  oncall: { type: pagerduty, routingKey: env:PAGERDUTY_ROUTING_KEY, deployments: [assistant-prod] }\n`,
  ...more,
});

const accepting = () => receiver(() => 202);

/** `trigger HP-1`, … in the order they came in. */
const events = ({ heard }: Receiver): readonly string[] =>
  heard.map(({ text }) => {
    const { event_action, dedup_key } = JSON.parse(text);
    return `${event_action} ${dedup_key}`;
  });

/**
 * Sentences that were said in the thread besides those of the log, and who is mentioned in them.
 */
async function admitted(world: World): Promise<readonly string[]> {
  const rows = await world.server().store.messages("console", 500);
  const people = await world.server().views.people();
  const named = (person: string) => people.find(({ id }) => id === person)?.name;
  return rows
    .filter(({ key }) => /^(?:not-rung|rings-in-vain):/.test(key))
    .map(
      ({ body, escalation, to }) =>
        `${escalation} ${JSON.stringify(body)} → ${to.map(named).join(", ")}`,
    );
}

oneDatabase((kind) => {
  test("a pager rings at opening, is quiet once somebody has seen it, and done when it is decided, under one key", async () => {
    const pagerduty = await accepting();
    const world = await openWorld(kind, woken(pagerduty));

    await world.send("signals", jailbreak());
    await world.send("signals", jailbreak(0.09));
    await world.say("bob", "ack HP-1");
    await world.say("chidi", "pause HP-1 because real");
    await world.clock.advance("2h");

    expect(events(pagerduty)).toEqual(["trigger HP-1", "acknowledge HP-1", "resolve HP-1"]);
    const [first, second] = pagerduty.heard;
    expect(first?.path).toBe("/v2/enqueue");
    expect(JSON.parse(first?.text ?? "")).toEqual({
      routing_key: routingKey,
      event_action: "trigger",
      dedup_key: "HP-1",
      client: "Holdpoint",
      client_url: `${world.server().url}/escalations/HP-1`,
      links: [{ href: `${world.server().url}/escalations/HP-1`, text: "HP-1 in Holdpoint" }],
      payload: {
        summary:
          "CRITICAL Assistant (production): Jailbrea… 8.2 % (limit 5 %). Chidi decides by 10:30 GMT, else narrows to no-tools. HP-1",
        source: "assistant-prod",
        severity: "critical",
        timestamp: "2026-11-23T10:00:00.000Z",
        class: "jailbreak-rate",
      },
    });
    expect(JSON.parse(second?.text ?? "")).toEqual({
      routing_key: routingKey,
      event_action: "acknowledge",
      dedup_key: "HP-1",
    });
  });

  test("when authority passes on it rings again and names who is asked now, even if somebody has seen it", async () => {
    const pagerduty = await accepting();
    const world = await openWorld(kind, woken(pagerduty));
    await world.send("alertmanager", collapse());
    await world.say("bob", "ack HP-1");

    await world.clock.advance("21m");
    const passed = events(pagerduty);
    await world.clock.advance("21m");

    expect(passed).toEqual(["trigger HP-1", "acknowledge HP-1", "trigger HP-1"]);
    expect(JSON.parse(pagerduty.heard[2]?.text ?? "").payload).toMatchObject({
      summary: expect.stringContaining("Erin decides by"),
      severity: "error",
    });
    expect(events(pagerduty).slice(3)).toEqual(["resolve HP-1"]);
  });

  test("nobody is woken for a rehearsal, for a stop by hand, or for what is no more than a warning", async () => {
    const pagerduty = await accepting();
    const world = await openWorld(kind, woken(pagerduty));

    expect((await world.say("chidi", "rehearse assistant-prod")).ok).toBe(true);
    expect((await world.say("bob", "raise assistant-prod because odd answers")).ok).toBe(true);
    await world.send("signals", jailbreak(0.01, { status: "errored" }));
    await world.say("bob", "pause assistant-prod because odd answers");

    expect(pagerduty.heard).toEqual([]);
  });

  test("a gateway that does not confirm a stop in time wakes somebody", async () => {
    const pagerduty = await accepting();
    const world = await openWorld(
      kind,
      woken(pagerduty, {
        policy: (yaml) =>
          `${yaml.replace("    undo: 10m", "    enforcement: { gateways: [edge], confirmWithin: 2m }\n    undo: 10m")}\nwake:\n  oncall: { type: pagerduty, routingKey: env:PAGERDUTY_ROUTING_KEY, deployments: [assistant-prod] }\n`,
      }),
    );
    await world.say("chidi", "pause assistant-prod because odd answers");

    await world.clock.advance("3m");

    expect(events(pagerduty)).toEqual(["trigger HP-2"]);
  });

  test("a page that PagerDuty refuses is not repeated, and people read that nobody was woken", async () => {
    const pagerduty = await receiver(() => 400);
    const world = await openWorld(kind, woken(pagerduty));

    await world.send("signals", jailbreak());
    await world.clock.advance("1m");

    expect(events(pagerduty)).toEqual(["trigger HP-1"]);
    const [line, ...more] = await admitted(world);
    expect([line, more]).toEqual([expect.stringContaining("refuses the page"), []]);
    expect(line).toMatch(/^HP-1 .*→ Bob Okafor, Chidi Lindt$/);
  });

  test("a pager that was down says what is true when it is back, not what was", async () => {
    const pagerduty = await receiver((n) => (n < 1 ? 503 : 202));
    const world = await openWorld(kind, woken(pagerduty, { check: false }));
    await world.send("signals", jailbreak());

    await world.say("chidi", "pause HP-1 because real");
    await world.database().query("update holdpoint.outbox set retry_at = now()");
    await world.settle();

    expect(events(pagerduty)).toEqual(["trigger HP-1", "resolve HP-1"]);
  });

  test("a pager that stays down is tried on, and people read once that nobody was woken yet", async () => {
    const pagerduty = await receiver((n) => (n < 8 ? 500 : 202));
    const world = await openWorld(kind, woken(pagerduty));
    await world.send("signals", jailbreak());

    for (let n = 0; n < 8; n += 1) {
      await world.database().query("update holdpoint.outbox set retry_at = now()");
      await world.settle();
    }

    expect(await admitted(world)).toEqual([
      expect.stringMatching(/does not answer, so nobody was paged yet.*→ Bob Okafor, Chidi Lindt$/),
    ]);
    expect(pagerduty.heard).toHaveLength(9);
  });

  test("a restart between rings nobody twice", async () => {
    const pagerduty = await accepting();
    const world = await openWorld(kind, woken(pagerduty));
    await world.send("signals", jailbreak());

    await world.restart();
    await world.settle();
    await world.say("bob", "ack HP-1");

    expect(events(pagerduty)).toEqual(["trigger HP-1", "acknowledge HP-1"]);
  });
});
