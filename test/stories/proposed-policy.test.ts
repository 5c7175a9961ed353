import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { browserAt, plain } from "../support/process.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** A policy that loosens waits for a second person, where the policy in force says so. */

const asking = (yaml: string): string => `adoption: {}\n${yaml}`;
const looser = (yaml: string): string => yaml.replace("signal.value > 0.05", "signal.value > 0.08");

async function adopt(world: World, yaml: string, more: object = {}) {
  const { body } = await world.get("/v1/policy");
  const response = await fetch(`${world.server().url}/v1/policy`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${operatorToken}`,
      "if-match": `"${(body as { digest: string }).digest}"`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      policy: yaml,
      as: "chidi",
      because: "finding 7 of the audit",
      basis: "https://example.com/paper",
      ...more,
    }),
  });
  await world.settle();
  return {
    status: response.status,
    body: (await response.json()) as { digest: string; errors?: readonly string[] },
  };
}

oneDatabase((kind) => {
  test("a looser policy is proposed, asks in the channel, and takes effect when a second person confirms", async () => {
    let text = "";
    const world = await openWorld(kind, {
      policy: (yaml) => {
        text = asking(yaml);
        return text;
      },
    });
    const inForce = async () => ((await world.get("/v1/policy")).body as { digest: string }).digest;
    const before = await inForce();
    const added = looser(text).replace(
      "  chidi:",
      "  gina: { name: Gina Moss, slack: U0GINA0001 }\n  chidi:",
    );

    expect((await adopt(world, added, { because: " " })).status).toBe(422);
    expect((await adopt(world, added, { basis: "javascript:alert(1)" })).status).toBe(422);
    expect((await adopt(world, added, { confirmedBy: "erin" })).body.errors).toEqual([
      expect.stringContaining("--confirmed-by: the policy in force has the second person confirm"),
    ]);
    const unsaid = await world.adopt(looser);
    expect(unsaid.status).toBe(422);
    expect(JSON.stringify(unsaid.body)).toContain("say for whom and why");
    const proposed = await adopt(world, added);
    const { digest } = proposed.body;
    expect(proposed).toMatchObject({
      status: 202,
      body: {
        is: "proposed",
        looser: [expect.stringContaining("the condition of jailbreak-rate changed.")],
        confirmers: ["Erin Sato", "Frank Moreau"],
      },
    });
    const told = JSON.stringify(await world.server().store.messages("console", 500));
    expect(told).toContain("A looser policy is proposed");
    expect(told).toContain(`adopt ${digest.slice(0, 12)}`);
    await world.restart();

    expect(await inForce()).toBe(before);
    const browser = browserAt(world.server().url);
    await browser.be("bob");
    const page = plain((await browser.page("/policy")).html);
    expect(page).toContain("Proposed policy");
    expect(page).toContain("finding 7 of the audit");
    expect(page).toContain("is signal.kind");
    const line = `adopt ${digest.slice(0, 12)}`;
    expect((await world.say("erin", "adopt")).text).toContain(line);
    expect((await world.say("chidi", line)).text).toContain("Ask Erin Sato or Frank Moreau.");
    expect((await world.say("bob", line)).text).toContain("Nothing changed: you may not confirm");
    expect((await world.say("stranger", line)).ok).toBe(false);
    expect(await inForce()).toBe(before);
    expect((await world.say("erin", line)).text).toContain("is in force");
    expect(await inForce()).toBe(digest);
    expect((await world.say("frank", line)).text).toContain("no policy waits");
    expect((await world.say("erin", "decisions kind policy.adopted")).text).toContain(
      "Erin Sato adopted policy",
    );
    await world.restart();
    expect(await inForce()).toBe(digest);
  });

  test("a proposal lapses after 7 days, tightening waits for nobody, and ending the rule is loosening", async () => {
    let text = "";
    const world = await openWorld(kind, {
      policy: (yaml) => {
        text = asking(yaml);
        return text;
      },
    });
    const { digest } = (await adopt(world, looser(text))).body;
    await world.clock.advance("169h");

    expect((await world.say("erin", `adopt ${digest.slice(0, 12)}`)).text).toContain(
      "no policy waits",
    );
    const without = await adopt(world, text.replace("adoption: {}\n", ""));
    expect(without).toMatchObject({ status: 202, body: { is: "proposed" } });
    const stricter = text
      .replace("signal.value > 0.05", "signal.value > 0.05")
      .replace("undo: 10m", "undo: 5m");
    expect(await adopt(world, stricter)).toMatchObject({ status: 200, body: { is: "adopted" } });
    expect((await world.say("erin", `adopt ${without.body.digest.slice(0, 12)}`)).text).toContain(
      "no policy waits",
    );
  });
});
