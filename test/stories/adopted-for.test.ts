import { expect, test } from "vitest";
import { type AdoptedFor, adoptPolicy } from "../../src/cli/operator-client.ts";
import { oneDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** Who wanted a policy, and why, is on the record as the operator said it. */

oneDatabase((kind) => {
  const yamlOf = async (world: Pick<World, "adopt">): Promise<string> => {
    let kept = "";
    await world.adopt((yaml) => {
      kept = yaml;
      return yaml;
    });
    return kept;
  };
  const adopted = async (world: Pick<World, "server">) => {
    const entries = await world.server().store.entries({ kinds: ["policy.adopted"], limit: 9 });
    return entries.map(({ entry }) => entry);
  };

  test("the person, the reason and who confirmed are recorded and told; what cannot be recorded stops it", async () => {
    const world = await openSlackWorld(kind);
    const yaml = await yamlOf(world);
    const server = { url: world.server().url, token: operatorToken };
    const looser = yaml.replace("undo: 10m", "undo: 20m");
    const adopt = (yaml: string, said: AdoptedFor | null) => adoptPolicy(server, yaml, said);
    const said = { as: "Dana Weiss", because: "finding <7> of the audit", confirmedBy: "erin" };

    expect(await adopt(looser, { ...said, as: "dan" })).toMatchObject({
      ok: false,
      errors: [expect.stringContaining("--as: the policy names nobody “dan”; nearest: dana")],
    });
    expect(await adopt(looser, { ...said, confirmedBy: "dana" })).toMatchObject({
      errors: [expect.stringContaining("--confirmed-by: dana is who it is adopted for")],
    });
    expect(await adopt(looser, { ...said, because: " " })).toMatchObject({
      errors: [expect.stringContaining("--because: say why")],
    });
    expect(await adopted(world)).toHaveLength(1);

    expect(await adopt(looser, said)).toMatchObject({ ok: true, value: { is: "adopted" } });
    await world.settle();
    const [entry] = await adopted(world);
    const rows = await world.server().store.people();
    const idOf = (key: string) => rows.find((row) => row.key === key)?.id;
    expect(entry).toMatchObject({
      actor: { type: "operator" },
      person: idOf("dana"),
      confirmer: idOf("erin"),
      reason: expect.stringMatching(/^c_[0-9a-f]{64}$/),
    });
    const told = world.slack
      .messagesIn("C0RISK0001")
      .map(({ blocks }) => walkBlocks(blocks).lines.join("\n"));
    expect(told.join("\n")).toContain(
      "A looser policy was adopted, the operator says for Dana Weiss, confirmed by Erin Sato: “finding <7> of the audit”.",
    );
    const history = await world.say("dana", "decisions kind policy.adopted");
    expect(history.text).toMatch(
      /the operator adopted policy [0-9a-f]{12} for Dana Weiss, confirmed by Erin Sato: “finding <7> of the audit”, looser:/,
    );

    expect(await adopt(looser, said)).toMatchObject({ value: { is: "same" } });
    expect(await adopt(yaml, null)).toMatchObject({ value: { is: "adopted" } });
    expect((await adopted(world))[0]).not.toHaveProperty("person");
  });

  test("a policy in JSON beside half of what is to be recorded is refused with an example", async () => {
    const world = await openWorld(kind);
    const yaml = await yamlOf(world);
    const { body } = await world.get("/v1/policy");
    for (const half of [{ as: "dana" }, { because: "x" }, { as: "dana", because: 1 }]) {
      const response = await fetch(`${world.server().url}/v1/policy`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${operatorToken}`,
          "if-match": `"${(body as { digest: string }).digest}"`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ policy: yaml, ...half }),
      });
      expect(response.status).toBe(400);
      expect(JSON.stringify(await response.json())).toContain("confirmedBy may be left out");
    }
  });
});
