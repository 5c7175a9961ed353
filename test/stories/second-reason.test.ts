import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { operatorToken } from "../support/keys.ts";
import { chats, platforms } from "../support/platforms.ts";
import { browserAt, plain } from "../support/process.ts";
import { jailbreak } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * Whoever is the second person in a resume decides with their eyes open, and what they say of it is
 * kept.
 */

const starter = "STARTER retested twice";
const confirmer = "CONFIRMER I looked at 200 transcripts";

/** A pause, a resume that was asked for, and what came in after that. */
async function asked(world: World, say: (who: string, line: string) => Promise<unknown>) {
  await world.send("signals", jailbreak());
  await say("chidi", "pause HP-1 because it lies");
  await world.clock.advance("5m");
  await say("chidi", `resume HP-1 because ${starter}`);
  await world.clock.advance("2m");
  await world.send("signals", jailbreak(0.011));
  await say("bob", "retest HP-1 jailbreak-suite because once more");
  await world.clock.advance("1m");
}

const request = `Chidi Lindt requests resume to full: “${starter}”`;
const since =
  "Since the request: Re-test requested 10:07 by Bob Okafor (on call) and 1 complete eval, 1.1 % (limit 5 %)";

describe.each([
  ["Slack", chats.slack],
  ["Teams", chats.teams],
])("in %s", (_chat, open) => {
  test("the reason for a resume, and what came in since, stand on the card, in the message and in the form; the second reason stands on the card", async () => {
    const { world, say, card, ...chat } = await open();
    await asked(world, say);

    expect((await card("HP-1")).text).toContain(`Chidi Lindt: “${starter}”`);
    expect((await card("HP-1")).text).toContain(since);
    const message = chat.thread("HP-1").join("\n").replaceAll("@", "");
    expect(message).toContain(request);
    const form = await chat.tap("erin", "Approve resume…", "HP-1");
    expect(form.isOpen).toBe(true);
    expect(form.text).toContain(`Chidi Lindt (10:05): “${starter}”`);
    expect(form.text).toContain(since);
    expect(form.text).toContain("It goes on the record.");

    const resumed = await say("erin", `resume HP-1 because ${confirmer}`);

    expect(resumed).toContain("Resumed to full");
    const { text } = await card("HP-1");
    expect(text).toContain(`Chidi Lindt: “${starter}”`);
    expect(text).toContain(`Erin Sato: “${confirmer}”`);
  });
});

test("both reasons are in the export, in the history, in a proof and on the console's card", async () => {
  const { world, say, card, press } = await platforms.console();
  await asked(world, say);
  expect((await card("HP-1")).text).toContain(since);
  const browser = browserAt(world.server().url);
  await browser.be("erin");
  const page = plain((await browser.page("/escalations/HP-1")).html);
  expect(page).toContain(`Chidi Lindt (10:05): “${starter}”`);
  expect(page).toContain(since);

  await press("erin", { label: "Approve resume…", on: "HP-1", reason: confirmer });

  const { text } = await card("HP-1");
  expect(text).toContain(`Chidi Lindt: “${starter}”`);
  expect(text).toContain(`Erin Sato: “${confirmer}”`);
  const line = `“${starter}”. Approved by Erin Sato: “${confirmer}”`;
  expect(await say("bob", "decisions assistant-prod")).toContain(line);
  const { entry, index } = await resumeOf(world);
  expect(await say("bob", `prove ${index}`)).toContain(line);
  expect((await world.get("/history")).text).toContain(confirmer);
  expect(JSON.stringify((await world.get("/v1/decisions")).body)).toContain(line);
  expect(entry).not.toContain("CONFIRMER");
  const dir = await mkdtemp(join(tmpdir(), "holdpoint-second-"));
  await exportLog({ url: world.server().url, token: operatorToken }, dir);
  const disclosed = await readFile(join(dir, "disclosures.jsonl"), "utf8");
  expect(disclosed).toContain(confirmer);
  expect(disclosed).toContain(starter);
  expect(await logVerify([dir], { out: () => {} })).toBe(0);
});

test("of two who must confirm, each reason is kept; a refused attempt keeps its reason too", async () => {
  const { world, say, card } = await platforms.console();
  await world.adopt((yaml) => yaml.replace("people: 1", "people: 2"));
  await asked(world, say);

  await say("dana", "resume HP-1 because DENIED it looks fine");
  await say("erin", `resume HP-1 because ${confirmer}`);
  expect((await card("HP-1")).text).toContain(`Erin Sato: “${confirmer}”`);
  await say("frank", "resume HP-1 because THIRD agreed");

  const { text } = await card("HP-1");
  expect(text).toContain(`Erin Sato: “${confirmer}”`);
  expect(text).toContain("Frank Moreau: “THIRD agreed”");
  expect((await world.get("/history")).text).toContain("DENIED it looks fine");
});

async function resumeOf(world: World) {
  const found = await world.server().store.entries({ kinds: ["decision.made"], limit: 1 });
  const [newest] = found;
  if (!newest) throw new Error("nothing was decided");
  return { index: newest.index, entry: Buffer.from(newest.bytes).toString("utf8") };
}
