import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { threeDeployments } from "../support/policies.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** The rule watches all three deployments; a source speaks of the two agents. */
const watched = (yaml: string): string =>
  threeDeployments(yaml)
    .replaceAll(
      "deployments: [assistant-prod]",
      "deployments: [assistant-prod, agents-eu, search-beta]",
    )
    .replace(/^triggers:/m, "groups:\n  agents: [agents-eu, search-beta]\ntriggers:");

oneDatabase((kind) => {
  test("a signal that names a model or a group reaches each deployment, once, and so does a change", async () => {
    const world = await openWorld(kind, { policy: watched });
    const states = async () => {
      const { body } = await world.get("/v1/escalations");
      return (body as { items: { id: string; deployment: string; signals: unknown }[] }).items
        .map(({ id, deployment }) => `${id} ${deployment}`)
        .sort();
    };

    await world.send("signals", jailbreak(0.08, { deployment: "group:agents" }), "first");
    expect(await states()).toEqual(["HP-1 agents-eu", "HP-2 search-beta"]);

    await world.send("signals", jailbreak(0.08, { deployment: "group:agents" }), "first");
    await world.send(
      "signals",
      jailbreak(0.09, { deployment: undefined, model: "aurora-3" }),
      "second",
    );
    expect(await states()).toEqual(["HP-1 agents-eu", "HP-2 search-beta", "HP-3 assistant-prod"]);
    expect((await world.card("HP-1")).text).toContain("9 %");
    expect((await world.card("HP-3")).text).toContain("9 %");

    await world.send(
      "signals",
      {
        kind: "change",
        change: "attack.reported",
        deployment: "model:aurora-3",
        summary: "a paper",
      },
      "third",
    );
    const set = (await world.kinds()).filter((each) => each === "reassessment.set");
    expect(set).toHaveLength(3);

    const alert = { kind: "alert", status: "firing", severity: "high", metric: "leak" };
    await world.send("signals", { ...alert, deployment: "group:others" }, "fourth");
    await world.send("signals", { ...alert, model: "aurora-9" }, "fifth");
    const unknown = (await states()).filter((each) => !/HP-[123] /.test(each));
    expect(unknown.length).toBeGreaterThan(0);

    await world.restart();
    await world.send("signals", jailbreak(0.01, { deployment: "model:aurora-3" }), "sixth");
    expect(await states()).toHaveLength(3 + unknown.length);
    expect((await world.card("HP-2")).text).toContain("1 %");
  });
});
