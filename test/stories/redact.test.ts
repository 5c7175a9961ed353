import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { oneDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** Every text in every table of the schema besides the log, where the words stand. */
async function tablesWith(world: World, words: string): Promise<readonly string[]> {
  const { query } = world.database();
  const tables = await query(
    "select table_name from information_schema.tables where table_schema = 'holdpoint' and table_type = 'BASE TABLE' order by 1",
  );
  const found: string[] = [];
  for (const [table] of tables) {
    const [[count] = []] = await query(
      `select count(*)::int from holdpoint.${table} t where position($1::text in t::text) > 0
        or position(encode(convert_to($1::text, 'UTF8'), 'hex') in t::text) > 0`,
      words,
    );
    if (Number(count) > 0) found.push(String(table));
  }
  return found;
}

oneDatabase((kind) => {
  test("two people erase the texts of a record and a person: gone everywhere, the proofs hold, history says erased", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.082, { suite: "suite of Petra Quist" }));
    await world.say("chidi", "pause HP-1 because Petra Quist saw it in her samples");
    const indexOf = async (kind: string): Promise<number> => {
      const all = await world.server().store.entriesFrom(0, 999);
      return all.findLast(({ entry }) => entry.kind === kind)?.index ?? -1;
    };
    const paused = await indexOf("decision.made");
    const opened = await indexOf("escalation.opened");
    const line = `redact ${paused} because she asked for it`;
    expect((await world.say("chidi", `redact ${paused}`)).text).toContain("needs a reason");
    for (const below of ["-1", "–1", "−1", "- 1"])
      expect((await world.say("chidi", `redact ${below} because x`)).text).toContain("no record");
    expect((await world.kinds()).includes("redaction.asked")).toBe(false);
    expect((await world.say("chidi", "redact 9999 because x")).text).toContain("no record 9999");
    expect((await world.say("chidi", `redact ${opened} because x`)).text).toContain("still open");
    await world.say("chidi", "resume assistant-prod because it was patched");
    expect((await world.say("erin", "resume assistant-prod because I looked")).ok).toBe(true);
    await world.clock.advance("2d");

    const asked = await world.say("chidi", line);
    const alone = await world.say("chidi", line);

    expect(asked.text).toContain("Nothing is erased yet");
    expect(alone).toMatchObject({ ok: false, text: expect.stringContaining("Somebody else") });
    expect(await tablesWith(world, "saw it in her samples")).toContain("texts");
    const [kept] = await world
      .database()
      .query(
        "select commitment, encode(salt, 'hex'), encode(text, 'hex') from holdpoint.texts where position(convert_to('in her samples', 'UTF8') in text) > 0",
      );
    const agreed = await world.say("erin", line);
    expect(agreed.text).toContain("Not reached, to be done by hand");
    await world.clock.advance("15s");
    expect(await tablesWith(world, "saw it in her samples")).toEqual([]);
    for (const person of ["chidi", "erin"])
      await world.say(person, `redact ${opened} because she asked for it`);
    await world.clock.advance("15s");
    expect(await tablesWith(world, "Petra Quist")).toEqual([]);
    const requested = await indexOf("decision.proposed");
    await world.send("signals", jailbreak(0.09, { suite: "it was patched, nightly" }));
    for (const person of ["chidi", "erin"])
      await world.say(person, `redact ${requested} because she asked for it`);
    await world.clock.advance("15s");
    const of = "select escalation from holdpoint.messages where position($1 in body::text) > 0";
    const stillTold = await world.database().query(of, "it was patched");
    expect(new Set(stillTold.map(([escalation]) => escalation))).toEqual(new Set(["HP-2"]));
    expect((await world.card("HP-2")).text).toContain("it was patched, nightly");
    const history = (await world.get("/history")).text;
    expect(history).toContain("(text erased)");
    expect(history).not.toMatch(/c_[0-9a-f]{64}/);
    expect((await world.card("HP-1")).text).not.toContain("Petra");
    const dir = mkdtempSync(join(tmpdir(), "holdpoint-redacted-"));
    await exportLog({ url: world.server().url, token: operatorToken }, dir);
    const said: string[] = [];
    const code = await logVerify([dir, "--require", "meaning"], {
      out: (text) => void said.push(text),
    });
    expect([code, said.join()]).toEqual([0, expect.stringMatching(/^OK, REDACTED\(\d+\)/)]);
    // A backup brings it back: it is erased again at a start, unless a legal hold keeps it.
    await world.say("dana", "legal-hold everything because a claim was filed");
    await world
      .database()
      .query(
        "insert into holdpoint.texts (commitment, salt, text) values ($1, decode($2, 'hex'), decode($3, 'hex'))",
        ...(kept ?? []).map(String),
      );
    expect(await tablesWith(world, "saw it in her samples")).toEqual(["texts"]);
    await world.restart();
    await world.settle();
    expect(await tablesWith(world, "saw it in her samples")).toEqual(["texts"]);
    await world.say("erin", `legal-hold lift ${await indexOf("hold.placed")} because it is over`);
    await world.clock.advance("15s");
    expect(await tablesWith(world, "saw it in her samples")).toEqual([]);
    expect((await world.get("/readyz")).status).toBe(200);

    expect((await world.say("erin", "redact frank because he left")).text).toContain(
      "the policy in force names Frank Moreau",
    );
    const { status } = await world.adopt((yaml) =>
      yaml
        .replace(/^ {2}frank:.*\n/m, "")
        .replaceAll(/\bfrank\b(, )?/g, "")
        .replace(/^triggers:/m, "redact: { by: [chidi, erin] }\ntriggers:"),
    );
    expect(status).toBe(200);
    const notNamed = await world.say("dana", "redact Frank Moreau because he left");
    expect(notNamed.text).toContain("you are not among them. Ask Chidi Lindt or Erin Sato.");
    expect((await world.kinds()).at(-1)).not.toBe("redaction.asked");
    const hold = "legal-hold Frank Moreau because a claim was filed";
    expect((await world.say("dana", "legal-hold Frank Moreau")).text).toContain("needs a reason");
    expect((await world.say("dana", "legal-hold nobody at all because x")).ok).toBe(false);
    expect((await world.say("dana", hold)).text).toContain("until the hold is lifted");
    const again = await world.say("bob", hold);
    expect(again.text).toContain("under a legal hold already");
    expect(again.text).not.toContain("Not kept");
    const held = await indexOf("hold.placed");
    await world.restart();
    expect((await world.say("chidi", "redact Frank Moreau because he left")).text).toContain(
      `a legal hold (record ${held}) covers Frank Moreau`,
    );
    const lift = (record: number) => `legal-hold lift ${record} because the claim was settled`;
    expect((await world.say("dana", lift(held))).text).toContain("Ask Chidi Lindt or Erin Sato.");
    expect((await world.say("chidi", lift(held - 1))).text).toContain("is no legal hold");
    expect((await world.say("chidi", lift(held))).text).toContain("is lifted");
    for (const person of ["chidi", "erin"])
      await world.say(person, "redact Frank Moreau because he left and asked for it");
    await world.clock.advance("15s");

    expect(await tablesWith(world, "Frank Moreau")).toEqual([]);
    expect(await tablesWith(world, "U0FRANK")).toEqual([]);
    expect((await world.get("/history")).text).toContain("(name erased)");
    expect((await world.get("/readyz")).status).toBe(200);
    expect((await world.say("dana", "pause assistant-prod because of doubt")).ok).toBe(true);
  });
  test("what stands under another deployment's hold as well waits whole until it is lifted, also over a restart", async () => {
    const world = await openWorld(kind, {
      policy: (yaml) => {
        const [, assistant = ""] = /^ {2}assistant-prod:\n((?: {4}.*\n|\n)*)/m.exec(yaml) ?? [];
        return yaml
          .replace("  assistant-prod:\n", `  other:\n${assistant}  assistant-prod:\n`)
          .replaceAll("deployments: [assistant-prod]", "deployments: [assistant-prod, other]");
      },
    });
    const secret = "Petra Quist saw it in her samples";
    const indexOf = async (kind: string): Promise<number> => {
      const all = await world.server().store.entriesFrom(0, 999);
      return all.findLast(({ entry }) => entry.kind === kind)?.index ?? -1;
    };
    await world.say("chidi", `pause assistant-prod because ${secret}`);
    const paused = await indexOf("decision.made");
    await world.send("signals", jailbreak(0.082, { deployment: "other", summary: secret }));
    await world.say("chidi", "pause other because of the same");
    for (const deployment of ["assistant-prod", "other"]) {
      await world.say("chidi", `resume ${deployment} because it was patched`);
      await world.say("erin", `resume ${deployment} because I looked at it too`);
    }
    await world.clock.advance("2d");
    await world.say("dana", "legal-hold other because a claim was filed");
    const placed = await indexOf("hold.placed");
    const line = `redact ${paused} because she asked for it`;

    await world.say("chidi", line);
    const agreed = await world.say("erin", line);
    await world.clock.advance("15s");

    expect(agreed.text).toContain(`that a legal hold keeps (record ${placed}), all of it stays`);
    expect(await tablesWith(world, secret)).toEqual(expect.arrayContaining(["texts", "signals"]));
    await world.restart();
    await world.clock.advance("15s");
    expect(await tablesWith(world, secret)).toEqual(expect.arrayContaining(["texts", "signals"]));
    await world.say("erin", `legal-hold lift ${placed} because it is settled`);
    await world.clock.advance("15s");
    // The other record has the same words as a text of its own, which is erased by its own number.
    expect(await tablesWith(world, secret)).toEqual(["texts"]);
  });
});
