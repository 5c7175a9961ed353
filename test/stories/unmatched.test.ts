import { expect, test } from "vitest";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { oneKind } from "../support/databases.ts";
import { cardsOf, directsTo, everywhere, lastOffered, threadOf } from "../support/heard.ts";
import { cardInSlack } from "../support/slack-world.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

interface Alert {
  readonly name: string;
  readonly severity?: string;
  readonly status?: "firing" | "resolved";
  readonly deployment?: string;
  readonly summary?: string;
}

const group = (alerts: readonly (Alert | "no object")[], truncatedAlerts = 0): object => ({
  version: "4",
  status: "firing",
  receiver: "h",
  truncatedAlerts,
  alerts: alerts.map((alert) =>
    alert === "no object"
      ? 7
      : {
          status: alert.status ?? "firing",
          labels: {
            alertname: alert.name,
            severity: alert.severity ?? "info",
            deployment: alert.deployment ?? "assistant-api",
          },
          annotations: { summary: alert.summary ?? "" },
          startsAt: "2026-11-23T09:00:00Z",
          endsAt: "0001-01-01T00:00:00Z",
          fingerprint: `f-${alert.name}`,
        },
  ),
});

const weights: Alert = { name: "WeightsLeaving", severity: "critical" };
const alert = { kind: "alert", deployment: "assistant-prod" };

async function open(world: World) {
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
}

const lines = async (world: World): Promise<readonly string[]> =>
  (await world.server().views.notices(200)).map(({ text, to }) => `${text} → ${to.join(", ")}`);

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
  const told = (await lines(world)).find((line) => line.includes("HP-2"));
  expect(told).toContain("Bob Okafor, Chidi Lindt");
  const unknown = await world.card("HP-4");
  expect(unknown.buttons[0]).toBe("Acknowledge");
  expect(unknown.text).toContain("names no deployment of the policy");

  const paused = await world.say("bob", "pause HP-2 because weights");
  expect(paused.ok).toBe(true);
  expect(await world.posture()).toBe("paused");
  expect((await world.card("HP-2")).text).toContain("Paused 10:00 by Bob Okafor");
  expect((await open(world)).map(({ id }) => id)).toEqual(["HP-4", "HP-3", "HP-1"]);
  await world.clock.advance("1m");
  await world.send("alertmanager", group([{ name: "DiskAlmostFull", severity: "critical" }]));
  expect((await world.card("HP-1")).card.severity).toBe("critical");
  expect((await lines(world))[0]).toMatch(/^CRITICAL.*DiskAlmostFull.*→ Bob Okafor, Chidi Lindt$/);
  await world.send("alertmanager", group([{ name: "DiskAlmostFull", status: "resolved" }]));
  expect((await world.card("HP-1")).text).toContain("resolved 10:01");
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
  expect((await lines(world)).join("\n")).toContain("a trigger now matches what HP-1 reported");
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

/** What a message mentions beside its words. */
function asked({ cards }: BothWorld, id: `HP-${number}`): readonly string[] {
  const { slack, teams } = cards(id);
  return [slack, teams].flatMap(({ lines }) =>
    lines.filter((line) => line.startsWith("Notified: ")),
  );
}

const nine = [
  "DiskAlmostFull",
  "QueueLagging",
  "CacheMissing",
  "CertExpiring",
  "PodRestarting",
  "CpuThrottled",
  "LatencyHigh",
];

test("of nine systems at once each has a card, a mention and its buttons in every chat, the critical one too", async () => {
  const world = await openBothWorld(oneKind());
  for (const name of nine) await world.send("alertmanager", group([{ name }]));
  await world.send("alertmanager", group([{ ...weights, summary: "12 GB out" }]));
  await world.send("signals", "this is not JSON");
  await world.said();

  expect(await open(world)).toHaveLength(9);
  for (const [at, name] of nine.entries()) {
    const cards = cardsOf(world, `HP-${at + 1}`);
    expect([cards.slack[1], cards.teams[1]]).toEqual([name, name]);
    expect(asked(world, `HP-${at + 1}`)).toEqual([
      "Notified: @U0BOB00001",
      "Notified: @Bob Okafor",
    ]);
  }
  expect(cardsOf(world, "HP-8").teams.slice(0, 3)).toEqual([
    "🔴 Assistant (production) · HP-8",
    "WeightsLeaving",
    "“12 GB out”",
  ]);
  expect(asked(world, "HP-8")[1]).toBe("Notified: @Bob Okafor, @Chidi Lindt");
  expect(asked(world, "HP-9")[1]).toBe("Notified: @Bob Okafor");
  expect(directsTo(world, "chidi")).toEqual(
    everywhere([
      "CRITICAL Assistant (production): WeightsLeaving. No trigger matches. You can narrow or pause it. HP-8",
    ]),
  );
  expect(lastOffered(world, "chidi").teams).toEqual(["Narrow to no-tools", "Pause", "Acknowledge"]);
  expect(await lines(world)).toContain(
    "Assistant (production): HP-8 is open: WeightsLeaving, “12 GB out”. No trigger matches it. → Bob Okafor, Chidi Lindt",
  );

  await world.inSlack.press("bob", "Pause", cardInSlack(world.slack, "HP-8").message);
  await world.inSlack.submit("bob");
  await world.said();
  expect(await world.posture()).toBe("paused");
  expect(cardsOf(world, "HP-8").teams[1]).toBe("Paused 10:00 by Bob Okafor (on call)");
  expect(await open(world)).toHaveLength(8);
});

test("the name that comes after twenty in an hour is a line with a mention in every chat", async () => {
  const world = await openBothWorld(oneKind());
  const many = Array.from({ length: 21 }, (_, at): Alert => ({ name: `N${at}` }));
  await world.send("alertmanager", group(many));
  await world.said();
  expect(threadOf(world, "HP-21")).toEqual(everywhere([]));

  await world.send("alertmanager", group([{ ...weights, summary: "12 GB out" }]));
  await world.said();

  const line =
    "Assistant (production): no trigger matches WeightsLeaving (alertmanager, critical) “12 GB out”. HP-21";
  expect(threadOf(world, "HP-21")).toEqual({
    slack: [`@Bob Okafor @Chidi Lindt ${line}`],
    teams: [`${line}\n@Bob Okafor, @Chidi Lindt`],
  });
  expect(cardsOf(world, "HP-21").teams.slice(0, 3)).toEqual([
    "🔴 Assistant (production) · HP-21",
    "WeightsLeaving (alertmanager, critical) “12 GB out”",
    "N20 (alertmanager, info)",
  ]);
});

test.each([
  ["spaces around and inside", "Disk  Full", "  Disk Full ", 1],
  ["capital letters, which tell alerts apart", "DiskFull", "diskfull", 2],
  ["the end of a long name", `${"x".repeat(300)}1`, `${"x".repeat(300)}2`, 2],
  ["marks that turn text around", "Disk\u202eFull", "DiskFull", 2],
])("names that differ by %s", async (_what, name, other, count) => {
  const world = await openWorld("postgres");

  await world.send("alertmanager", group([{ name: name }]));
  await world.send("alertmanager", group([{ name: other }]));

  expect(await open(world)).toHaveLength(count);
});

test("a name of nothing but spaces still has a card that says which alert it is", async () => {
  const world = await openWorld("postgres");

  await world.send("alertmanager", group([{ name: "   " }]));

  expect((await world.card("HP-1")).lines[0]).toBe("alert f-");
});
