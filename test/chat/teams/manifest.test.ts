import { readFileSync } from "node:fs";
import { AppManifestUtils } from "@microsoft/app-manifest";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { commands } from "../../../commands/index.ts";
import { pixelsOf } from "../../support/png.ts";

/**
 * src/chat/teams/manifest.json and the icons, held to Microsoft's own schema and to the commands
 * there are.
 */

const folder = "src/chat/teams";
const text = readFileSync(`${folder}/manifest.json`, "utf8");

const command = z.strictObject({ title: z.string(), description: z.string() });
const manifest = z
  .looseObject({
    $schema: z.string(),
    id: z.string(),
    bots: z.tuple([
      z.looseObject({
        botId: z.string(),
        scopes: z.array(z.string()),
        commandLists: z.array(
          z.strictObject({ scopes: z.array(z.string()), commands: z.array(command) }),
        ),
      }),
    ]),
    icons: z.strictObject({ color: z.string(), outline: z.string() }),
  })
  .parse(JSON.parse(text));
const [bot] = manifest.bots;

/** As Microsoft ships it, so that nothing is fetched. */
const schema = JSON.parse(
  readFileSync(
    "node_modules/@microsoft/app-manifest/build/json-schemas/teams/v1.19/MicrosoftTeams.schema.json",
    "utf8",
  ),
);
const failures = (item: unknown): Promise<string[]> =>
  AppManifestUtils.validateAgainstSchema(JSON.parse(JSON.stringify(item)), schema);

describe("the manifest of the Teams app", () => {
  test("is what Microsoft's schema of its version takes", async () => {
    expect(manifest.$schema).toContain("/v1.19/");
    expect(await failures(manifest)).toEqual([]);
  });

  const eleven = Array.from({ length: 11 }, () => ({ title: "pause", description: "pause" }));
  test.each([
    ["without an id", { ...manifest, id: undefined }],
    ["with an id that is none", { ...manifest, id: "holdpoint" }],
    ["with a name that is too long", { ...manifest, name: { short: "h".repeat(31), full: "h" } }],
    ["with an unknown key", { ...manifest, permission: ["identity"] }],
    ["with a scope that is none", { ...manifest, bots: [{ ...bot, scopes: ["tenant"] }] }],
    [
      "with eleven commands",
      {
        ...manifest,
        bots: [{ ...bot, commandLists: [{ scopes: ["team"], commands: eleven }] }],
      },
    ],
    [
      "with a description that is too long",
      {
        ...manifest,
        bots: [
          {
            ...bot,
            commandLists: [
              { scopes: ["team"], commands: [{ title: "pause", description: "p".repeat(129) }] },
            ],
          },
        ],
      },
    ],
  ])("%s would be refused", async (_what, broken) => {
    expect(await failures(broken)).not.toEqual([]);
  });

  test("is one bot for channels, group chats and one person, under the app's own id", () => {
    expect(bot.botId).toBe(manifest.id);
    expect(bot.scopes).toEqual(["team", "groupChat", "personal"]);
    expect(bot.commandLists.map(({ scopes }) => scopes)).toEqual([
      ["team", "groupChat"],
      ["personal"],
    ]);
  });

  test("asks for no permission in a team or chat: it hears what is said to it, and no more", () => {
    expect(manifest).not.toHaveProperty("authorization");
    expect(manifest).not.toHaveProperty("webApplicationInfo");
  });

  test("suggests commands that there are, in the words they describe themselves with", () => {
    const suggested = bot.commandLists.flatMap((list) => list.commands);
    const odd = suggested.filter(({ title, description }) => {
      const found = commands.find(({ name }) => name === title);
      const [usage = "", summary = ""] = description.split(/: (?=[^:]*$)/);
      return usage !== found?.usage || summary === "" || !found.summary.startsWith(summary);
    });

    // no command: the first look, as a card
    expect(odd.map(({ title }) => title)).toEqual(["home"]);
  });

  test("suggests each once, in the order people learn them", () => {
    const order = ["home", ...commands.map(({ name }) => name)];
    for (const { commands: list } of bot.commandLists) {
      const places = list.map(({ title }) => order.indexOf(title));

      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
    }
  });
});

describe("the icons of the Teams app", () => {
  test("the color one is 192 × 192 and leaves nothing transparent", () => {
    const { width, height, pixels } = pixelsOf(readFileSync(`${folder}/${manifest.icons.color}`));

    expect([width, height]).toEqual([192, 192]);
    expect(pixels.every(({ alpha }) => alpha === 255)).toBe(true);
  });

  test("the outline one is 32 × 32, white on nothing", () => {
    const { width, height, pixels } = pixelsOf(readFileSync(`${folder}/${manifest.icons.outline}`));
    const seen = pixels.filter(({ alpha }) => alpha > 0);

    expect([width, height]).toEqual([32, 32]);
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.length).toBeLessThan(pixels.length / 2);
    expect(seen.filter(({ red, green, blue }) => Math.min(red, green, blue) < 250)).toEqual([]);
  });
});
