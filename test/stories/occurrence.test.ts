import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { deploymentAt, manyDeployments } from "../support/many-deployments.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * What begins, ends and begins again is told apart from what is only repeated, whoever says it and
 * in whatever order.
 */

const zero = "0001-01-01T00:00:00Z";

async function escalations(world: World): Promise<readonly string[]> {
  const { body } = await world.get("/v1/escalations?limit=200");
  return (body as { items: { id: string; status: string }[] }).items.map(
    ({ id, status }) => `${id} ${status}`,
  );
}

const signalsOf = async (world: World, id: `HP-${number}`): Promise<string> =>
  (await world.card(id)).lines.find((line) => line.includes("since")) ?? "no signals";

test("an alert that was over is new when it fires again, also with its old start; a repetition is not", async () => {
  const world = await openWorld("postgres");
  await world.send("alertmanager", collapse());
  await world.send("alertmanager", collapse("resolved"));
  expect(await signalsOf(world, "HP-1")).toContain("resolved");
  await world.send("alertmanager", collapse());
  expect(await signalsOf(world, "HP-1")).toContain("still firing");

  await world.say("chidi", "pause HP-1 because refusals fell");
  await world.clock.advance("2h");
  await world.send("alertmanager", collapse());
  expect(await escalations(world)).toEqual(["HP-1 closed"]);
  expect(await signalsOf(world, "HP-1")).toContain("still firing");

  // The same instant in another zone; heard after the card was closed, it stands on the card all
  // the same.
  await world.send("alertmanager", collapse("resolved", "2026-11-23T11:58:00.000+02:00"));
  expect(await signalsOf(world, "HP-1")).toContain("not firing");
  await world.send("alertmanager", collapse());
  expect(await escalations(world)).toEqual(["HP-2 open", "HP-1 closed"]);
});

test("a time that is none tells no occurrences apart", async () => {
  const world = await openWorld("postgres");
  for (const again of ["HP-1", "HP-2"] as const) {
    await world.send("alertmanager", collapse("firing", zero));
    await world.send("alertmanager", collapse("resolved", zero));
    expect(await signalsOf(world, again)).toContain("resolved");
    await world.say("chidi", `pause ${again} because refusals fell`);
    await world.clock.advance("2h");
  }

  expect(await escalations(world)).toEqual(["HP-2 closed", "HP-1 closed"]);
});

const longer = (word: string): readonly string[] =>
  word.length === 5 ? [word] : [word, ...longer(`${word}F`), ...longer(`${word}R`)];

/** Every order of firing (F) and resolved (R) of one occurrence, up to five messages. */
const orders = [...longer("F"), ...longer("R")];

test("in any order and any repetition the last word counts, and what had resolved before it arrived starts no clock", async () => {
  const world = await openWorld("postgres", {
    policy: (yaml) => {
      const { sources } = parse(yaml);
      const { signals, ...many } = parse(manyDeployments(yaml)).sources;
      const alertmanager = { ...sources.alertmanager, map: {} };
      return stringify({
        ...parse(manyDeployments(yaml)),
        sources: { ...many, signals, alertmanager },
      });
    },
  });
  expect(orders).toHaveLength(62);

  for (let step = 0; step < 5; step += 1) {
    const alerts = orders.flatMap((order, at) => {
      const word = order[step];
      return word
        ? [{ ...alertOn(deploymentAt(at)), status: word === "F" ? "firing" : "resolved" }]
        : [];
    });
    await world.send("alertmanager", { version: "4", alerts });
  }

  const live = await world.server().store.liveEscalations();
  const evidence = await world.server().store.evidenceOf(live.map(({ id }) => id));
  const found = orders.map((order, at) => {
    const [escalation, ...others] = live.filter(
      ({ deployment }) => deployment === deploymentAt(at),
    );
    expect(others).toEqual([]);
    return [
      order,
      escalation ? (evidence.get(escalation.id)?.firing ? "fires" : "over") : "no clock",
    ];
  });
  const expected = orders.map((order) => [
    order,
    order.startsWith("R") ? "no clock" : order.endsWith("F") ? "fires" : "over",
  ]);
  expect(found).toEqual(expected);

  await world.clock.advance("5m");
  await world.send("alertmanager", {
    version: "4",
    alerts: [alertOn(deploymentAt(orders.indexOf("RF")))],
  });
  const after = await world.server().store.liveEscalations();
  expect(after.map(({ deployment }) => deployment)).toContain(deploymentAt(orders.indexOf("RF")));
});

const alertOn = (deployment: string) => ({
  status: "firing",
  labels: { alertname: "RefusalRateCollapse", deployment },
  annotations: {},
  startsAt: "2026-11-23T09:58:00Z",
  endsAt: zero,
  fingerprint: deployment,
});

test("the card of a trigger that was renamed or removed hears the end, and no good number that its own rule calls bad", async () => {
  const world = await openWorld("postgres");
  await world.send("alertmanager", collapse());
  await world.send("signals", jailbreak(0.09));
  await world.adopt((yaml) =>
    yaml
      .replaceAll("refusal-collapse:", "refusals:")
      .replace("signal.value > 0.05", "signal.value > 0.5"),
  );
  await world.adopt((yaml) => yaml.replaceAll("jailbreak-rate:", "jailbreaks:"));

  await world.send("alertmanager", collapse("resolved"));
  expect(await signalsOf(world, "HP-1")).toContain("resolved");
  await world.send("signals", jailbreak(0.06));
  expect((await world.card("HP-2")).text).toContain(
    "Latest 6 % at 10:00, over the limit. Worst 9 %",
  );
  await world.send("signals", jailbreak(0.01));
  expect((await world.card("HP-2")).text).toContain(
    "Latest 1 % at 10:00, under the limit. Worst 9 %",
  );
});

test("two sources that use one name mean two things, and only an end ends", async () => {
  const world = await openWorld("postgres", {
    policy: (yaml) => {
      const policy = parse(yaml);
      const signals = policy.sources.signals;
      return stringify({
        ...policy,
        sources: {
          ...policy.sources,
          inspect: { ...signals, auth: { standardWebhooks: "env:INSPECT_WEBHOOK_SECRET" } },
        },
      });
    },
  });
  const alert = {
    kind: "alert",
    deployment: "assistant-prod",
    metric: "RefusalRateCollapse",
    id: "1",
  };
  await world.send("signals", { ...alert, status: "firing" });

  await world.send("inspect", { ...alert, status: "resolved" });
  await world.send("signals", { ...alert, kind: "report" });
  await world.send("signals", { ...alert, status: "info" });
  await world.send("signals", { ...alert, kind: "change", change: "threshold.changed" });
  expect(await signalsOf(world, "HP-1")).toContain("still firing");

  await world.send("signals", { ...alert, status: "resolved" });
  expect(await signalsOf(world, "HP-1")).toContain("resolved");
  await world.say("chidi", "pause HP-1 because refusals fell");
  await world.clock.advance("2h");
  await world.send("inspect", { ...alert, status: "firing" });
  expect(await escalations(world)).toEqual(["HP-2 open", "HP-1 closed"]);
});

test("a sender's own test, and what had resolved before it arrived, are lines in the channel and nothing else", async () => {
  const world = await openWorld("postgres");
  const told = async () => (await world.server().views.notices(50)).map(({ text }) => text);
  const own = { kind: "alert", deployment: "assistant-prod", metric: "RefusalRateCollapse" };
  await world.send("signals", { ...own, status: "firing" });

  await world.send("signals", { ...own, status: "resolved", test: true, summary: "Just trying." });
  expect(await signalsOf(world, "HP-1")).toContain("still firing");
  await world.send("signals", { ...own, metric: "Other", status: "firing", test: true });
  await world.send("signals", { ...jailbreak(0.9), test: true });
  await world.send("alertmanager", collapse("resolved"));
  await world.send("alertmanager", collapse());

  expect(await escalations(world)).toEqual(["HP-1 open"]);
  const lines = await told();
  expect(lines.filter((line) => line.includes("TEST notification"))).toEqual([
    "🧪 TEST notification from signals about Assistant (production): “Just trying.”. It arrived; no escalation was opened and no deadline runs.",
  ]);
  expect(lines.find((line) => line.includes("had resolved before"))).toContain(
    "an alert from alertmanager had resolved before it arrived: “Refusals fell to 12 %”. No escalation was opened.",
  );
  await world.clock.advance("1m");
  await world.send("signals", { ...own, status: "firing", deployment: "ghost", test: true });
  expect((await told())[0]).toContain("TEST notification from signals about ghost");
  expect((await world.kinds()).filter((kind) => kind === "signal.noted")).toHaveLength(3);
  expect(await escalations(world)).toEqual(["HP-1 open"]);
});
