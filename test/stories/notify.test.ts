import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { isSignedWith, type Receiver, receiver } from "../support/receiver.ts";
import { jailbreak, openWorld, type Wishes } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** What an endpoint of the policy is told, besides decisions. */
interface Told {
  readonly at: Receiver;
  readonly events?: string;
  readonly more?: string;
}

/** The example policy with endpoints that listen here. */
const policyNotifying = (
  endpoints: Readonly<Record<string, Told>>,
  more: Partial<Wishes> = {},
): Wishes => ({
  env: { GATEWAY_SECRET: secret },
  ...more,
  policy: (yaml) => `${yaml}${notifyFor(endpoints)}`,
});

const notifyFor = (endpoints: Readonly<Record<string, Told>>): string =>
  `\nnotify:\n${Object.entries(endpoints)
    .map(
      ([id, { at, events = "decision.made", more = "" }]) =>
        `  ${id}: { url: "${at.url}/hook?x=1", secret: env:GATEWAY_SECRET, events: [${events}], privateAddresses: ["127.0.0.1"]${more} }\n`,
    )
    .join("")}`;

/** Sentences that were said in the channel. */
async function saidIn(world: World): Promise<string> {
  const rows = await world.server().store.messages("console", 500);
  return JSON.stringify(rows.filter(({ key }) => key.startsWith("line:")).map(({ body }) => body));
}

const ids = ({ heard }: Receiver): readonly string[] =>
  heard.map(({ headers }) => headers["webhook-id"] ?? "");

oneDatabase((kind) => {
  test("a pause tells the gateway once, signed, without a name or a reason, and the card says so", async () => {
    const gateway = await receiver();
    const world = await openWorld(kind, policyNotifying({ gateway: { at: gateway } }));
    await world.send("signals", jailbreak());

    await world.say("chidi", "pause HP-1 because samples look real");
    await world.restart();
    await world.clock.advance("1h");

    const [heard, ...more] = gateway.heard;
    const event = JSON.parse(heard?.text ?? "");
    expect([heard?.method, heard?.path, more]).toEqual(["POST", "/hook?x=1", []]);
    expect(heard && isSignedWith(secret, heard)).toBe(true);
    expect(event).toMatchObject({
      specversion: "1.0",
      type: "holdpoint.decision.made",
      source: "holdpoint.test/log",
      id: heard?.headers["webhook-id"],
      subject: "assistant-prod",
      data: { deployment: "assistant-prod", escalation: "HP-1", state: "paused", version: 2 },
    });
    expect(heard?.text).not.toMatch(/chidi|lindt|samples|p_/i);
    expect((await world.card("HP-1")).text).toContain("gateway: notified 10:00, not confirmed");
    expect(await world.kinds()).toContain("enforcement.reported");
  });

  test("what could not be delivered before a restart is delivered after it, under the same id", async () => {
    const gateway = await receiver((n) => (n === 0 ? 500 : 204));
    const world = await openWorld(
      kind,
      policyNotifying({ gateway: { at: gateway } }, { outward: { schedule: [3_600_000] } }),
    );
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");
    const before = (await world.card("HP-1")).text;

    await world.restart();
    await world.database().query("update holdpoint.outbox set retry_at = now()");
    await world.settle();

    const [first, second, ...more] = ids(gateway);
    expect(before).toContain("gateway: not notified yet");
    expect([second, more]).toEqual([first, []]);
    expect((await world.card("HP-1")).text).toContain("gateway: notified 10:00, not confirmed");
  });

  test("an endpoint that never takes it ends as one that could not be notified, on the card and in the channel", async () => {
    const gateway = await receiver(() => 500);
    const world = await openWorld(kind, policyNotifying({ gateway: { at: gateway } }));
    await world.send("signals", jailbreak());

    await world.say("chidi", "pause HP-1 because real");

    expect(gateway.heard).toHaveLength(4);
    expect(new Set(ids(gateway)).size).toBe(1);
    expect((await world.card("HP-1")).text).toContain(
      "⚠ gateway could not be notified. Apply the change manually.",
    );
    expect(await saidIn(world)).toContain("could not be notified that it is paused");
    const notices = await world.server().views.notices(9); // said in one moment, in no order
    const told = notices.find(({ text }) => text.includes("could not be notified"));
    expect(told?.text).toMatch(/could not be notified .* Apply the change manually\.$/);
    expect(told?.to).toEqual(["Bob Okafor", "Chidi Lindt"]);
  });

  test("an endpoint that is gone for good is left alone, also after a restart, until a policy is adopted", async () => {
    const gateway = await receiver(() => 410);
    const world = await openWorld(kind, policyNotifying({ gateway: { at: gateway } }));
    await world.send("signals", jailbreak());
    await world.say("chidi", "narrow HP-1 because real");
    await world.restart();

    await world.say("chidi", "pause assistant-prod because still real");
    const alone = gateway.heard.length;
    const card = (await world.card("HP-1")).text;
    await world.clock.advance("1m");
    await world.adopt((yaml) => yaml.replace("decideWithin: 8h", "decideWithin: 7h"));
    await world.say("chidi", "resume assistant-prod because patched");
    await world.say("erin", "resume assistant-prod because patched");

    expect([alone, gateway.heard.length]).toEqual([1, 2]);
    expect(card).toContain("gateway could not be notified");
  });

  test("each endpoint hears of the events and the deployments it asked for, and never of a name from outside", async () => {
    const [all, item] = [await receiver(), await receiver()];
    const events = "escalation.opened, escalation.acknowledged, policy.adopted";
    const world = await openWorld(
      kind,
      policyNotifying({
        all: { at: all, events },
        one: { at: item, events, more: ", deployments: [assistant-prod]" },
      }),
    );

    await world.send("signals", { kind: "finding", deployment: "mystery-prod", summary: "odd" });
    await world.send("signals", jailbreak());
    await world.say("bob", "ack HP-2");
    await world.say("chidi", "pause HP-2 because real");

    const kinds = ({ heard }: Receiver) =>
      heard.map(({ text }) => JSON.parse(text).type.replace("holdpoint.", ""));
    expect(kinds(all).toSorted()).toEqual([
      "escalation.acknowledged",
      "escalation.opened",
      "escalation.opened",
      "policy.adopted",
    ]);
    expect(kinds(item).toSorted()).toEqual([
      "escalation.acknowledged",
      "escalation.opened",
      "policy.adopted",
    ]);
    expect(JSON.stringify([...all.heard, ...item.heard])).not.toMatch(/mystery|odd/);
  });

  test("an endpoint that does not answer keeps neither another nor a card waiting", async () => {
    let heard: () => void = () => undefined;
    const others = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const quick = await receiver(() => {
      heard();
      return 204;
    });
    // Answers only after the other has been told.
    const slow = await receiver(async () => {
      await others;
      return 204;
    });
    const world = await openWorld(
      kind,
      policyNotifying({ a: { at: slow }, b: { at: quick } }, { outward: { timeout: 30_000 } }),
    );
    await world.send("signals", jailbreak());

    await world.say("chidi", "pause HP-1 because real");

    expect([slow.heard.length, quick.heard.length]).toEqual([1, 1]);
    expect((await world.card("HP-1")).text).toContain("a and b: notified 10:00, not confirmed");
  });

  test("two servers over the same data tell an endpoint once", async () => {
    const gateway = await receiver();
    const world = await openWorld(kind, policyNotifying({ gateway: { at: gateway } }));
    const twin = await world.twin();
    await world.send("signals", jailbreak());

    await world.say("chidi", "pause HP-1 because real");
    await Promise.all([twin.settle(), world.settle()]);

    expect(gateway.heard).toHaveLength(1);
    const reported = (await world.kinds()).filter((kind) => kind === "enforcement.reported");
    expect(reported).toHaveLength(1);
  });

  test("what waits for an endpoint that left the policy is dropped without a word", async () => {
    const gateway = await receiver(() => 500);
    const world = await openWorld(
      kind,
      policyNotifying({ gateway: { at: gateway } }, { outward: { schedule: [3_600_000] } }),
    );
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");

    const { status } = await world.adopt((yaml) => yaml.slice(0, yaml.indexOf("\nnotify:")));
    await world.restart();
    await world.database().query("update holdpoint.outbox set retry_at = now()");
    await world.settle();

    expect([status, gateway.heard.length]).toEqual([200, 1]);
    expect(await world.server().store.backlog()).toMatchObject({ outbox: 0, dead: 0 });
    expect((await world.card("HP-1")).text).toContain("Not enforced: no gateway connected");
  });

  test("a policy whose endpoint has no secret is not adopted, and the variable is named", async () => {
    const gateway = await receiver();
    const world = await openWorld(kind);

    const { status, body } = await world.adopt(
      (yaml) => `${yaml}${notifyFor({ gateway: { at: gateway } })}`,
    );

    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(
      "GATEWAY_SECRET is missing or empty: the secret of notify gateway.",
    );
  });
});
