import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { isSignedWith, type Receiver, receiver } from "../support/receiver.ts";
import { jailbreak, openWorld, type Wishes } from "../support/world.ts";

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** The example policy with endpoints that listen here. */
const telling = (
  endpoints: Readonly<Record<string, Receiver | string>>,
  more: Partial<Wishes> = {},
): Wishes => ({
  env: { GATEWAY_SECRET: secret },
  ...more,
  policy: (yaml) => `${yaml}\nnotify:\n${Object.entries(endpoints).map(entryFor).join("")}`,
});

const entryFor = ([id, at]: readonly [string, Receiver | string]): string =>
  `  ${id}: { url: "${typeof at === "string" ? at : at.url}/hook?x=1", secret: env:GATEWAY_SECRET, events: [decision.made], privateAddresses: ["127.0.0.1"] }\n`;

eachDatabase((kind) => {
  test("a pause tells the gateway once, signed, without a name or a reason, and the card says so", async () => {
    const gateway = await receiver();
    const world = await openWorld(kind, telling({ gateway }));
    await world.send("signals", jailbreak());

    await world.say("chidi", "pause HP-1 because samples look real");

    const [heard, ...more] = gateway.heard;
    const event = JSON.parse(heard?.text ?? "");
    expect([heard?.method, heard?.path, more]).toEqual(["POST", "/hook?x=1", []]);
    expect(heard && isSignedWith(secret, heard)).toBe(true);
    expect(event).toMatchObject({
      specversion: "1.0",
      type: "holdpoint.decision.made",
      source: "holdpoint.test/log",
      id: heard?.headers["webhook-id"],
      subject: "assistant-prod",
      data: { deployment: "assistant-prod", escalation: "HP-1", state: "paused", version: 2 },
    });
    expect(heard?.text).not.toMatch(/chidi|lindt|samples|p_/i);
    expect((await world.card("HP-1")).text).toContain("gateway: told 10:00, not confirmed");
    expect(await world.kinds()).toContain("enforcement.reported");
  });
});
