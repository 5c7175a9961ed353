import { expect, test } from "vitest";
import { signalSend } from "../../src/cli/signal-send.ts";
import { pagerDutyEvent } from "../sources/pagerduty-events.ts";
import { type Kind, oneDatabase } from "../support/databases.ts";
import { receiver } from "../support/receiver.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** What people do in PagerDuty about our own pages, and about incidents that are none of ours. */

const secret = "pagerduty-signs-webhooks-with-this-0123456789";
const bob = { id: "PDBOB01", summary: "Bob O.", type: "user_reference" };
const ana = { id: "PDANA01", summary: "Ana R.", type: "user_reference" };
const stranger = { id: "PDNOONE", summary: "<!channel> *Mallory*", type: "user_reference" };

const echoes = new Map([
  ["acknowledge", "acknowledged"],
  ["resolve", "resolved"],
]);

/** What an event says beside its type, and the secret that it is signed with. */
interface Told {
  readonly data?: object;
  readonly event?: object;
  readonly key?: string;
}

async function open(kind: Kind, more: { readonly env?: object; readonly wake?: string } = {}) {
  const world = await openSlackWorld(kind, {
    env: { PAGERDUTY_WEBHOOK_SECRET: secret, ...more.env },
    policy: (yaml) =>
      `${yaml}\n${more.wake ?? ""}`
        .replace("slack: U0BOB00001", "slack: U0BOB00001, pagerduty: PDBOB01")
        .replace("slack: U0ANA00001", "slack: U0ANA00001, pagerduty: PDANA01")
        .replace(
          "sources:",
          "sources:\n  pagerduty: { type: pagerduty, auth: { signature: env:PAGERDUTY_WEBHOOK_SECRET }, map: { PSVC001: assistant-prod } }\n#",
        ),
  });
  let sent = 0;
  const tell = async (type: string, { data = {}, event = {}, key = secret }: Told = {}) => {
    sent += 1;
    const body = pagerDutyEvent(type, data, { id: `01EVENT${sent}`, ...event });
    const answer = await signalSend({
      url: world.server().url,
      source: "pagerduty",
      auth: "pagerduty",
      secret: key,
      body: Buffer.from(JSON.stringify(body)),
      contentType: "application/json",
      now: world.clock.now(),
      id: `delivery-${sent}`,
    });
    await world.settle();
    return answer;
  };
  const ours = (type: string, event: object = {}, { data, key }: Omit<Told, "event"> = {}) =>
    tell(type, {
      data: { incident_key: "HP-1", ...data },
      event,
      ...(key === undefined ? {} : { key }),
    });
  return { world, tell, ours };
}

oneDatabase((kind) => {
  test("whoever acknowledges our page in PagerDuty has seen the escalation here, once", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());
    await ours("triggered", { agent: null });
    const before = await world.kinds();

    await ours("acknowledged", { agent: bob, id: "01ACK" });
    const again = await ours("acknowledged", { agent: bob, id: "01ACK" });
    await ours("acknowledged", { agent: bob, id: "01ANOTHER" });

    expect(again).toMatchObject({ ok: true, duplicate: true });
    expect((await world.kinds()).slice(before.length)).toEqual(["escalation.acknowledged"]);
    expect(world.thread("HP-1").filter((line) => line.includes("acknowledged HP-1"))).toHaveLength(
      1,
    );
    expect(world.posted("HP-1").text).toContain("Acknowledged by");
    const { body } = await world.get("/v1/escalations/HP-1");
    expect(body).toMatchObject({ acknowledged: [{ name: "Bob Okafor" }] });
  });

  test("an account the policy gives nobody is said once in the thread, with what to do, and counts for nothing", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());

    await ours("acknowledged", { agent: stranger });
    await ours("acknowledged", { agent: stranger });
    await world.clock.advance("11m");
    await ours("acknowledged", { agent: stranger });

    const lines = world.thread("HP-1").filter((line) => line.includes("in PagerDuty"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("That was not recorded: the policy gives nobody the account");
    expect(lines[0]).toContain("by @U0BOB00001.");
    expect(lines[0]).toContain("Mallory");
    expect(await world.kinds()).not.toContain("escalation.acknowledged");
    expect((await world.kinds()).filter((kind) => kind === "decision.denied")).toHaveLength(1);
  });

  test("who is known and may not acknowledge is told so, by name", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());

    await ours("acknowledged", { agent: ana });

    const [line, ...others] = world.thread("HP-1").filter((name) => name.includes("in PagerDuty"));
    expect(line).toContain("Ana Ruiz");
    expect(line).toContain("not among those who may");
    // The pager is quiet by now: whoever is still asked is mentioned.
    expect(line).toMatch(/^@U0CHIDI001 .* by @U0BOB00001\.$/);
    expect(others).toEqual([]);
    expect(await world.kinds()).not.toContain("escalation.acknowledged");
  });

  test("what our own pager acknowledged there comes back without a person and is not news", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());
    await world.type("bob", "/ack HP-1");
    const before = await world.kinds();

    await ours("acknowledged", { agent: { id: "PSVC", type: "service_reference", summary: "S" } });
    await ours("resolved", { agent: null });

    expect(await world.kinds()).toEqual(before);
    expect(world.thread("HP-1").join()).not.toContain("in PagerDuty");
  });

  test("a pager and its webhooks answer each other once, and not for ever", async () => {
    const pagerduty = await receiver(() => 202);
    const { world, ours } = await open(kind, {
      env: {
        PAGERDUTY_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
        PAGERDUTY_EVENTS_URL: pagerduty.url,
      },
      wake: "wake:\n  oncall: { type: pagerduty, routingKey: env:PAGERDUTY_ROUTING_KEY, deployments: [assistant-prod] }\n",
    });
    const heard = () => pagerduty.heard.map(({ text }) => JSON.parse(text));
    let echoed = 0;
    /** PagerDuty tells of everything that happens to an incident, also of what we did to it. */
    const echo = async () => {
      while (echoed < heard().length) {
        const { event_action, dedup_key } = heard()[echoed];
        echoed += 1;
        const integration = { id: "PINTEG1", type: "inbound_integration_reference" };
        const type = echoes.get(event_action) ?? "triggered";
        await ours(type, { agent: integration }, { data: { incident_key: dedup_key } });
      }
    };

    await world.send("signals", jailbreak());
    await echo();
    await ours("acknowledged", { agent: bob });
    await echo();
    await world.type("chidi", "/pause HP-1 because 8.2 % is real");
    await world.clock.advance("2h");
    await echo();

    const said = heard().map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`);
    expect(said).toEqual(["trigger HP-1", "acknowledge HP-1", "resolve HP-1"]);
    const kinds = await world.kinds();
    expect(kinds.filter((kind) => kind === "escalation.acknowledged")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "escalation.opened")).toHaveLength(1);
    expect(world.thread("HP-1").join()).not.toContain("in PagerDuty");
  });

  test("a page of ours opens nothing, whatever becomes of it there, also after the escalation is over", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());
    await world.type("chidi", "/pause HP-1 because 8.2 % is real");
    for (const type of ["triggered", "escalated", "resolved", "reopened"]) await ours(type);
    await world.clock.advance("2h");
    const before = await world.kinds();

    await ours("acknowledged", { agent: bob });
    await ours("acknowledged", { agent: stranger });

    expect(await world.kinds()).toEqual(before);
    expect(before.filter((name) => name === "escalation.opened")).toHaveLength(1);
    expect(world.thread("HP-1").join()).not.toContain("in PagerDuty");
  });

  test("an incident of another service is an alert, also where its key only looks like one of ours", async () => {
    const { world, tell } = await open(kind);

    await tell("triggered");
    await tell("acknowledged", {
      data: { incident_key: "HP-77", id: "Q2" },
      event: { agent: bob },
    });

    expect(world.posted("HP-1").text).toContain("Safety classifier");
    expect((await world.kinds()).filter((kind) => kind === "escalation.opened")).toHaveLength(1);
    const { body } = await world.get("/v1/escalations/HP-1");
    expect(body).toMatchObject({ deployment: "assistant-prod", trigger: "unmatched", signals: 2 });
  });

  test("an account that is given later counts from then on, although no rule changed", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());
    await ours("acknowledged", { agent: stranger });

    const adopted = await world.adopt((yaml) => yaml.replace("PDBOB01", "PDNOONE"));
    await world.restart();
    await ours("acknowledged", { agent: stranger });

    expect(adopted.body).toMatchObject({ is: "same" });
    expect(world.thread("HP-1").join()).toContain("Bob Okafor acknowledged HP-1");
  });

  test("a bad signature is 401 and changes nothing", async () => {
    const { world, ours } = await open(kind);
    await world.send("signals", jailbreak());
    const before = await world.kinds();

    const refused = await ours("acknowledged", { agent: bob }, { key: "x".repeat(40) });

    expect(refused).toMatchObject({ ok: false, because: expect.stringContaining("401") });
    expect(await world.kinds()).toEqual(before);
  });
});
