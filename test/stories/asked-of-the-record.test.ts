import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recorded } from "../../src/app/ports.ts";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { loginLink, rehearse } from "../../src/cli/operator-client.ts";
import { checkProof } from "../../src/core/log/check-proof.ts";
import { leafHash } from "../../src/core/log/merkle.ts";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { logKey, operatorToken } from "../support/keys.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Questions about the record: an escalation's proof is its own decision's, and a value that nothing
 * is called is no empty answer.
 */

/** The same line said in both chats. */
const inBoth = async ({ inSlack, inTeams }: BothWorld, person: string, line: string) => ({
  slack: (await inSlack.type(person, `/holdpoint ${line}`)).text,
  teams: (await inTeams.write(person, line)).text,
});

/** The record numbers that the lines of an answer begin with. */
const linesIn = (text: string): readonly number[] =>
  [...text.matchAll(/(?<![\w-])(\d+) · \d/g)].map(([, index]) => Number(index));

/** The file that a chat shows, checked offline. Reading a message leaves its empty lines out. */
function proofIn(chat: string) {
  const [shown = ""] = /c2sp\.org\/tlog-proof@v1\n[\s\S]*?\n— \S+ \S+/.exec(chat) ?? [];
  const file = shown.replace(`\n${logKey.origin}\n`, "\n$&").replace("\n— ", "\n$&");
  return checkProof(`${file}\n`, logKey.vkey);
}

oneDatabase((kind) => {
  test("the decision of HP-1 is the stop that answered it, not the keep and the resume after it: prove in every chat, the API, and the exported log", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.inSlack.type("bob", "/pause HP-1 because the samples are real");
    await world.inSlack.type("chidi", "/holdpoint keep HP-1 because the fix is not out yet");
    const kept = await world.get("/v1/escalations/HP-1");
    await world.inSlack.type("chidi", "/resume HP-1 because it is over");
    await world.inTeams.write("erin", "resume HP-1");
    const made = (
      await world.server().store.entries({ kinds: ["decision.made"], limit: 10 })
    ).toReversed();
    const [pause, keep, resume] = made;
    const answered = '"decision":{"decision":"pause","by":["Bob Okafor"]';
    expect(made.map(({ entry }) => "decision" in entry && entry.decision)).toEqual([
      "pause",
      "keep",
      "resume",
    ]);
    expect(kept.text).toContain(answered);

    const dir = await mkdtemp(join(tmpdir(), "holdpoint-asked-"));
    await exportLog({ url: world.server().url, token: operatorToken }, dir); // signs the head
    const proved = await inBoth(world, "dana", "prove HP-1");
    const inConsole = await world.say("dana", "prove HP-1");

    for (const text of [proved.slack, proved.teams, inConsole.text]) {
      expect(text).toContain(`Record ${pause?.index}`);
      expect(text).not.toContain(`Record ${resume?.index}`);
      expect(text).toContain("Rule jailbreak-rate");
    }
    for (const chat of [proved.slack, proved.teams])
      expect(proofIn(chat)).toMatchObject({
        is: "OK",
        index: pause?.index,
        disclosures: [expect.objectContaining({ text: "the samples are real" })],
      });
    for (const path of ["/v1/escalations/HP-1", "/v1/escalations?deployment=assistant-prod"]) {
      const { text } = await world.get(path);
      expect(text, path).toContain(answered);
    }
    const every = made.toReversed();
    const asked: readonly (readonly [string, string, readonly (Recorded | undefined)[]])[] = [
      ["decider erin", "decider=erin", [resume]],
      ["by chidi kind keep", "actor=chidi&kind=keep", [keep]],
      ["severity critical model aurora-3", "severity=critical&model=aurora-3", every],
      ["trigger jailbreak-rate", "trigger=jailbreak-rate", every],
      ["assistant-prod deviation", "deployment=assistant-prod&deviation=true", [pause]],
      ["stricter from 2026-11-01", "deviation=stricter&since=2026-11-01T00:00:00Z", [pause]],
      ["by policy", "by-policy=true", []],
      ["breakglass", "breakglass=1", []],
    ];
    for (const [words, query, found] of asked) {
      const indexes = found.map((line) => line?.index);
      const { slack, teams } = await inBoth(world, "dana", `decisions ${words}`);
      const { text } = await world.say("dana", `decisions ${words}`);
      const { text: body } = await world.get(`/v1/decisions?${query}`);
      for (const said of [slack, teams, text]) expect.soft(linesIn(said), words).toEqual(indexes);
      expect
        .soft(
          [...body.matchAll(/"index":(\d+),"entry"/g)].map(([, n]) => Number(n)),
          query,
        )
        .toEqual(indexes);
    }
    const { body: all } = await world.get("/v1/decisions?escalation=HP-1&kind=pause");
    expect(all).toMatchObject({ items: [{ index: pause?.index, entry: { decision: "pause" } }] });
    const { body: proof } = await world.get(`/log/proof/${pause?.index}`);
    const { entry } = proof as { entry: string };
    expect(JSON.parse(entry)).toMatchObject({
      kind: "decision.made",
      decision: "pause",
      escalation: "HP-1",
    });
    const leaves = await readFile(join(dir, "leaves"), "utf8");
    const leaf = Buffer.from(leafHash(Buffer.from(entry))).toString("hex");
    expect(leaves.split("\n")[pause?.index ?? -1]).toBe(leaf);
    const said: string[] = [];
    expect(
      await logVerify([dir, "--key", logKey.vkey], { out: (line) => void said.push(line) }),
    ).toBe(0);
  });

  test("a stop that was taken back proves nothing: it is the opening again, then the next stop", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.inSlack.type("bob", "/pause HP-1 because wrong one");
    await world.inSlack.type("bob", "/holdpoint undo HP-1");
    const opened = await inBoth(world, "dana", "prove HP-1");
    await world.inSlack.type("bob", "/holdpoint narrow HP-1 because this one");

    const narrowed = await inBoth(world, "dana", "prove HP-1");
    await world.inSlack.type("dana", "/holdpoint resume HP-1 because I feel fine");
    const undone = await inBoth(world, "dana", "decisions undone");
    const denied = await inBoth(world, "chidi", "decisions denied by dana");

    expect(opened.slack).toContain("Record 2:");
    expect(opened.teams).toContain("Record 2:");
    expect(narrowed.slack).toMatch(/Record 5:[\s\S]*narrow/i);
    expect(narrowed.teams).toContain("Record 5:");
    for (const text of [undone.slack, undone.teams]) {
      expect(text).toContain("wrong one");
      expect(text).not.toContain("this one");
    }
    for (const text of [denied.slack, denied.teams])
      expect(text).toContain("“resume HP-1 because I feel fine”");
  });

  test("a filter that names nothing there is is refused, with what is nearest, in both chats, over HTTP and in the CLI", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.inSlack.type("bob", "/pause HP-1 because the samples are real");

    const refusals: readonly (readonly [string, string])[] = [
      ["decisions kind pase", "There is no kind “pase”; nearest: pause"],
      ["decisions kind __proto__", "There is no kind “__proto__”"],
      ["decisions by chidy", "The policy does not name “chidy”. Did you mean: chidi"],
      ["decisions assistant-prd", "No deployment “assistant-prd”. Did you mean: assistant-prod?"],
      ["decisions HP-9", "No escalation “HP-9” is known. Did you mean: HP-1?"],
      ["decisions on 2026-02-30", "“2026-02-30” is not a time that I understand"],
      ["decisions since tomorrow until yesterday", "“yesterday” is not a time that I understand"],
      ["decisions since 2026-11-24 until 2026-11-23", "Nothing is between since and until."],
      ["decisions trigger jailbreak", "There is no trigger “jailbreak”; nearest: jailbreak-rate"],
      ["decisions severity hihg", "There is no severity “hihg”; nearest: high"],
      ["decisions model aurora-9", "There is no model “aurora-9”; nearest: aurora-3"],
      ["decisions deviaton", "Did you mean: deviation"],
      ["decisions denied breakglass", "Nothing is denied and breakglass at once."],
      ["decisions by dana decider chidy", "The policy does not name “chidy”"],
      ["decisions kind pause kind resume", "“resume” is one too many."],
    ];
    for (const [line, because] of refusals) {
      const { slack, teams } = await inBoth(world, "dana", line);
      expect.soft(slack, line).toContain(because);
      expect.soft(teams, line).toContain(because);
      expect.soft(slack, line).not.toMatch(/Newest first|No decisions found/);
    }
    const found = await inBoth(
      world,
      "dana",
      "decisions assistant-prod by bob kind PAUSE on 2026-11-23",
    );
    expect(found.slack).toContain("the samples are real");
    expect(found.teams).toContain("the samples are real");

    const { status, body } = await world.get("/v1/decisions?kind=pase&deployment=assistant-prd");
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("no kind “pase”; nearest: pause");
    const server = { url: world.server().url, token: operatorToken };
    expect(await loginLink(server, "chidy")).toMatchObject({
      because: "The policy does not name “chidy”. Nearest: chidi, erin, ana.",
    });
    expect(await rehearse(server, "assistant-prd")).toMatchObject({
      because: expect.stringContaining("assistant-prod"),
    });
    expect(await world.kinds()).not.toContain("session.issued");
  });

  test("a deployment that has left the policy is still asked about", async () => {
    const world = await openBothWorld(kind);
    await world.inSlack.type("bob", "/pause assistant-prod because it looks odd");
    await world.inSlack.type("bob", "/holdpoint undo HP-1");
    const adopted = await world.adopt((yaml) => yaml.replaceAll("assistant-prod", "assistant-eu"));
    expect(adopted).toMatchObject({ status: 200 });

    const { slack, teams } = await inBoth(world, "dana", "decisions assistant-prod");

    expect(slack).toContain("it looks odd");
    expect(teams).toContain("it looks odd");
    expect((await inBoth(world, "dana", "decisions assistant-us")).slack).toContain(
      "No deployment “assistant-us”",
    );
  });
});
