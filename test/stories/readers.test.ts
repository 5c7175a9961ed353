import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { threeDeployments } from "../support/policies.ts";
import { jailbreak } from "../support/world.ts";

/** Frank reads agents-eu, and no rule names him. */
const withReader = (yaml: string): string =>
  threeDeployments(yaml)
    .replaceAll("[erin, frank]", "[erin, ana]")
    .replaceAll("breakGlass: [frank]", "breakGlass: []")
    .replaceAll("decider: frank", "decider: ana")
    .replace("deployments: [assistant-prod]", "deployments: [assistant-prod, agents-eu]")
    .replace(/^channels:/m, "readers:\n  frank: { deployments: [agents-eu] }\n\nchannels:");

/** What nothing that Frank reads may hold: the other deployments, in any form. */
const others = /assistant-prod|Assistant \(production\)|search-beta|Search beta|HP-1\b/i;

/** Whatever may be asked, of what is shown to him and of what is not. */
const questions = [
  "status",
  "status assistant-prod",
  "status HP-1",
  "status HP-1 at 2026-11-23 10:00",
  "who assistant-prod",
  "who agents-eu at 2026-11-23 10:00",
  "decisions",
  "decisions assistant-prod",
  "decisions jsonl",
  "decisions kind policy.adopted jsonl",
  "decisions kind escalation.opened jsonl",
  "decisions kind identity.bound jsonl",
  "decisions trigger refusal-collapse",
  "decisions trigger nothing",
  "decisions model nothing",
  "record HP-1",
  "record HP-2",
  "prove HP-1",
  ...Array.from({ length: 5 }, (_, index) => `prove ${index}`),
  "policy at 2026-11-23 10:00",
  "policy diff 2026-11-23 10:00",
  "figures",
  "figures assistant-prod",
  "audit sample 9 --seed a",
];

/** The same of what is no question. */
const commands = [
  "raise assistant-prod because I look",
  "ack HP-1",
  "pause HP-1 because I can",
  "pause",
];

/** What is asked by an address: `HP-1` of `/escalations/HP-1/record`. */
const wordsOf = (path: string): string =>
  new URLSearchParams(path.split("?")[1]).get("line") ??
  /HP-1|assistant-prod/.exec(path)?.[0] ??
  "-";

/** What an answer says besides what was asked: the line in a heading, a word of it in quotes. */
const besides = (line: string, text: string): string =>
  [
    line,
    new URLSearchParams({ line }).toString(),
    ...line.split(" ").flatMap((word) => [`“${word}”`, `“${word.toLowerCase()}”`]),
  ].reduce((rest, echo) => rest.replaceAll(echo, ""), text);

oneDatabase((kind) => {
  test("a reader of one deployment asks about it everywhere, finds nothing of the others anywhere, and decides nothing", async () => {
    const world = await openBothWorld(kind, { policy: withReader });
    await world.send("signals", jailbreak());
    await world.say("bob", "pause HP-1 because the samples of assistant-prod are real");
    await world.send("signals", jailbreak(0.09, { deployment: "agents-eu" }), "second");
    await world.say("erin", "pause HP-2 because of these too");

    const page = await signedIn(world, "frank");
    for (const line of questions) {
      const { html } = await page.page(`/ask?${new URLSearchParams({ line })}`);
      expect.soft(besides(line, html), line).not.toMatch(others);
    }
    for (const line of commands) {
      const { text } = await world.say("frank", line);
      expect.soft(besides(line, text), line).not.toMatch(others);
    }
    const pages = [
      "/",
      "/fragments/board",
      "/history",
      "/history?deployment=assistant-prod",
      "/history?kind=policy.adopted",
      "/history?escalation=HP-1",
      "/history/file?format=jsonl",
      "/history/file?format=csv&kind=policy.adopted",
      "/escalations/HP-1",
      "/escalations/HP-1/record",
      "/fragments/escalations/HP-1",
      "/escalations/HP-2",
      "/escalations/HP-2/record",
      "/log",
      "/deployments",
      "/deployments/assistant-prod",
      "/deployments/agents-eu",
      "/policy",
      "/ask",
      "/ask?line=status",
      "/ask?line=record+HP-1",
      "/ask/file?line=decisions+jsonl",
      "/ask/file?line=decisions+kind+policy.adopted+jsonl",
      "/ask/file?line=record+HP-1",
    ];
    for (const path of pages) {
      const { html } = await page.page(path);
      expect.soft(besides(wordsOf(path), html), path).not.toMatch(others);
    }
    expect((await world.say("frank", "status")).text).toContain("Agents EU: paused");
    expect((await world.say("frank", "record HP-2")).text).toContain("The decision: ");
    expect(await world.say("frank", "prove HP-2")).toMatchObject({ ok: true });
    expect((await page.page("/escalations/HP-2/record")).html).toContain("What happened");
    expect((await page.page("/history")).html).toContain("Erin Sato");
    const slack = await world.inSlack.type("frank", "/holdpoint status");
    const teams = await world.inTeams.write("frank", "decisions HP-1");
    expect(slack.text).toContain("Agents EU: paused");
    expect(teams.text).toContain("No escalation “HP-1” is known");

    for (const line of [
      "pause HP-2 because I can",
      "resume HP-2 because I can",
      "rehearse agents-eu",
    ])
      expect(await world.say("frank", line)).toMatchObject({
        ok: false,
        text: expect.stringContaining("you may read and ask, and nothing else"),
      });
    expect(await world.say("frank", "redact bob because I can")).toMatchObject({ ok: false });
    expect(await world.say("stranger", "status")).toMatchObject({
      ok: false,
      text: expect.stringContaining("you are not among them"),
    });
    expect((await world.say("chidi", "status")).text).toMatch(
      /Agents[\s\S]*Assistant[\s\S]*Search/,
    );
    expect((await world.get("/v1/ask?line=decisions%20denied%20by%20frank")).text).toContain(
      "resume HP-2 because I can",
    );

    await world.clock.advance("2m");
    const wider = await world.adopt((yaml) => yaml.replace("{ deployments: [agents-eu] }", "{}"));
    expect(wider).toMatchObject({ status: 200, body: { looser: [] } });
    expect((await world.say("frank", "status")).text).toContain("Assistant (production)");
    expect(
      (await world.get(`/v1/ask?line=${encodeURIComponent("policy diff 2026-11-23 10:00")}`)).text,
    ).toContain("Changed: reader Frank Moreau, deployments: was agents-eu, is all");
  });
});
