import { expect, test } from "vitest";
import { plain } from "../../src/core/words/words.ts";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";

/** What teams write into their rules, and where people meet it. */

const jailbreak = (value: number, id = `run-${value}`) => ({
  kind: "eval",
  status: "ok",
  deployment: "assistant-prod",
  model: "aurora-3",
  suite: "jailbreak",
  scorer: "attack_success",
  metric: "mean",
  value,
  id,
});

oneDatabase((kind) => {
  test("runbook, steps, roles and scopes of one's own stand on the card, also after a restart", async () => {
    const policy = (yaml: string) =>
      yaml
        .replace("name: Chidi Lindt", "name: Chidi Lindt, title: Head of Safety")
        .replace(
          /no-tools: \{ audience: everyone, tools: false \}/,
          "no-tools: { compute: evals, review: true }",
        )
        .replace(
          "    because: Above 5 % the tool-use safety case no longer holds.\n",
          `    because: Above 5 % the tool-use safety case no longer holds.
    runbook: https://runbooks.example.com/jailbreak
    steps: [Tell the desk., "<b>Print</b> the paper forms."]
`,
        );
    const world = await openWorld(kind, { policy });
    await world.send("signals", jailbreak(0.08));
    await world.restart();

    const { lines, card } = await world.card("HP-1");
    expect(lines.join("\n")).toContain("Decides: Chidi Lindt (Head of Safety) until 10:30");
    expect(lines).toContain("Open the runbook (runbooks.example.com)");
    const [first] = card.more;
    expect(first?.heading).toBe("What to do");
    expect(first?.lines.map(plain)).toEqual([
      "1. Tell the desk.",
      "2. <b>Print</b> the paper forms.",
    ]);
    expect((await world.sayOnPage("chidi", "status assistant-prod")).html).not.toContain(
      "<b>Print",
    );
    await world.say("chidi", "narrow HP-1 to no-tools because the runbook says so");
    expect((await world.say("chidi", "status assistant-prod")).text).toContain(
      "narrowed to no-tools (compute evals, review on)",
    );
    expect(JSON.stringify((await world.get("/v1/deployments/assistant-prod")).body)).toContain(
      '"allows":{"compute":"evals","review":true}',
    );
  });

  test("a leak is the security officer's: the card names him, and only he and his second resume it", async () => {
    const policy = (yaml: string) =>
      yaml.replace(
        "    severity: critical                    #",
        "    authority: { restrict: { decider: frank }, widen: { decider: frank, deputies: [], confirm: { by: [bob, ana] } } }\n    severity: critical #",
      );
    const world = await openWorld(kind, { policy });
    await world.send("signals", jailbreak(0.08));

    expect((await world.card("HP-1")).lines.join("\n")).toContain("Decides: Frank Moreau until");
    expect((await world.say("chidi", "pause HP-1 because it leaks")).ok).toBe(true);
    await world.clock.advance("11m");
    const refused = await world.say("chidi", "resume HP-1 to full because it is over");
    expect(refused.ok).toBe(false);
    expect(refused.text).toContain("Frank Moreau");
    await world.restart();
    expect((await world.say("frank", "resume HP-1 to full because the filter works")).ok).toBe(
      true,
    );
    expect((await world.say("erin", "resume HP-1 because fine")).ok).toBe(false);
    expect((await world.say("bob", "resume HP-1 because the tests pass")).ok).toBe(true);
    expect(await world.posture()).toBe("full");

    await world.send("signals", jailbreak(0.09));
    await world.say("bob", "pause HP-2 because again");
    await world.clock.advance("2h");
    expect((await world.card("HP-2")).card.status).toBe("closed");
    expect((await world.say("chidi", "resume assistant-prod to full because quiet")).ok).toBe(
      false,
    );
    expect((await world.say("frank", "resume assistant-prod to full because fixed")).ok).toBe(true);
    expect((await world.say("erin", "resume assistant-prod because fine")).ok).toBe(false);
    expect((await world.say("ana", "resume assistant-prod because I looked")).ok).toBe(true);
  });

  test("what acts first narrows by one scope at once, says so, and then asks", async () => {
    const policy = (yaml: string) =>
      yaml
        .replace(
          "    severity: critical                    #",
          "    act: first\n    severity: critical #",
        )
        .replace("response: { narrow: no-tools }", "response: { narrow: next }");
    const world = await openWorld(kind, { policy });
    await world.say("chidi", "narrow assistant-prod to no-tools because of something else");
    await world.send("signals", jailbreak(0.08));
    expect(await world.posture()).toBe("staff");
    const { lines } = await world.card("HP-2");
    expect(lines).toContain(
      "Narrowed to staff 10:00 automatically, by policy. The policy acts first; now people are asked.",
    );
    expect(lines.join("\n")).toContain("Without a decision by 10:30 GMT, it stays so");
    expect(lines.join("\n")).toContain("Not acknowledged");
    await world.send("signals", jailbreak(0.09));
    expect(await world.posture()).toBe("staff");
    await world.restart();
    await world.clock.advance("31m");
    expect(await world.posture()).toBe("staff");
    expect((await world.card("HP-2")).card.status).toBe("settled");
  });

  test("what was kept is asked again when it is much worse, with its clocks, and not before", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.06));
    await world.say("chidi", "ack HP-1");
    await world.say("chidi", "keep HP-1 because the filter is being rolled out");
    await world.clock.advance("10m");
    await world.send("signals", jailbreak(0.064));
    expect((await world.card("HP-1")).card.status).toBe("settled");
    await world.restart();
    await world.send("signals", jailbreak(0.091));

    const { card, lines } = await world.card("HP-1");
    expect(card.status).toBe("open");
    expect(lines).toContain("Kept at 6 %, now 9.1 %");
    expect(lines.join("\n")).toContain("Decides: Chidi Lindt until 10:40");
    expect(lines).toContain("Not acknowledged");
    await world.clock.advance("31m");
    expect(await world.posture()).toBe("no-tools");
  });

  test("what somebody decides with the newest value before them is not asked again for it", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.06));
    await world.send("signals", jailbreak(0.07));
    await world.send("signals", jailbreak(0.095));
    await world.say("chidi", "keep HP-1 because I see 9.5 percent");
    await world.clock.advance("5m");
    expect((await world.card("HP-1")).card.status).toBe("settled");
  });

  test("a response of several parts is applied in order, each as a line of the record", async () => {
    const policy = (yaml: string) =>
      yaml.replace(
        "response: { narrow: no-tools }",
        "response: [{ narrow: no-tools }, { retest: { suite: jailbreak, by: erin, within: 1d } }, { monitor: refusals }]",
      );
    const world = await openWorld(kind, { policy });
    await world.send("signals", jailbreak(0.08));
    expect((await world.card("HP-1")).lines).toContain(
      "Without a decision by 10:30 GMT, Holdpoint narrows it to no-tools, asks Erin Sato for a re-test of jailbreak, asks for monitoring of refusals",
    );
    await world.clock.advance("31m");

    const entries = (await world.server().store.entriesFrom(0, 100)).flatMap(({ entry }) =>
      entry.kind === "decision.made" ? [entry] : [],
    );
    expect(entries.map(({ decision }) => decision)).toEqual(["narrow", "retest", "monitor"]);
    expect(entries[1]).toMatchObject({ due: "2026-11-24T10:31:00.000Z", settles: [] });
    expect(await world.posture()).toBe("no-tools");
    expect((await world.card("HP-1")).lines.join("\n")).toContain("Narrowed to no-tools");
    await world.clock.advance("1d");
    expect(
      (await world.server().store.entriesFrom(0, 100)).map(({ entry }) => entry.kind),
    ).toContain("retest.followed");
    await world.send("signals", jailbreak(0.02));
  });
});
