import { readFileSync } from "node:fs";
import type { AppsManifestCreateArguments } from "@slack/web-api";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { commands } from "../../../commands/index.ts";
import { scopes } from "../../../src/chat/slack/doctor/scopes.ts";

/**
 * manifest.json, held to Slack's own type, its documented limits, the commands there are and the
 * scopes that are explained.
 */

type Manifest = AppsManifestCreateArguments["manifest"];
type Part<Key extends keyof Manifest> = NonNullable<Manifest[Key]>;
type BotScopes = NonNullable<NonNullable<Part<"oauth_config">["scopes"]>["bot"]>;
type BotEvents = NonNullable<NonNullable<Part<"settings">["event_subscriptions"]>["bot_events"]>;

const scope = z.enum([
  "chat:write",
  "commands",
  "app_mentions:read",
  "users:read",
  "im:write",
  "im:history",
  "channels:read",
  "groups:read",
  "channels:history",
  "groups:history",
] satisfies BotScopes);
const event = z.enum([
  "app_mention",
  "app_home_opened",
  "channel_id_changed",
  "message.im",
] satisfies BotEvents);

const ourUrl = z.literal("https://holdpoint.example.com/slack/events");
/**
 * https://docs.slack.dev/reference/app-manifest; strict, so that a misspelt or new setting is seen.
 */
const shape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(1), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(174).max(4_000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.literal(true),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.literal(true) }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z
            .string()
            .regex(/^\/[a-z]+$/)
            .max(32),
          url: ourUrl,
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().min(1).max(1_000),
          should_escape: z.literal(true),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(scope) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: ourUrl, bot_events: z.array(event) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: ourUrl }),
    org_deploy_enabled: z.literal(false),
    socket_mode_enabled: z.literal(false),
    token_rotation_enabled: z.literal(false),
  }),
});

/** Compiles only while what we parse is what Slack's own type takes. */
const manifest = shape.parse(JSON.parse(readFileSync("manifest.json", "utf8"))) satisfies Manifest;

describe("manifest.json", () => {
  test("asks for mentions, direct messages and the opening of App Home, and no other event", () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(event.options);
  });

  test("asks for exactly the scopes that are explained", () => {
    expect(manifest.oauth_config.scopes.bot).toEqual(scopes.map(({ name }) => name));
  });

  test("has five commands of their own and /holdpoint for all", () => {
    const names = manifest.features.slash_commands.map(({ command }) => command);

    expect(names).toEqual(["/ack", "/narrow", "/pause", "/resume", "/decisions", "/holdpoint"]);
  });

  test("hints at each command as the command itself says it is used", () => {
    const hints = manifest.features.slash_commands
      .filter(({ command }) => command !== "/holdpoint")
      .map(({ command, usage_hint }) => `${command.slice(1)} ${usage_hint}`);

    expect(hints).toEqual(
      hints.map((hint) => commands.find(({ name }) => hint.startsWith(`${name} `))?.usage),
    );
  });
});

describe("README.md", () => {
  test("explains every scope, in the manifest's order and in the words of the program", () => {
    const [, section = ""] = readFileSync("README.md", "utf8").split(
      "### What the app may do in Slack",
    );
    const rows = [...section.matchAll(/^\| `([a-z_]+:?[a-z]*)` \| (.*) \|$/gm)].map(
      ([, name, why]) => ({ name, why }),
    );

    expect(rows.slice(0, scopes.length)).toEqual(scopes.map(({ name, why }) => ({ name, why })));
    expect(rows).toHaveLength(scopes.length);
  });
});
