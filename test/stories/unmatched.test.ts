import { expect, test } from "vitest";
import { openWorld, type World } from "../support/world.ts";

interface Alert {
  readonly name: string;
  readonly severity?: string;
  readonly status?: "firing" | "resolved";
  readonly deployment?: string;
  readonly summary?: string;
}

const group = (alerts: readonly (Alert | "no object")[], truncatedAlerts = 0): object => ({
  ...{ version: "4", status: "firing", receiver: "h", truncatedAlerts },
  alerts: alerts.map((one) =>
    one === "no object"
      ? 7
      : {
          status: one.status ?? "firing",
          labels: {
            alertname: one.name,
            severity: one.severity ?? "info",
            deployment: one.deployment ?? "assistant-api",
          },
          annotations: { summary: one.summary ?? "" },
          startsAt: "2026-11-23T09:00:00Z",
          endsAt: "0001-01-01T00:00:00Z",
          fingerprint: `f-${one.name}`,
        },
  ),
});

const weights: Alert = { name: "WeightsLeaving", severity: "critical" };
const alert = { kind: "alert", deployment: "assistant-prod" };

const open = async (world: World) => {
  const { body } = await world.get("/v1/escalations?status=open&limit=200");
  const { items } = body as {
    items: {
      id: `HP-${number}`;
      trigger: string;
      severity: string;
      deployment: string;
      about: { source: string; name: string } | null;
      others: { counted: number; names: { name: string }[] } | null;
    }[];
  };
  return items;
};

const lines = async (world: World): Promise<readonly string[]> =>
  (await world.house().views.notices(200)).map(({ text, to }) => `${text} → ${to.join(", ")}`);

test("each name of each source is a card of its own, with its words, its people and its buttons", async () => {
  const world = await openWorld("postgres");

  await world.send("alertmanager", group([{ name: "DiskAlmostFull" }]));
  await world.send("alertmanager", group([{ ...weights, summary: "12 GB out" }]));
  await world.send("signals", { ...alert, metric: "DiskAlmostFull" });
  await world.send("signals", "this is not JSON");
  await world.send("alertmanager", group([{ name: "DiskAlmostFull" }]));

  const found = await open(world);
  expect(found.map(({ id, severity, about }) => `${id} ${severity} ${about?.name}`)).toEqual([
    "HP-4 warning unmapped delivery",
    "HP-3 warning DiskAlmostFull",
    "HP-2 critical WeightsLeaving",
    "HP-1 info DiskAlmostFull",
  ]);
  const card = await world.card("HP-2");
  expect(card.text).toContain("WeightsLeaving");
  expect(card.text).toContain("12 GB out");
  expect(card.buttons.slice(0, 3)).toEqual(["Narrow to no-tools", "Pause", "Acknowledge"]);
  const told = (await lines(world)).find((one) => one.includes("HP-2"));
  expect(told).toContain("Bob Okafor, Chidi Lindt");
  const unknown = await world.card("HP-4");
  expect(unknown.buttons[0]).toBe("Acknowledge");
  expect(unknown.text).toContain("names no deployment of the policy");

  const paused = await world.say("bob", "pause HP-2 because weights");
  expect(paused.ok).toBe(true);
  expect(await world.posture()).toBe("paused");
  expect((await world.card("HP-2")).text).toContain("Paused 10:00 by Bob Okafor");
  expect((await open(world)).map(({ id }) => id)).toEqual(["HP-4", "HP-3", "HP-1"]);
  await world.send("alertmanager", group([{ name: "DiskAlmostFull", severity: "critical" }]));
  expect((await world.card("HP-1")).card.severity).toBe("critical");
  expect((await lines(world))[0]).toMatch(/^CRITICAL.*DiskAlmostFull.*→ Bob Okafor, Chidi Lindt$/);
  await world.send("alertmanager", group([{ name: "DiskAlmostFull", status: "resolved" }]));
  expect((await world.card("HP-1")).text).toContain("not firing any more");
  expect((await world.card("HP-3")).text).toContain("still firing");
});

test("beyond twenty an hour one escalation counts and names them, and a critical one is heard", async () => {
  const world = await openWorld("postgres");
  const many = Array.from({ length: 400 }, (_, at): Alert => ({ name: `N${at}` }));

  await world.send("alertmanager", group(many));
  await world.send("alertmanager", group([weights]));
  await world.send("alertmanager", group([{ name: "N399" }]));

  const all = await open(world);
  expect(all).toHaveLength(21);
  expect(all[0]).toMatchObject({ about: null, severity: "critical", others: { counted: 381 } });
  expect(all[0]?.others?.names.map(({ name }) => name)).toContain("WeightsLeaving");
  expect((await lines(world)).join("\n")).toMatch(/WeightsLeaving.*→ Bob Okafor, Chidi Lindt/);
  expect((await world.kinds()).length).toBeLessThan(30);
  expect((await world.say("bob", "ack HP-21")).ok).toBe(true);
  await world.send("signals", { ...alert, metric: "Later", severity: "high" });
  expect((await open(world)).map(({ id }) => id)).toContain("HP-21");

  await world.clock.advance("61m");
  await world.send("alertmanager", group([{ name: "N399" }]));
  await world.send("alertmanager", group([{ name: "Fresh" }]));

  expect((await open(world))[0]).toMatchObject({ id: "HP-22", about: { name: "Fresh" } });
});

test("what a delivery holds beyond what is kept, or cannot be read, is an escalation that counts it", async () => {
  const world = await openWorld("postgres");
  const over = { status: "resolved" } as const;
  const resolved = Array.from({ length: 500 }, (_, at): Alert => ({ name: `R${at}`, ...over }));

  await world.send("alertmanager", group([...resolved, { name: "RefusalRateCollapse" }], 40));
  await world.send("signals", JSON.stringify([{ ...alert, kind: "report" }, "x", { kind: "?" }]));
  await world.send("alertmanager", group([{ name: "RefusalRateCollapse", ...over }, "no object"]));

  const found = await open(world);
  expect(found.map(({ trigger, about }) => about?.name ?? trigger)).toEqual([
    "unreadable items",
    "unreadable items",
    "signals beyond 500",
    "alerts left out by the sender",
    "refusal-collapse",
  ]);
  expect((await world.card(found[3]?.id ?? "HP-1")).text).toContain(
    "Alerts left out by the sender from alertmanager: 40",
  );
});

test("a name that a later policy matches goes on with its trigger", async () => {
  const world = await openWorld("postgres");
  await world.send("alertmanager", group([weights]));

  await world.adopt((yaml) => yaml.replace('"RefusalRateCollapse"', '"WeightsLeaving"'));
  await world.send("alertmanager", group([weights]));

  expect((await open(world)).map(({ id, about }) => [id, about])).toEqual([["HP-2", null]]);
  expect((await lines(world)).join("\n")).toContain("a trigger matches now what HP-1 reported");
});

test("of a deployment that no policy knows, on call are told and nothing is offered", async () => {
  const world = await openWorld("postgres");

  await world.send("alertmanager", group([{ ...weights, deployment: "ghost" }]));

  const card = await world.card("HP-1");
  expect(card.text).toContain("The policy has no deployment “ghost”");
  expect(card.buttons[0]).toBe("Acknowledge");
  expect(card.card.notify).toHaveLength(1);
  expect((await world.say("chidi", "pause HP-1")).ok).toBe(false);
});
