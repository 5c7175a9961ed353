import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

/**
 * A Slack that we did not write, where there is no network but its own: our reading of the protocol
 * has a second witness.
 */

/** Runs a program in a network namespace with nothing in it. */
const [alone, ...withoutNetwork] = ["unshare", "-n"] as const;
const canBeAlone = spawnSync(alone, [...withoutNetwork, "true"]).status === 0;
if (!canBeAlone)
  process.stderr.write(
    "\n*** SKIPPED, because this user may make no network namespace: our client against another Slack\n\n",
  );

const client = "ip link set lo up && exec node --import tsx test/support/slack-emulate-client.ts";

describe.skipIf(!canBeAlone)("against a Slack by other hands", () => {
  test("a card is posted, edited, threaded under and found again; a person is told directly", () => {
    const ran = spawnSync(alone, [...withoutNetwork, "bash", "-c", client], {
      encoding: "utf8",
      timeout: 60_000,
    });

    expect(ran.stderr).toBe("");
    const seen = JSON.parse(ran.stdout);
    expect(seen.told).toEqual([]);
    expect(seen.account).toMatchObject({ is: "member", team: seen.team });
    expect(seen.nobody).toMatchObject({ is: "unknown" });
    expect(seen.cards).toBe(1);
    expect(seen.again).toBe(seen.place);
    expect(seen.text).toBe("CRITICAL Assistant: found again. HP-1");
    expect(seen.metadata).toEqual({
      event_type: "holdpoint_message",
      event_payload: { key: "card:HP-1" },
    });
    expect(seen.thread).toEqual(["seen"]);
    expect(seen.directs).toEqual(["you decide"]);
  }, 180_000);
});
