import { expect, test } from "vitest";
import type { RunningServer } from "../../src/composition/start-server.ts";
import { oneDatabase } from "../support/databases.ts";
import { everyRow } from "../support/every-row.ts";
import {
  about,
  chidi,
  codeFor,
  codeIn,
  fromTeams,
  kindsOf,
  openWithoutChidi,
  personOf,
  said,
  signedIn,
  without,
  zoe,
} from "../support/linking.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

oneDatabase((kind) => {
  test("a code shown in the console makes a stranger's account in Slack that person, everywhere and at once", async () => {
    const world = await openWithoutChidi(kind);
    const before = await world.type("chidi", "/pause assistant-prod because x");
    expect(before.text).toContain("does not name you");
    const code = await codeFor(world, "chidi");

    const linked = await world.type("chidi", `/holdpoint link ${code}`);
    await world.send("signals", jailbreak());

    expect(linked.text).toContain("this Slack account is Chidi Lindt from now on");
    expect(world.posted("HP-1").text).toContain(`Decides: @${chidi}`);
    expect(world.slack.directs(chidi).at(-1)?.text).toMatch(
      /^CRITICAL Assistant \(production\): .* You decide by 10:30 GMT/,
    );
    expect((await world.home("chidi")).text).toContain("HP-1");
    const paused = await world.type("chidi", "/pause HP-1 because the samples are real");
    expect(paused.text).toContain("Paused");
    expect(world.posted("HP-1").text).toContain("by Chidi Lindt");
    const person = await personOf(world.server(), "chidi");
    expect(await about(world)).toMatchObject([
      {
        kind: "identity.linked",
        chat: "slack",
        surface: "slack",
        subject: "org",
        person: person?.id,
        actor: { type: "person", person: person?.id },
      },
    ]);
  });

  test("a code shown in Slack is entered in Teams, and the person is told where they were known, with a button that undoes it", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    const shown = await world.write("chidi", "link");
    const [lockScreen = ""] = shown.text.split("\n");
    const code = codeIn(shown.text);

    const linked = await fromTeams(world.server(), `link ${code}`);
    await world.settle();

    expect(lockScreen).not.toContain(code);
    expect(linked).toMatchObject({ ok: true });
    const told = world.slack.directs(chidi).at(-1);
    expect(told?.text).toContain(
      "An account in Microsoft Teams was linked: it counts as Chidi Lindt from now on",
    );
    expect(world.slack.messagesIn("C0RISK0001")).toEqual([]);
    const undone = await world.press("chidi", "Unlink", told);
    expect(undone.text).toContain(
      "Unlinked: your Microsoft Teams account no longer belongs to anybody",
    );
    expect(await fromTeams(world.server(), "pause assistant-prod")).toMatchObject({ ok: false });
    expect(await kindsOf(world)).toEqual(["identity.linked", "identity.unlinked asked"]);
    expect((await about(world)).at(-1)).toMatchObject({ chat: "teams", surface: "slack" });
  });

  test("the log holds no account, and no table the code", async () => {
    const world = await openWithoutChidi(kind);
    const unused = await codeFor(world, "chidi");
    const code = await codeFor(world, "chidi");
    await world.type("chidi", `/holdpoint link ${code}`);

    const entries = await world.server().store.entriesFrom(0, 1_000);
    const log = entries.map(({ bytes }) => new TextDecoder().decode(bytes)).join("\n");
    const everything = await everyRow(world);

    expect(log).toContain('"kind":"identity.linked"');
    expect(log).not.toContain(chidi);
    expect(everything).toContain(chidi);
    for (const name of [unused, code]) {
      expect(everything).not.toContain(name);
      expect(everything).not.toContain(name.replace("-", ""));
    }
  });

  test("codes and links outlive a restart, and another replica knows of a link as soon as it is spoken to", async () => {
    const world = await openWithoutChidi(kind);
    const code = await codeFor(world, "chidi");
    await world.restart();
    const linked = await world.type("chidi", `/holdpoint link ${code}`);
    expect(linked.text).toContain("Chidi Lindt");
    await world.restart();
    const paused = await world.type("chidi", "/pause assistant-prod because of a drill");
    expect(paused.text).toContain("Paused");

    const twin = await world.twin();
    const byChidi = (line: string, key: string) =>
      fromTeams(twin, line, { key, surface: "slack", account: { chat: "slack", id: chidi } });
    expect(await byChidi("keep assistant-prod because we look", "twin:1")).toMatchObject({
      ok: true,
    });
    await world.type("chidi", "/holdpoint unlink");
    const after = await byChidi("keep assistant-prod because we look again", "twin:2");

    expect(after).toMatchObject({ ok: false, text: expect.stringContaining("does not name you") });
  });

  test("a code that is mistyped, spent or ten minutes old links nobody, and all three are answered alike", async () => {
    const world = await openWithoutChidi(kind);
    const [spent, late] = [await codeFor(world, "chidi"), await codeFor(world, "chidi")];
    await world.type("chidi", `/holdpoint link ${spent}`);
    await world.type("chidi", "/holdpoint unlink slack");

    const again = await world.type("chidi", `/holdpoint link ${spent}`);
    const mistyped = await world.type("zoe", "/holdpoint link aaaaaa-bbbbbb");
    await world.clock.advance("10m");
    const old = await world.type("chidi", `/holdpoint link ${late}`);

    const answers = [again, mistyped, old].map(({ text }) => text.split("\n")[0]);
    expect(answers[0]).toContain("Not linked: no such code is waiting");
    expect(new Set(answers).size).toBe(1);
    expect(await kindsOf(world)).toEqual(["identity.linked", "identity.unlinked asked"]);
  });

  test("of ten accounts that enter one code at once, in two replicas, exactly one becomes the person", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    const code = codeIn((await world.type("chidi", "/holdpoint link")).text);
    const servers = [world.server(), await world.twin()];
    const account = (n: number) => ({ chat: "teams" as const, id: `account-${n}` });

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        fromTeams(servers[n % 2] ?? world.server(), `link ${code}`, { account: account(n) }),
      ),
    );

    const won = answers.findIndex(({ ok }) => ok);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await kindsOf(world)).toEqual(["identity.linked"]);
    for (const server of servers)
      expect((await personOf(server, "chidi"))?.teams).toBe(`account-${won}`);
  });

  test("the same message twice is one link and one answer, also where it comes again later", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    const code = codeIn((await world.type("chidi", "/holdpoint link")).text);
    const again = () => fromTeams(world.server(), `link ${code}`, { key: "teams:one" });

    const [first, second] = await Promise.all([again(), again()]);
    const third = await again();

    expect(first).toMatchObject({ ok: true });
    expect([second, third]).toEqual([first, first]);
    expect(await kindsOf(world)).toEqual(["identity.linked"]);
  });

  test("after five codes in ten minutes an account is not listened to, not even with the right one, nor by another replica", async () => {
    const world = await openWithoutChidi(kind);
    const twin = await world.twin();
    const guess = (n: number, server: RunningServer) =>
      fromTeams(server, `link aaaaaa-bbbbb${"abcdefg"[n]}`, {
        surface: "slack",
        account: { chat: "slack", id: zoe },
      });
    for (let n = 0; n < 5; n += 1)
      expect(said(await guess(n, n % 2 === 0 ? world.server() : twin))).toContain("no such code");
    const code = await codeFor(world, "chidi");

    expect(said(await guess(5, twin))).toContain("Try again in 10 minutes");
    expect((await world.type("zoe", `/holdpoint link ${code}`)).text).toContain("not looked at");
    // Somebody else's guesses are no concern of the one whose code it is.
    expect((await world.type("chidi", `/holdpoint link ${code}`)).text).toContain("Chidi Lindt");
    await world.clock.advance("10m");

    expect(said(await guess(6, twin))).toContain("no such code");
  });

  test("who is known already, who has an account there, and who is not alone are told why not and what to do", async () => {
    const world = await openSlackWorld(kind, {
      policy: (yaml) => without("slack", "frank")(without("teams", "chidi", "frank")(yaml)),
    });
    const console = await signedIn(world, "frank");
    const code = codeIn((await console.say("link")).text);
    const chidis = codeIn((await world.mention("chidi", "link")).text);

    expect((await console.say(`link ${code}`)).text).toContain("the console has no accounts");
    expect((await world.type("chidi", `/holdpoint link ${chidis}`)).text).toContain(
      "this Slack account is Chidi Lindt already",
    );
    expect((await world.type("chidi", `/holdpoint link ${code}`)).text).toContain(
      "this Slack account is Chidi Lindt already",
    );
    expect((await world.type("zoe", `/holdpoint link ${chidis}`)).text).toContain(
      "Chidi Lindt has an account in Slack already, named by the policy",
    );
    expect((await world.type("zoe", "/holdpoint link")).text).toContain(
      "no policy names this account",
    );
    expect((await world.type("bob", "/holdpoint link")).text).toContain(
      "you have an account in every chat already",
    );
    expect((await world.type("bob", "/holdpoint unlink")).text).toContain(
      "you have linked no account",
    );
    const bystanders = await fromTeams(world.server(), "link", {
      private: false,
      surface: "slack",
      account: { chat: "slack", id: chidi },
    });
    expect(said(bystanders)).toContain("No code was made");
    expect(codeIn(said(bystanders))).toBe("");
    expect(await kindsOf(world)).toEqual([]);
    // Nothing of all this used up a code.
    expect((await world.type("zoe", `/holdpoint link ${code}`)).text).toContain("Frank Moreau");
    const second = await fromTeams(world.server(), `link ${chidis}`);
    expect(second).toMatchObject({ ok: true });
    const both = codeIn((await world.type("zoe", "/holdpoint link")).text);
    await fromTeams(world.server(), `link ${both}`, { account: { chat: "teams", id: "another" } });
    expect((await world.type("zoe", "/holdpoint unlink")).text).toContain("Say which");
    const third = await world.press("zoe", "Slack");
    expect(third.text).toContain("Unlinked: your Slack account");
  });

  test("a guest, a closed account and a bot cannot enter a code, however right it is", async () => {
    const world = await openWithoutChidi(kind);
    const code = await codeFor(world, "chidi");
    for (const what of [{ is_restricted: true }, { deleted: true }, { is_bot: true }]) {
      world.slack.says(zoe, { is_restricted: false, deleted: false, is_bot: false, ...what });
      await world.clock.advance("61s");

      const refused = await world.type("zoe", `/holdpoint link ${code}`);

      expect(refused.text).not.toContain("Chidi");
    }
    expect(await kindsOf(world)).toEqual([]);
  });

  test.each([
    ["nothing but signs", "link ----------"],
    ["a code and more", "link abcdef-ghijkl abcdef"],
    ["other letters", "link аbcdef-ghijkl"],
    ["digits that no code has", "link 018901-890189"],
    ["what ends a statement", "link '; drop table holdpoint.people; --"],
    ["a reason instead", "link because abcdef-ghijkl"],
    ["a name of the prototype", "link __proto__"],
    ["nearly four thousand letters", `link ${"a".repeat(3_990)}`],
    ["a null and an odd surrogate", "link abc\u0000def\ud800ghi"],
  ])("%s is no code: it links nobody and is never a fault", async (_what, line) => {
    const world = await openWithoutChidi(kind);

    const answer = await fromTeams(world.server(), line);

    expect(answer).toMatchObject({ ok: false, choices: [], form: null });
    expect(said(answer)).toMatch(/^(?:Not|Nothing) linked/);
    expect(await kindsOf(world)).toEqual([]);
  });

  test("a code is read as phones and people write it", async () => {
    const world = await openWithoutChidi(kind);
    const code = await codeFor(world, "chidi");

    const written = `link \u201C${code.toUpperCase().replace("-", " \u2013 ")}\u201D`;
    const answer = await fromTeams(world.server(), written, {
      surface: "slack",
      account: { chat: "slack", id: chidi },
    });

    expect(answer).toMatchObject({ ok: true });
  });
});
