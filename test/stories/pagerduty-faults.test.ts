import { expect, test } from "vitest";
import { signalSend } from "../../src/cli/signal-send.ts";
import { pagerDutyEvent } from "../sources/pagerduty-events.ts";
import { oneDatabase } from "../support/databases.ts";
import { faultConnection } from "../support/fault-connection.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** Word of a page, while the database fails. */

const secret = "pagerduty-signs-webhooks-with-this-0123456789";
const none = { statement: 0, when: "before", times: 0 } as const;

oneDatabase((kind) => {
  test.each(["before", "after"] as const)(
    "wherever the connection breaks %s a statement, what does not count is said once and the delivery is done with",
    async (when) => {
      const faults = faultConnection();
      const world = await openWorld(kind, {
        wrap: faults.wrap,
        env: { PAGERDUTY_WEBHOOK_SECRET: secret },
        policy: (yaml) =>
          yaml.replace(
            "sources:",
            "sources:\n  pagerduty: { type: pagerduty, auth: { signature: env:PAGERDUTY_WEBHOOK_SECRET } }\n#",
          ),
      });
      const { query } = world.database();
      await world.send("signals", jailbreak());
      const told = async (account: string) => {
        const agent = { id: account, summary: "Mallory", type: "user_reference" };
        const body = pagerDutyEvent(
          "acknowledged",
          { incident_key: "HP-1" },
          { id: account, agent },
        );
        const answer = await signalSend({
          url: world.server().url,
          source: "pagerduty",
          auth: "pagerduty",
          secret,
          body: Buffer.from(JSON.stringify(body)),
          contentType: "application/json",
          now: world.clock.now(),
          id: account,
        });
        await world.settle().catch(() => undefined);
        return answer.ok;
      };

      let statement = 0;
      for (let reached = true; reached; ) {
        statement += 1;
        const account = `PDNO${statement}`;
        faults.plan({ statement, when, times: 1 });
        const stored = await told(account);
        reached = faults.seen() >= statement;
        faults.plan(none);
        // PagerDuty sends again what was not answered with 2xx.
        if (!stored) await told(account);
        await query(
          "update holdpoint.deliveries set leased_until = now() - interval '1 second' where leased_until is not null",
        );
        await query(
          "update holdpoint.outbox set leased_until = case when leased_until is not null then now() - interval '1 second' end, retry_at = null",
        );
        await world.settle();
      }

      const lines = await query(
        "select key, revision from holdpoint.outbox where key like 'elsewhere:%' order by id",
      );
      const accounts = Array.from({ length: statement }, (_, at) => `PDNO${at + 1}`);
      expect(lines.map(([key]) => key)).toEqual(
        accounts.map((account) => `elsewhere:HP-1:${account}`),
      );
      expect(new Set(lines.map(([, revision]) => Number(revision))).size).toBe(1);
      expect(statement).toBeGreaterThan(5);
      const waiting = await query("select 1 from holdpoint.deliveries where evaluated_at is null");
      expect(waiting).toEqual([]);
      expect(await world.kinds()).not.toContain("escalation.acknowledged");
    },
  );
});
