import { expect, test } from "vitest";
import { oneKind } from "../support/databases.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { startSlackSocket } from "../support/slack-socket.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Socket Mode, for a laptop that Slack cannot reach: the same people and buttons, over a connection
 * that we open.
 */

const socketOnly = { SLACK_APP_TOKEN: "xapp-1-for-tests", SLACK_SIGNING_SECRET: "" };

test("a command over the socket is done and answered, and the start says that this is for development", async () => {
  const socket = await startSlackSocket();
  const world = await openSlackWorld(oneKind(), {
    slack: (slack) => slack.says("socket", { url: socket.url }),
    env: socketOnly,
  });
  await expect.poll(() => socket.isConnected()).toBe(true);
  expect(world.server().lines.join("\n")).toContain("Socket Mode, for development only");
  await world.send("signals", jailbreak());

  const { form } = world.bodies.command("bob", "/pause HP-1 because 8.2 % is real");
  const answer = await socket.send("slash_commands", form);
  await world.settle();

  const { blocks } = answer["payload"] as { blocks?: unknown };
  expect(walkBlocks(blocks).lines.join("\n")).toContain("Paused");
  expect(await world.posture()).toBe("paused");
  expect((await world.post({ form })).status).toBe(404);
});

test("a token that Slack does not take ends the start, in one line that names it", async () => {
  await expect(openSlackWorld(oneKind(), { env: socketOnly })).rejects.toThrow(
    /^SLACK_APP_TOKEN: Slack does not open a socket with it/,
  );
});
