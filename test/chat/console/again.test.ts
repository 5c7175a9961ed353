import { afterEach, expect, test } from "vitest";
import { Fault } from "../../../src/app/ports.ts";
import { openCard } from "./cards.ts";
import { nonceOn, post } from "./forms.ts";
import { makeWorld, type Setting, type World } from "./world.ts";

/** What a page says of a press that is not known to be recorded, and what it offers. */

const worlds: World[] = [];
async function open(setting: Setting = {}): Promise<World> {
  const world = await makeWorld({ cards: [openCard], ...setting });
  worlds.push(world);
  return world;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

test("a fault says that nothing is confirmed, gives a reference, and offers the same form again", async () => {
  const world = await open({
    inbound: async () => {
      throw new Fault("database away", "later");
    },
  });
  const nonce = await nonceOn(world);
  const fields = { line: "pause HP-142", reason: "it is <real>", version: "7", nonce };

  const answer = await post(world, { fields });

  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain("NOT CONFIRMED YET. Pressing again is safe. Reference ref_1.");
  expect(answer.body).toContain("pause HP-142 because it is &lt;real&gt;</p>");
  for (const [name, value] of [["nonce", nonce] as const, ["version", "7"] as const])
    expect(answer.body).toContain(`name="${name}" value="${value}"`);
  expect(world.faults).toHaveLength(1);
});

test("while nobody can be looked up, what was typed on our page is not recorded and stays; a form from elsewhere is not shown again", async () => {
  const world = await open();
  const nonce = await nonceOn(world);
  const fields = { line: "pause HP-142", reason: "it is real", nonce };
  world.state.isAway = true;

  const ours = await post(world, { fields });
  const theirs = await post(world, { fields, headers: { origin: "https://evil.example" } });
  world.state.isAway = false;
  await post(world, { fields: { nonce, line: "pause HP-142 because it is real" } });

  expect(ours.statusCode).toBe(503);
  expect(ours.body).toContain("NOT RECORDED. Nothing has changed; press again. (ref_1)");
  expect(ours.body).toContain('name="line" value="pause HP-142 because it is real"');
  expect(theirs.statusCode).toBe(503);
  expect(theirs.body).not.toContain("it is real");
  expect(world.said.map(({ line }) => line)).toEqual(["pause HP-142 because it is real"]);
});

test("what may be recorded is not said to be unrecorded when it is pressed again and nobody can be looked up", async () => {
  const world = await open();
  const nonce = await nonceOn(world);
  world.state.isAway = true;

  const again = await post(world, {
    fields: { line: "pause HP-142", nonce, "may-be-recorded": "yes" },
  });

  expect(again.body).toContain("NOT CONFIRMED YET. Pressing again is safe. (ref_1)");
  expect(again.body).not.toContain("NOT RECORDED");
});
