import { expect, test } from "vitest";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { plain } from "../support/process.ts";
import { jailbreak } from "../support/world.ts";

/**
 * The pages of the former deployment and of its successor: every posture, and what it followed
 * from.
 */
async function overTime(world: BothWorld): Promise<void> {
  const page = await signedIn(world, "dana");
  const saidOn = async (path: string) => {
    const { html, status } = await page.page(path);
    const said = plain(html.replace(/<t[dh]/g, " $&")).replace(/\s+/g, " ");
    return { status, said, shapes: [...html.matchAll(/<rect class="(\w+)"/g)].map(([, is]) => is) };
  };

  const { said, shapes } = await saidOn("/deployments/assistant-prod");
  for (const words of [
    "open to everyone, tools on, for 70 min 0",
    "2026-11-23 11:10:00 UTC to 2026-11-23 11:20:00 UTC paused for everyone, for 10 min",
    "2026-11-23 11:20:00 UTC to 2026-11-23 12:00:00 UTC open to everyone, tools on, for 40 min",
    "2026-11-23 12:00:00 UTC to 2026-11-24 09:00:00 UTC not in the policy, for 21 h",
    "The policy in force has it no more.",
    "model aurora-3",
  ])
    expect.soft(said).toContain(words);
  expect(shapes.slice(0, 4)).toEqual(["open", "paused", "open", "retired"]);
  const later = await saidOn("/deployments/assistant-prod?since=2026-11-24&until=2026-11-24");
  expect(later.said).toContain(
    "2026-11-24 00:00:00 UTC to 2026-11-24 09:00:00 UTC not in the policy",
  );
  expect(later.said).toContain("None in this time.");
  const successor = await saidOn("/deployments/assistant-eu");
  expect(successor.said).toContain("2026-11-23 12:00:00 UTC to 2026-11-24 09:00:00 UTC open to");
  expect((await saidOn("/deployments")).said).toContain("assistant-prod no longer in the policy");
  for (const [path, status, words] of [
    ["assistant-prod?since=2026-02-30", 400, "“2026-02-30” is not a date"],
    ["assistant-prod?since=2027-01-01", 400, "is still to come"],
    ["assistant-prod?since=2026-11-24&until=2026-11-23", 400, "Nothing is between From and To"],
    ["assistant-prod?since=2026-11-23&since=2026-11-24&by=eve", 400, "“by” is not asked for here"],
    ["assistant-prod?since=0000-01-01", 200, "paused for everyone, for 10 min"],
    ["assistant-prod?until=2001-01-01", 200, "It was not in any policy in this time."],
    ["%3Cb%3Ex", 404, "“<b>x”"],
    ["constructor", 404, "No such deployment"],
  ] as const) {
    const answer = await saidOn(`/deployments/${path}`);
    expect.soft(answer.status, path).toBe(status);
    expect.soft(answer.said, path).toContain(words);
  }
}

oneDatabase((kind) => {
  test("how it was at a time: posture, who could decide, names, what was open and its card, of a deployment that is retired since", async () => {
    const world = await openBothWorld(kind);
    world.clock.set("2026-11-23T11:00:00Z");
    await world.send("signals", jailbreak());
    world.clock.set("2026-11-23T11:10:00Z");
    await world.inSlack.type("bob", "/pause HP-1 because the samples are real");
    world.clock.set("2026-11-23T11:20:00Z");
    await world.inSlack.type("chidi", "/resume HP-1 because it is over");
    await world.inTeams.write("erin", "resume HP-1");
    world.clock.set("2026-11-23T12:00:00Z");
    const adopted = await world.adopt((yaml) =>
      yaml.replaceAll("assistant-prod", "assistant-eu").replaceAll("Bob Okafor", "Robert Okafor"),
    );
    expect(adopted).toMatchObject({ status: 200 });
    world.clock.set("2026-11-24T09:00:00Z");

    const ask = async (line: string) => {
      const slack = (await world.inSlack.type("dana", `/holdpoint ${line}`)).text;
      const teams = (await world.inTeams.write("dana", line)).text;
      return { slack, teams };
    };
    const questions: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      [
        "status assistant-prod at 2026-11-23 11:05",
        ["At 2026-11-23 11:05 GMT:", "Assistant (production): open to everyone", "HP-1 is open"],
        ["paused since"],
      ],
      [
        "status HP-1 at 2026-11-23 11:15",
        [
          "paused for everyone since 11:10 by Bob Okafor",
          "Its card, as drawn from the record of then",
          "Paused 11:10 by Bob Okafor",
        ],
        ["HP-1 is open"],
      ],
      [
        "status at 2026-11-23 11:15",
        ["Assistant (production): paused for everyone since 11:10"],
        [],
      ],
      ["status at 2026-11-23 12:30", ["Assistant (production): open"], ["paused"]],
      [
        "who assistant-prod at yesterday 11:05",
        [
          "Decides: Chidi Lindt",
          "Bob Okafor (on call)",
          "Whom no chat could reach then is not recorded",
        ],
        ["Robert"],
      ],
      ["who assistant-eu at 2026-11-23 12:30", ["Robert Okafor"], ["Bob"]],
      ["status at 2026-11-25", ["2026-11-25 00:00 GMT is still to come"], []],
      ["who assistant-prod at tomorrow", ["still to come"], []],
      ["status at 2020-01-01", ["nothing was on the record yet"], []],
      ["status at somewhen", ["“somewhen” is not a time"], []],
      [
        "status assistant-eu at 2026-11-23 11:05",
        ["No deployment “assistant-eu”", "assistant-prod"],
        [],
      ],
    ];
    for (const [line, has, hasNot] of questions) {
      const { slack, teams } = await ask(line);
      for (const text of [slack, teams])
        expect
          .soft({
            line,
            has: has.filter((words) => !text.includes(words)),
            hasNot: hasNot.filter((words) => text.includes(words)),
            text,
          })
          .toMatchObject({ has: [], hasNot: [] });
    }
    const { body } = await world.get("/v1/deployments?at=2026-11-23T11:15:00Z");
    expect(body).toMatchObject({
      items: [{ id: "assistant-prod", state: "paused", decidedBy: ["Bob Okafor"] }],
    });
    await overTime(world);
  });
});
