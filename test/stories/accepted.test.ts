import { expect, test } from "vitest";
import type { Invocation } from "../../src/app/ports.ts";
import type { PersonId } from "../../src/core/ids.ts";
import { delivery } from "../db/support.ts";
import { numbersFrom } from "../support/random.ts";
import { isWidening, striking } from "../support/striking.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * No resume passes a delivery that was accepted before it, whoever has to read it and whatever else
 * waits.
 */

const bytes = (body: object): Uint8Array => new TextEncoder().encode(JSON.stringify(body));

/** Stored by a process that then died: accepted, and nobody's to evaluate for now. */
const allAccepted = (
  world: World,
  bodies: readonly (readonly [string, object])[],
  source: string,
) =>
  world
    .database()
    .store.storeDeliveries(
      bodies.map(([id, body]) =>
        delivery(id, { source, body: bytes(body), receivedAt: world.clock.now(), identity: id }),
      ),
    );

const accepted = (
  world: World,
  id: string,
  { body, source = "signals" }: { readonly body: object; readonly source?: string },
) => allAccepted(world, [[id, body]], source);

const quietElsewhere = (n: number): object => ({
  kind: "alert",
  status: "firing",
  deployment: `elsewhere-${n % 7}`,
  metric: `m${n}`,
});

test("starting, confirming and undoing wait for what was accepted, by whomever it is being read", async () => {
  const world = await openWorld("postgres");
  await world.say("bob", "pause assistant-prod because it looks odd");
  const quiet = Array.from({ length: 250 }, (_, n) => [`n${n}`, quietElsewhere(n)] as const);
  await allAccepted(world, quiet, "signals");
  await accepted(world, "c1", { body: jailbreak(0.2) });

  const started = await world.say("chidi", "resume assistant-prod because it was nothing");

  expect(started.text).toContain("Not resumed: HP-2 is open");
  await world.say("chidi", "pause HP-2 because it is real");
  await world.say("chidi", "resume assistant-prod because it is over");
  await accepted(world, "c2", { body: collapse(), source: "alertmanager" });
  const { query } = world.database();
  await query(
    "update holdpoint.deliveries set leased_until = now() + '30 seconds' where id = 'c2'",
  );

  const confirmed = await world.say("erin", "resume assistant-prod because I looked");
  const narrower = await world.say("erin", "pause assistant-prod because I cannot tell");

  expect(confirmed.ok).toBe(false);
  expect(confirmed.text).toContain("a delivery that is still being read was accepted before this");
  expect(narrower.ok).toBe(true); // a restriction waits for nothing
  expect(await world.posture()).toBe("paused");
  await query("update holdpoint.deliveries set leased_until = null where id = 'c2'");
  await world.settle();
}, 60_000);

test("a critical alert accepted behind a thousand of a noisy source is evaluated before any but the first of them", async () => {
  const world = await openWorld("postgres");
  const noise = Array.from({ length: 1_000 }, (_, n) => [`n${n}`, quietElsewhere(n)] as const);
  await allAccepted(world, noise, "signals");
  await accepted(world, "c", { body: collapse(), source: "alertmanager" });

  await world.settle();

  const { query } = world.database();
  const [[before, left] = []] = await query(`
    select count(*) filter (where evaluated_at < (select evaluated_at from holdpoint.deliveries where id = 'c'))::int,
      count(*) filter (where evaluated_at is null)::int
    from holdpoint.deliveries`);
  // it is committed together with the first 199
  expect({ before, left }).toEqual({ before: 0, left: 0 });
  const open = await world.server().store.liveEscalations();
  expect(open).toContainEqual(expect.objectContaining({ deployment: "assistant-prod" }));
}, 60_000);

test("undo waits as a resume does, and one that looked in vain finds what came while it was committed", async () => {
  const commit = striking(isWidening);
  const world = await openWorld("postgres", { wrap: commit.wrap });
  await world.say("bob", "pause assistant-prod because wrong one");
  commit.arm(() => accepted(world, "c1", { body: jailbreak(0.2) }));

  const undone = await world.say("bob", "undo HP-1");

  expect(commit.hasStruck()).toBe(true);
  expect(undone.text).toContain("something else is open here");
  expect(await world.posture()).toBe("paused");
});

test("an answer that names no escalation does not answer one that opened while it was being committed", async () => {
  const commit = striking(({ params }) => String(params[0]).includes('"decision":"keep"'));
  const world = await openWorld("postgres", { wrap: commit.wrap });
  await world.send("signals", jailbreak());
  await world.say("chidi", "narrow HP-1 to no-tools because it is real");
  commit.arm(() => world.send("alertmanager", collapse()));

  const kept = await world.say("chidi", "keep assistant-prod because that is enough");

  expect(commit.hasStruck()).toBe(true);
  expect(kept.text).toContain("Not kept: HP-2 is open");
  expect((await world.say("chidi", "keep HP-2 because that is enough")).ok).toBe(true);
});

test("what waits about other deployments, in whatever state, holds up no resume", async () => {
  const world = await openWorld("postgres");
  await world.say("bob", "pause assistant-prod because it looks odd");
  await accepted(world, "n1", { body: quietElsewhere(1) });
  await world
    .database()
    .query("update holdpoint.deliveries set leased_until = now() + '30 seconds' where id = 'n1'");

  await world.say("chidi", "resume assistant-prod because it was nothing");
  const confirmed = await world.say("erin", "resume assistant-prod because I looked");

  expect(confirmed.ok).toBe(true);
  expect(await world.posture()).toBe("full");
  await world.database().query("update holdpoint.deliveries set leased_until = null");
});

const rounds = 15;

test(`in ${rounds} seeded rounds on two replicas no resume that was asked after a 202 comes before its escalation`, async () => {
  const world = await openWorld("postgres");
  const twin = await world.twin();
  const people = await world.server().views.people();
  const say = (
    server: typeof twin,
    { who, line, key }: { readonly who: string; readonly line: string; readonly key: string },
  ) =>
    server.inbound.run(
      invocation(people.find((person) => person.key === who)?.id ?? ("" as PersonId), line, key),
    );
  for (let round = 1; round <= rounds; round += 1) {
    const random = numbersFrom(round);
    const either = () => (random() < 0.5 ? twin : world.server());
    await say(twin, {
      who: "bob",
      line: "pause assistant-prod because of a round",
      key: `p${round}`,
    });
    await say(twin, {
      who: "chidi",
      line: "resume assistant-prod because of a round",
      key: `s${round}`,
    });
    const { size } = await world.server().store.head();
    let answered = false;
    const sent = turns(random).then(async () => {
      const starts = new Date(world.clock.now() + round * 1_000).toISOString();
      const response = await fetch(`${either().url}/webhooks/alertmanager`, {
        method: "POST",
        headers: { authorization: "Bearer alertmanager-token-for-tests-0123456789" },
        body: JSON.stringify(collapse("firing", starts, `round${round}`)),
      });
      expect(response.status).toBe(202);
      answered = true;
    });
    let asked = { afterAnswer: false };
    const confirmed = turns(random, 60).then(() => {
      asked = { afterAnswer: answered };
      return say(either(), {
        who: "erin",
        line: "resume assistant-prod because I looked",
        key: `c${round}`,
      });
    });

    await Promise.all([sent, confirmed]);
    await world.settle();

    const entries = (await world.server().store.entriesFrom(size, size + 50)).map((e) => e.entry);
    const opened = entries.findIndex(({ kind }) => kind === "escalation.opened");
    const resumed = entries.findIndex((entry) => entry.kind === "decision.made");
    expect(opened, `seed ${round}`).toBeGreaterThanOrEqual(0);
    if (asked.afterAnswer) expect(resumed, `seed ${round}`).toBe(-1);
    await say(twin, {
      who: "chidi",
      line: "pause assistant-prod because of what came",
      key: `q${round}`,
    });
    await say(twin, {
      who: "chidi",
      line: "resume assistant-prod to full because it is over",
      key: `a${round}`,
    });
    await say(twin, {
      who: "erin",
      line: "resume assistant-prod to full because I looked",
      key: `b${round}`,
    });
    expect(await world.posture(), `seed ${round}`).toBe("full");
  }
});

async function turns(random: () => number, most = 6): Promise<void> {
  for (let left = Math.floor(random() * most); left > 0; left -= 1)
    await new Promise((resolve) => setImmediate(resolve));
}

const invocation = (person: PersonId, line: string, key: string): Invocation => ({
  speaker: { is: "person", person, link: null },
  surface: "console",
  line,
  key,
  version: null,
  channel: null,
  escalation: null,
  private: true,
});
