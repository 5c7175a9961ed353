import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { auditorToken, operatorToken } from "../support/keys.ts";
import { jailbreak } from "../support/world.ts";

oneDatabase((kind) => {
  test("an auditor asks in one line: files that no spreadsheet runs, a printable record, policies in words, a sample that is drawn again, figures; and each reading is on the record", async () => {
    const world = await openBothWorld(kind);
    await world.send("signals", jailbreak());
    await world.inSlack.type("bob", "/pause HP-1 because =HYPERLINK(1)");
    await world.inSlack.type("dana", "/holdpoint resume HP-1 because I feel fine");
    await world.clock.advance("1m");
    const adopted = await world.adopt((yaml) =>
      yaml.replace("Bob Okafor", '"=Robert"').replace("undo: 10m", "undo: 5m"),
    );
    expect(adopted).toMatchObject({ status: 200 });
    const { url } = world.server();
    const ask = async (line: string, more = "", token = auditorToken) => {
      const query = new URLSearchParams({ line });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/v1/ask?${query}${more}`, { headers });
      return { status: answer.status, text: await answer.text() };
    };
    const has = async (line: string, words: readonly string[]) => {
      const { text } = await ask(line);
      expect
        .soft(
          words.filter((word) => !text.includes(word)),
          `${line}: ${text}`,
        )
        .toEqual([]);
    };

    const csv = await ask("decisions csv", "&format=file");
    expect(csv.text).toContain(`,'=HYPERLINK(1),`);
    expect(csv.text.split("\r\n")).toHaveLength(3);
    const jsonl = await ask("decisions jsonl", "&format=file");
    expect(JSON.parse(jsonl.text)).toMatchObject({ entry: { kind: "decision.made" } });
    await has("decisions denied by dana", ["resume HP-1 because I feel fine"]);
    const then = "status at 2026-11-23 10:00";
    for (const line of ["status csv", "status assistant-prod csv", `${then} csv`]) {
      const { text } = await ask(line, "&format=file");
      expect.soft(text, line).toMatch(/^deployment,name,as of \(UTC\),state,scope,/);
      expect.soft(text, line).toContain("assistant-prod,Assistant (production),2026-11-23T10:0");
    }
    expect((await ask("status csv", "&format=file")).text).toMatch(/,paused,paused,2[^,]*,pause,/);
    const posture = await ask("status assistant-prod jsonl", "&format=file");
    expect(JSON.parse(posture.text)).toMatchObject({ state: "paused", overdue: "" });
    const rights = await ask("who assistant-prod csv", "&format=file");
    expect(rights.text).toMatch(/,Narrow or pause,Chidi Lindt,restrict\.decider,.*,yes\r\n/);
    expect(rights.text).toMatch(/,Narrow or pause,'=Robert,restrict\.alsoMay,yes,,/);
    const counted = await ask("figures assistant-prod jsonl", "&format=file");
    expect(JSON.parse(counted.text)).toMatchObject({ opened: 1, deviations: 1 });
    for (const line of ["status csv jsonl", "who assistant-prod csv csv", "figures csv x"])
      expect.soft((await ask(line)).status, line).toBe(400);
    expect((await ask("status csv")).text).toContain("Assistant (production): ");
    await has("record HP-1", [
      "The decision: ",
      "The rule as then written",
      "Rule jailbreak-rate: ",
      "In these words since then",
      "Seen: ",
      "SHA-256",
      "Who might act when it opened",
      "Who was told",
      "was refused: resume",
      "What is not known",
      "tree size",
    ]);
    await has("policy", ["In force now", "rule jailbreak-rate, severity: critical"]);
    await has("policy at 2026-11-23 10:00", ["adopted by the operator"]);
    await has("policy diff 2026-11-23 10:00", ["They differ in one line:", "undo: was 10m, is 5m"]);
    const file = "/history/file?deployment=assistant-prod&kind=pause";
    const sheet = await world.get(`${file}&format=csv`);
    expect(sheet.text.split("\r\n")).toHaveLength(3);
    expect(sheet.text).toContain(`,'=HYPERLINK(1),`);
    const { text: lines } = await world.get(`${file}&format=jsonl`);
    expect(JSON.parse(lines)).toMatchObject({ entry: { kind: "decision.made" } });
    expect((await world.get("/history?kind=pause")).text).toContain("kind=pause&amp;format=csv");
    for (const wrong of ["", "&format=pdf", "&format=csv&kind=%3Cb%3E", "&format=csv&colour=red"])
      expect.soft(await world.get(`${file}${wrong}`), wrong).toMatchObject({
        status: 400,
        text: expect.stringMatching(/^<p>Nothing was searched: (?!.*<b>)/),
      });
    const { text: inForce } = await world.get("/policy");
    expect(inForce).toContain("Policy in force");
    expect(inForce).toMatch(/Changed: deployment assistant-prod, [^<]*undo: was 10m, is 5m/);
    const [address = ""] = /\/policy\?digest=[0-9a-f]{64}/.exec(inForce) ?? [];
    const { text: first } = await world.get(address);
    expect(first).toContain("It is the first that was adopted.");
    expect(first).toContain("Policy of the past");
    for (const digest of ["ffffff", "<b>", "%00", "DROP", "0".repeat(70)]) {
      const missing = await world.get(`/policy?digest=${digest}`);
      expect.soft(missing.status, digest).toBe(404);
      expect.soft(missing.text, digest).not.toContain("<b>");
    }
    await has("audit sample 1 --seed q4", [
      "1 of 1 decisions among the first",
      "--seed q4 before:",
    ]);
    await has("figures", ["1 opened", "of 1 decisions 0 by policy, 1 deviated", "team #"]);
    expect(await ask("figures by bob")).toMatchObject({
      status: 400,
      text: expect.stringContaining("never of people"),
    });
    expect(await ask("audit sample 5")).toMatchObject({
      status: 400,
      text: expect.stringContaining("Say a seed"),
    });
    expect(await ask("pause HP-1")).toMatchObject({
      status: 400,
      text: expect.stringContaining("Only questions are answered here"),
    });
    expect(await ask("who assistant-prod", "", "wrong")).toMatchObject({ status: 401 });
    const { body: record } = await world.get("/v1/record/HP-1");
    expect(record).toMatchObject({ escalation: "HP-1", title: "HP-1 · Assistant (production)" });

    const slack = await world.inSlack.type("chidi", "/holdpoint record HP-1");
    const teams = await world.inTeams.write("chidi", "record HP-1");
    for (const { text } of [slack, teams]) expect(text).toContain("The decision: ");
    const page = await fetch(`${url}/escalations/HP-1/record`, {
      headers: { authorization: `Bearer ${auditorToken}` },
    });
    expect(await page.text()).toContain("What happened");

    const kept = await world.inSlack.type(
      "chidi",
      "/holdpoint keep assistant-prod because nothing has changed",
    );
    expect(kept.text).toContain("Kept");
    const own = await fetch(`${url}/escalations/HP-1`, {
      headers: { authorization: `Bearer ${auditorToken}` },
    });
    const [, decision = ""] = (await own.text()).split(`id="decision-heading"`);
    const [settled = ""] = decision.split("</section>");
    expect(settled).toContain("=Robert");
    expect(settled).not.toContain("Chidi Lindt");

    const kinds = await world.kinds();
    expect(kinds.filter((item) => item === "record.read").length).toBeGreaterThan(8);
    const read = await ask("decisions kind record.read csv", "&format=file", operatorToken);
    expect(read.text).toContain("the auditor read the record: “decisions denied by dana”");
    expect(read.text).toContain("took a part of the record as a file: “decisions csv”");
    expect(read.text).toContain(`the operator took a part of the record as a file: “${file}`);
  });
});
