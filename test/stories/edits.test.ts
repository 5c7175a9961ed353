import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import type { Json } from "../support/slack-types.ts";

/**
 * A stop is never lost, and never done twice: files, typing errors, edits and quotes, in both
 * chats, over one record.
 */

const bobs = "U0BOB00001";
const ts = "1763868000.000100";

oneDatabase((kind) => {
  test("what a message says is done once, however it is sent and however often it is edited", async () => {
    const world = await openBothWorld(kind);
    const { inSlack, inTeams } = world;
    const decisions = async () =>
      (await world.server().store.entries({ kinds: ["decision.made"], limit: 50 })).length;
    const direct = { type: "message", channel_type: "im", user: bobs, channel: "D0BOB00001", ts };
    const said = (event: Json) => inSlack.post({ event: inSlack.bodies.event(event) });
    const edited = (text: string, before: string): Json => ({
      type: "message",
      subtype: "message_changed",
      channel_type: "im",
      channel: "D0BOB00001",
      message: { ...direct, text, edited: { user: bobs, ts: "1763868060.000000" } },
      previous_message: { ...direct, text: before },
    });
    const first = "pause assistant-prod because see the screenshot";

    await said({ ...direct, text: first, subtype: "file_share", files: [{ id: "F1" }] });
    expect(await world.posture()).toBe("paused");
    expect(await decisions()).toBe(1);
    await said(edited(`${first} of 10:02`, first));
    await world.restart();
    await said(edited(`${first} of 10:03`, `${first} of 10:02`));
    expect(await decisions()).toBe(1);

    const mention = { type: "app_mention", user: bobs, channel: "C0RISK0001", ts };
    const typo = { ...mention, text: "<@U0HOLDPOINT> pasue assistant-prod because it lies" };
    const right = { ...mention, text: "<@U0HOLDPOINT> pause assistant-prod because it lies" };
    await said(typo);
    expect(await decisions()).toBe(1);
    await said({ ...right, edited: { user: bobs, ts: "1763868061.000000" } });
    await said({ ...right, edited: { user: bobs, ts: "1763868062.000000" } });
    expect(await decisions()).toBe(2);
    const other = { ...mention, text: "<@U0HOLDPOINT> pause summariser because it lies" };
    await said({ ...other, edited: { user: bobs, ts: "1763868063.000000" } });
    await world.restart();
    await said({ ...right, edited: { user: bobs, ts: "1763868064.000000" } });
    await said({ ...right, edited: { user: bobs, ts: "1763868064.000000" } });
    const backs = world.slack.ephemerals
      .map((ephemeral) => JSON.stringify(ephemeral))
      .filter((name) => name.includes("you edited the message back to a command"));
    expect(backs).toHaveLength(1);
    expect(backs[0]).toContain("The answer then: ");
    expect(backs[0]).toContain("paused for everyone since");
    expect(await decisions()).toBe(2);

    const about = "resume assistant-prod because that is what <at>Holdpoint</at> will ask for";
    await inTeams.post({ ...inTeams.activities.mention("chidi", ""), text: about });
    const quoted = '<quoted messageId="1795640000002"/> pause assistant-prod because it lies';
    const message = { ...inTeams.activities.direct("chidi", quoted), id: "1795640000009" };
    await inTeams.post(message);
    await inTeams.post({ ...message, type: "messageUpdate" });

    expect(await decisions()).toBe(3);
    expect(await world.server().store.entries({ kinds: ["decision.proposed"], limit: 1 })).toEqual(
      [],
    );
    await world.said();
  });
});
