import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { threeDeployments } from "../support/policies.ts";

/** Three deployments of one model; Dana may not stop search-beta. */
const grouped = (yaml: string): string => {
  const all = threeDeployments(yaml);
  const at = all.indexOf("  search-beta:");
  return `${all.slice(0, at)}${all.slice(at).replace("alsoMay: [schedule:model-oncall, dana]", "alsoMay: [schedule:model-oncall]")}`.replace(
    /^triggers:/m,
    "groups:\n  agents: [agents-eu, search-beta]\ntriggers:",
  );
};

oneDatabase((kind) => {
  test("one line stops every deployment of a group or of a model that somebody may stop, in one commit; each resumes by itself", async () => {
    const world = await openBothWorld(kind, { policy: grouped });

    const some = await world.say("dana", "pause group:agents because it buys things by itself");

    expect(some).toMatchObject({ ok: false });
    expect(some.text).toContain("group:agents: 1 of 2 recorded in one step");
    expect(some.text).toContain("Agents EU: Paused");
    expect(some.text).toContain("Search beta");
    expect(some.text).toMatch(/Not paused\. Dana, you cannot pause Search beta.*can\./);
    expect(await world.posture("agents-eu")).toBe("paused");
    expect(await world.posture("search-beta")).toBe("full");
    expect(await world.posture("assistant-prod")).toBe("full");

    const slack = await world.inSlack.type(
      "bob",
      "/narrow model:aurora-3 to staff because it lies",
    );
    expect(slack.text).toContain("model:aurora-3: all 3 recorded in one step");
    expect(await world.posture("agents-eu")).toBe("paused");
    expect(await world.posture("search-beta")).toBe("staff");
    expect(await world.posture("assistant-prod")).toBe("staff");

    const teams = await world.inTeams.write("frank", "status group:agents");
    expect(teams.text).toContain("Agents EU: paused");
    expect(teams.text).toContain("Search beta: ");
    const page = await world.say("erin", "resume group:agents because fine");
    expect(page.text).toContain("Nothing changed");
    expect(page.text).toContain("agents-eu, search-beta");
    expect(await world.posture("agents-eu")).toBe("paused");

    for (const line of ["status model:aurora-3 csv", "pause group:agnts", "pause model:aurora-3"])
      expect((await world.say("bob", line)).text).not.toContain("undefined");
    expect((await world.say("bob", "pause group:agnts")).text).toContain(
      "Did you mean: group:agents?",
    );
    expect((await world.say("stranger", "pause group:agents because no")).text).toContain(
      "The policy does not name you",
    );

    const { html } = await (await signedIn(world, "frank")).page("/ask?line=status+group:agents");
    expect(html).toContain("Search beta");

    await world.restart();
    await world.say("erin", "resume agents-eu to full because it is repaired");
    await world.say("frank", "resume agents-eu because I agree");
    expect(await world.posture("agents-eu")).toBe("full");
    expect(await world.posture("search-beta")).toBe("paused");

    const broken = await world.say(
      "frank",
      "breakglass pause group:agents because nobody is there",
    );
    expect(broken.text).toContain("group:agents: all 2 recorded in one step");
    expect(broken.text).toMatch(/break-?glass|alone/i);
    await world.adopt((yaml) =>
      yaml.replace(/^channels:/m, "readers:\n  erin: { deployments: [agents-eu] }\nchannels:"),
    );
    const few = await world.say("erin", "pause group:agents because again");
    expect(few.text).toContain("You read only some deployments: others of group:agents");
  });
});
