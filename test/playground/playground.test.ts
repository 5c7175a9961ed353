import { mkdirSync, writeFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { channel, personalChat } from "./cast.ts";
import { type Client, type Clients, startClients } from "./client.ts";
import { install, pressAs } from "./http.ts";
import { type Programs, startPrograms } from "./programs.ts";

/**
 * Holdpoint, started as an operator starts it, in Microsoft's own Teams client. One escalation from
 * the webhook to the decision; the pictures of it are in the folder below. Chidi decides, Bob is on
 * call, Frank may do neither.
 */

const pictures = "test-results/playground";

let programs: Programs;
let clients: Clients;
let chidi: Client;
let frank: Client;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  programs = await startPrograms();
  clients = await startClients();
  chidi = await clients.open("chidi");
  frank = await clients.open("frank");
});

afterAll(async () => {
  await clients?.close();
  await programs?.close();
  writeFileSync(`${pictures}/programs.log`, programs?.logs() ?? "");
});

const picture = (of: Page | Locator, name: string, style = "") =>
  of.screenshot({ path: `${pictures}/${name}.png`, animations: "disabled", style });

/**
 * A dialog begins between two pixels: without this, the page behind shines through at its edges.
 */
const nothingBehind = "#root { visibility: hidden; }";

const nowhere = { x: 0, y: 0, width: 0, height: 0 };

/** The post of the escalation from its author down to something in it. */
async function pictureTo({ page, post }: Client, last: Locator, name: string) {
  const { x, y } = (await post("HP-1").boundingBox()) ?? nowhere;
  const end = (await last.boundingBox()) ?? nowhere;
  const margin = 12;
  const width = end.x + end.width + margin - x;
  const height = end.y + end.height + margin - y;
  await page.screenshot({ path: `${pictures}/${name}.png`, clip: { x, y, width, height } });
}

test("installed again and again, it says once in the channel what to do next", async () => {
  await install(channel.id);
  await install(personalChat);

  await expect.poll(() => chidi.posts().count()).toBe(1);
  await expect.poll(() => chidi.posts().first().textContent()).toContain("Holdpoint");
  await picture(chidi.page, "teams-installed");
});

test("a signed webhook becomes a card in the channel, and nobody had to ask", async () => {
  const sample = "examples/signals/signal-jailbreak.json";

  expect(await programs.command("signal", "send", "signals", sample)).toMatchObject({ code: 0 });

  await chidi.card("HP-1").waitFor();
  const text = await chidi.card("HP-1").textContent();
  expect(text).toContain("Assistant (production)");
  expect(text).toContain("Decides: Chidi Lindt");
  await picture(chidi.page, "teams-playground");
  await pictureTo(chidi, chidi.card("HP-1"), "teams-card-open");
});

test("who may not acknowledge is told who may, and nobody else sees that", async () => {
  await frank.press("HP-1", "Acknowledge");

  await expect.poll(() => frank.told("HP-1").textContent()).toContain("Bob Okafor");
  expect(await chidi.told("HP-1").count()).toBe(0);
  expect(await frank.card("HP-1").textContent()).not.toContain("Acknowledged by");
  await pictureTo(frank, frank.told("HP-1"), "teams-refused");
});

test("the same press by the person on call counts as theirs: a button never says who presses it", async () => {
  await pressAs("bob", frank.lastPress());

  await expect.poll(() => chidi.card("HP-1").textContent()).toContain("Acknowledged by Bob Okafor");
  await expect.poll(() => frank.card("HP-1").textContent()).toContain("Acknowledged by Bob Okafor");
  await picture(chidi.post("HP-1"), "teams-acknowledged");
});

test("who may not decide gets the form, and its submission is refused in its place", async () => {
  await frank.press("HP-1", "Pause");
  await frank.dialog.getByRole("button", { name: "Pause Assistant (production)" }).click();

  await expect.poll(() => frank.dialog.textContent()).toMatch(/Frank, you cannot .*Chidi Lindt/);
  await picture(frank.page, "teams-refused-form");
  await frank.page.keyboard.press("Escape");
  expect(await chidi.card("HP-1").textContent()).not.toContain("Paused");
});

test("the decider decides in a dialog, and the card changes where it stands, for everybody", async () => {
  const posts = await chidi.posts().count();

  await chidi.press("HP-1", "Pause");
  await chidi.dialog.waitFor();
  await picture(chidi.dialog, "teams-form", nothingBehind);
  await chidi.dialog.getByRole("button", { name: "Pause Assistant (production)" }).click();

  await expect
    .poll(() => chidi.dialog.textContent())
    .toContain("It stays so until two people resume it");
  await chidi.page.keyboard.press("Escape");
  await chidi.dialog.waitFor({ state: "hidden" });
  for (const client of [chidi, frank])
    await expect.poll(() => client.card("HP-1").textContent()).toMatch(/Paused .* by Chidi Lindt/);
  expect(await chidi.posts().count()).toBe(posts);
  expect(await chidi.card("HP-1").textContent()).toContain("Resume");
  await picture(chidi.post("HP-1"), "teams-decided");
  await pictureTo(chidi, chidi.card("HP-1"), "teams-card-decided");
});

test("a command typed with a mention is answered under it", async () => {
  await chidi.say("status assistant-prod");

  await expect.poll(() => chidi.posts().first().textContent()).toContain("paused");
  await picture(chidi.page, "teams-typed");
});

test("it greeted once, the log is whole, and neither page met an error", async () => {
  const greetings = chidi.posts().filter({ hasText: "Holdpoint is here" });
  const folder = `${programs.folder}/log`;

  expect(await programs.command("log", "export", folder)).toMatchObject({ code: 0 });
  expect(await programs.command("log", "verify", folder)).toMatchObject({ code: 0 });
  expect(await greetings.count()).toBe(1);
  expect([...chidi.errors, ...frank.errors]).toEqual([]);
});
