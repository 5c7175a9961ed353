import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { isWidening, striking } from "../support/striking.ts";
import { jailbreak } from "../support/world.ts";
import { delivery } from "./support.ts";

/**
 * The second place in which a deployment gets wider: ten minutes after everybody agreed. Nothing
 * widens there either past what was accepted.
 */

/** Stored by a process that then died: accepted, and not evaluated. */
const accepted = (world: SlackWorld, id: string, body: object) =>
  world.database().store.storeDeliveries([
    delivery(id, {
      source: "signals",
      body: new TextEncoder().encode(JSON.stringify(body)),
      receivedAt: world.clock.now(),
      identity: id,
    }),
  ]);

/** A resume of the deployment that everybody agreed to, both by login links. */
async function agreed(world: SlackWorld): Promise<void> {
  const [browser, other] = [await signedIn(world, "chidi"), await signedIn(world, "erin")];
  await browser.say("resume assistant-prod to full because it is over");
  const answer = await other.say("resume assistant-prod because I looked");
  await world.settle();
  expect(answer.text).toContain("Takes effect");
}

const lapsed = async (world: SlackWorld): Promise<readonly string[]> =>
  (await world.server().store.entries({ kinds: ["decision.lapsed"], limit: 20 }))
    .map(({ entry }) => (entry.kind === "decision.lapsed" ? entry.because : ""))
    .reverse();

eachDatabase((kind) => {
  test("a resume that took ten minutes to take effect waits for what was accepted, and is dropped by what that says, by a stop and by a policy", async () => {
    const commit = striking(isWidening);
    const world = await openSlackWorld(kind, { wrap: commit.wrap });
    const { query } = world.database();
    await world.type("bob", "/pause assistant-prod because it looks odd");

    // What another process has taken: nobody knows yet what it says.
    await agreed(world);
    await accepted(world, "d1", jailbreak(0.2));
    await query(
      "update holdpoint.deliveries set leased_until = now() + '60 seconds' where id = 'd1'",
    );
    await world.clock.advance("10m");
    expect(await world.posture()).toBe("paused");
    expect(await lapsed(world)).toEqual([]);
    await query("update holdpoint.deliveries set leased_until = null where id = 'd1'");
    await world.clock.advance("1m");
    expect(await world.posture()).toBe("paused");
    expect(await lapsed(world)).toEqual(["escalation opened"]);

    // What comes while it is being committed.
    await world.type("bob", "/pause HP-2 because it is real");
    await agreed(world);
    commit.arm(() => accepted(world, "d2", { ...jailbreak(0.2), scorer: "another" }));
    await world.clock.advance("10m");
    expect(commit.hasStruck()).toBe(true);
    await world.clock.advance("1h");
    const wider = await world.posture();
    const { entries } = world.server().store;
    const [opened] = await entries({ kinds: ["escalation.opened"], limit: 1 });
    const [made] = await entries({ kinds: ["decision.made"], limit: 1 });
    // It named the deployment: heard first, and what no rule matches drops nothing.
    expect(wider).toBe("full");
    expect(opened?.index ?? 0).toBeLessThan(made?.index ?? 0);

    // Somebody stops it again meanwhile.
    await world.type("bob", "/pause assistant-prod because it looks odd again");
    await agreed(world);
    await world.type("bob", "/pause assistant-prod because I am not sure yet");
    await world.clock.advance("10m");
    expect(await world.posture()).toBe("paused");

    // A policy in which one of the two has no say any more.
    await agreed(world);
    const without = (yaml: string) =>
      yaml
        .replace(/(restrict:.*\n.*\n +deputies: )\[erin\]/, "$1[frank]")
        .replace("by: [erin, frank]", "by: [frank]");
    expect(await world.adopt(without)).toMatchObject({ status: 200 });
    await world.clock.advance("10m");
    expect(await world.posture()).toBe("paused");
    expect(await lapsed(world)).toEqual([
      "escalation opened",
      "posture changed",
      "authority withdrawn",
    ]);
  }, 90_000);
});
