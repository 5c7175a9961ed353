import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exportLog } from "../../src/cli/log-export.ts";
import { oneDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** The record says what an escalation and a decision rest on, and has nobody's words in clear. */

oneDatabase((kind) => {
  test("opened, resumed and kept name the model and the deliveries; names are beside the log", async () => {
    const world = await openWorld(kind);
    const body = JSON.stringify(jailbreak());
    await world.send("signals", body);
    await world.say("chidi", "pause HP-1 because real");
    await world.clock.advance("1m");
    const clean = JSON.stringify(jailbreak(0.01, { id: "run-2" }));
    await world.send("signals", clean);
    await world.say("chidi", "keep HP-1 because it is not over");
    await world.say("bob", "retest HP-1 jailbreak-weekly");
    await world.say("bob", "resume assistant-prod because Zoë Maßmann said so");
    await world.say("chidi", "resume assistant-prod because patched");
    await world.say("erin", "resume assistant-prod because I read them");
    expect(await world.posture()).toBe("full");

    const entries = (await world.server().store.entriesFrom(0, 100)).map(({ entry }) => entry);
    const [opened] = entries.filter(({ kind }) => kind === "escalation.opened");
    const sha = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(opened).toMatchObject({
      model: expect.stringMatching(/./),
      seen: { suite: "jailbreak-suite", scorer: "attack_success" },
      evidence: [{ body: sha(body), suite: "jailbreak-suite", value: "0.082" }],
    });
    const made = entries.filter((entry) => entry.kind === "decision.made");
    const of = (decision: string) => made.find((entry) => entry.decision === decision);
    expect(of("pause")).not.toHaveProperty("evidence");
    expect(of("keep")).toMatchObject({
      model: expect.stringMatching(/./),
      evidence: [{ body: sha(clean), value: "0.01" }],
    });
    expect(of("retest")).toMatchObject({ suite: "jailbreak-weekly" });
    expect(of("resume")).not.toHaveProperty("evidence"); // nothing came in after the keep
    expect(of("resume")).toHaveProperty("model");

    const dir = mkdtempSync(join(tmpdir(), "holdpoint-rests-on-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    await exportLog({ url: world.server().url, token: operatorToken }, dir);
    const lines = readFileSync(join(dir, "entries.jsonl"), "utf8");
    for (const name of [
      "jailbreak-suite",
      "jailbreak-weekly",
      "attack_success",
      "Maßmann",
      "run-2",
    ])
      expect(lines).not.toContain(name);
    const disclosed = readFileSync(join(dir, "disclosures.jsonl"), "utf8");
    expect(disclosed).toContain("jailbreak-weekly");
    expect(disclosed).toContain("resume assistant-prod because Zoë Maßmann said so");
    expect((await world.say("dana", "prove HP-1")).text).not.toContain("Evidence:");
    const began = entries.findIndex(({ id }) => id === opened?.id);
    const proved = await world.say("dana", `prove ${began}`);
    expect(proved.text).toContain("Model aurora-3");
    expect(proved.text).toContain("Evidence: jailbreak-suite 0.082, delivery ");
    const kept = entries.findIndex(({ id }) => id === of("keep")?.id);
    expect((await world.say("dana", `prove ${kept}`)).text).toMatch(
      new RegExp(`Evidence: jailbreak-suite run-2 0.01, delivery \\S+, SHA-256 ${sha(clean)}`),
    );
    const history = await world.say("dana", "decisions assistant-prod");
    expect(history.text).toContain("re-test");
  });

  test("of many signals the newest twenty are named, and the others counted", async () => {
    const world = await openWorld(kind);
    await world.say("chidi", "pause assistant-prod because a drill");
    await world.clock.advance("1m");
    for (let run = 1; run <= 22; run += 1)
      await world.send("signals", jailbreak(0.01, { id: `run-${run}` }));

    await world.say("chidi", "keep assistant-prod because it is not over");

    const [kept] = await world.server().store.entries({ decision: "keep", limit: 1 });
    expect(kept?.entry).toMatchObject({ evidence: { length: 20 }, moreEvidence: 2 });
  });
});
