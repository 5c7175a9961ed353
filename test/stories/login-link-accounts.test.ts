import { expect, test } from "vitest";
import type { EntryId } from "../../src/core/ids.ts";
import { oneDatabase } from "../support/databases.ts";
import {
  about,
  chidi,
  codeFor,
  codeIn,
  fromTeams,
  kindsOf,
  said,
  signedIn,
  without,
} from "../support/linking.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * What an account is worth that was linked in a session of the operator's login link: what the link
 * is worth.
 */

const channel = "C0RISK0001";

const linesOf = (messages: ReturnType<SlackWorld["slack"]["messagesIn"]>): string =>
  messages.map(({ blocks }) => walkBlocks(blocks).lines.join("\n")).join("\n");

/**
 * Somebody else's account in Teams is Chidi's, by a login link that the operator made; three days
 * later it is paused.
 */
async function withLinkedAccount(world: SlackWorld): Promise<void> {
  await fromTeams(world.server(), `link ${await codeFor(world, "chidi")}`);
  await world.settle();
  await world.clock.advance("3d");
  await paused(world);
}

async function paused(world: SlackWorld): Promise<void> {
  await world.send("signals", jailbreak());
  await world.type("bob", "/pause HP-1 because the samples are real");
}

/** What Chidi is asked by himself in Slack, newest last. */
const asked = (world: SlackWorld, words: string) =>
  world.slack.directs(chidi).findLast((direct) => linesOf([direct]).includes(words));

oneDatabase((kind) => {
  test("an account that was linked in a session of a login link makes a resume wait, days later; its person says no", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    await withLinkedAccount(world);
    const told = asked(world, "linked by a login link of the operator");
    expect(linesOf(told ? [told] : [])).toContain("An account in Microsoft Teams was linked");

    await fromTeams(world.server(), "resume HP-1 because it is over");
    const agreed = await world.type("erin", "/resume HP-1");

    expect(agreed.text).toMatch(/Takes effect 10:10 GMT .*unless Chidi Lindt says it was not them/);
    expect(await world.posture()).toBe("paused");
    await world.restart();
    const answer = await world.press(
      "chidi",
      "That was not me",
      asked(world, "Takes effect 10:10 GMT"),
    );

    expect(answer.text).toContain(
      "The account in Microsoft Teams that was linked by it is unlinked. The resume of Assistant (production) that waited on it was dropped",
    );
    await world.clock.advance("1h");
    expect(await world.posture()).toBe("paused");
    expect(await fromTeams(world.server(), "pause HP-1")).toMatchObject({ ok: false });
    expect(await kindsOf(world)).toEqual(["identity.linked", "identity.unlinked asked"]);
    const [linked] = await about(world);
    const [issued] = await world.server().store.entries({ kinds: ["session.issued"], limit: 1 });
    expect(linked?.link).toBe(issued?.entry.id);
  });

  test("what nobody objects to takes effect after the ten minutes, and the record names the person as by link", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    await withLinkedAccount(world);

    await fromTeams(world.server(), "resume HP-1 because it is over");
    await world.settle();
    expect(world.posted("HP-1").text).toContain(
      "(from an account linked by a link of the operator)",
    );
    // to be rid of the trace: the resume still rests on the link
    await fromTeams(world.server(), "unlink");
    await world.type("erin", "/resume HP-1");
    expect(await world.posture()).toBe("paused");
    await world.clock.advance("10m");

    expect(await world.posture()).toBe("full");
    const [made] = await world.server().store.entries({ kinds: ["decision.made"], limit: 1 });
    const [linked] = await about(world);
    expect(made?.entry).toMatchObject({
      byLink: [linked?.kind === "identity.linked" ? linked.person : ""],
    });
  });

  test("an undo by such an account takes back nothing that was stopped from another", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    await world.send("signals", jailbreak());
    await world.type("chidi", "/pause HP-1 because the samples are real");
    await fromTeams(world.server(), `link ${await codeFor(world, "chidi")}`);
    await world.settle();

    const refused = await fromTeams(world.server(), "undo HP-1");

    expect(said(refused)).toContain("you can undo only what was done with that link");
    const { views } = world.server();
    const [person] = (await views.people()).filter(({ key }) => key === "chidi");
    const [issued] = await world.server().store.entries({ kinds: ["session.issued"], limit: 1 });
    const offered = async (link: EntryId | null) =>
      (await views.cardFor("HP-1", person?.id ?? null, link))?.card.buttons.flat() ?? [];
    const labels = async (link: EntryId | null) =>
      (await offered(link)).map(({ label }) => label).join();
    expect(await labels(null)).toContain("Undo");
    expect(await labels(issued?.entry.id ?? null)).not.toContain("Undo");
    expect(await world.posture()).toBe("paused");
    await world.write("chidi", "undo HP-1");
    expect(await world.posture()).toBe("full");
  });

  test("whom no chat knew is told in the channel, and an account linked from the linked one rests on the same link", async () => {
    const unknown = (yaml: string) => without("teams", "chidi")(without("slack", "chidi")(yaml));
    const world = await openSlackWorld(kind, { policy: unknown });
    await paused(world);
    const code = await codeFor(world, "chidi");
    expect(linesOf(world.slack.messagesIn(channel))).toContain("made a login link");
    await world.type("chidi", `/holdpoint link ${code}`);
    expect(linesOf(world.slack.messagesIn(channel))).toContain(
      "An account in Slack was linked by a login link of the operator: it counts as Chidi Lindt",
    );

    const another = codeIn((await world.write("chidi", "link")).text);
    await fromTeams(world.server(), `link ${another}`);
    await world.settle();
    await fromTeams(world.server(), "resume HP-1 because it is over");
    await world.type("erin", "/resume HP-1");

    expect(await world.posture()).toBe("paused");
    const before = world.slack.messagesIn(channel).length;
    await signedIn(world, "chidi");
    await world.settle();
    expect(linesOf(world.slack.messagesIn(channel).slice(before))).toContain(
      "Somebody signed in to the console as Chidi Lindt",
    );
    const [item, other] = await about(world);
    expect(item?.link).toMatch(/^e_/);
    expect(other?.link).toBe(item?.link);
  });

  test("an account linked again by a code from a chat that knew its person counts as their own", async () => {
    const world = await openSlackWorld(kind, { policy: without("teams", "chidi") });
    await withLinkedAccount(world);
    await world.write("chidi", "unlink teams");
    await fromTeams(world.server(), `link ${codeIn((await world.write("chidi", "link")).text)}`);

    await fromTeams(world.server(), "resume HP-1 because it is over");
    const agreed = await world.type("erin", "/resume HP-1");

    expect(agreed.text).not.toContain("Takes effect");
    expect(await world.posture()).toBe("full");
  });

  test("whoever signed in by a link and logged out is still said no to", async () => {
    const world = await openSlackWorld(kind);
    await paused(world);
    const [browser, other] = [await signedIn(world, "chidi"), await signedIn(world, "erin")];
    await browser.say("resume HP-1 because it is over");
    await other.say("resume HP-1");
    await world.settle();
    await browser.submit("/logout", {});
    await other.submit("/logout", {});

    const no = await world.write("chidi", "notme");

    expect(no.text).toContain("The resume of Assistant (production) that waited on it was dropped");
    await world.clock.advance("1h");
    expect(await world.posture()).toBe("paused");
    expect((await world.write("chidi", "notme")).text).toContain("No login link");
  });
});
