import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { announcementsOf } from "../../../src/core/card/announcements.ts";
import { buildCard } from "../../../src/core/card/build-card.ts";
import {
  closedByConfirmation,
  report,
  reported,
} from "../../../src/core/escalation/enforcement.ts";
import type { Endpoint } from "../../../src/core/policy/model.ts";
import { plain } from "../../../src/core/words/words.ts";
import { assistant, minutes, policyWith } from "../../support/builders.ts";
import { Log, of, say } from "../../support/core-log.ts";

/**
 * Whether a posture is in force outside: who was told, who confirms, and who is asked when somebody
 * does not.
 */

const seconds = (n: number): number => n * 1_000;

const edges = ["edge-1", "edge-2", "edge-3"];

const guarded = policyWith({
  deployment: {
    ...assistant,
    enforcement: { gateways: edges, confirmWithin: minutes(1) },
  },
});

const gateway: Endpoint = {
  id: "gateway",
  url: "https://gateway.example.com",
  secrets: ["env:GATEWAY_WEBHOOK_SECRET"],
  events: new Set(["decision.made"]),
  deployments: null,
  privateAddresses: [],
};

const told = { ...policyWith(), notify: new Map([["gateway", gateway]]) };

/**
 * A gateway says what it carries out, as the shell lets it: whatever that answers is closed with
 * it.
 */
function says(log: Log, name: string, version: number) {
  const drafts = report(log.situation, name, version);
  if ("is" in drafts) return drafts;
  log.add(drafts);
  for (const escalation of log.state.escalations)
    log.add(closedByConfirmation(log.situation, escalation));
  return drafts;
}

function card(log: Log, id: "HP-1" | "HP-2"): string {
  const { title, lines } = buildCard(log.viewContext, log.escalation(id));
  return [title, ...lines].map(plain).join("\n");
}

function paused(policy = guarded): Log {
  const log = new Log(policy);
  say(log, "bob", "pause because samples look real");
  return log;
}

describe("a card says no more than is known", () => {
  test("nobody is connected: somebody must switch it by hand", () => {
    const log = paused(policyWith());

    expect(card(log, "HP-1")).toContain(
      "⚠ Not enforced: no gateway connected. Apply the change manually.",
    );
  });

  test("an endpoint was told, and says nothing more", () => {
    const log = paused(told);
    const before = card(log, "HP-1");

    log.add([reported("assistant-prod", { gateway: "gateway", what: "told", version: 2 })]);

    expect(before).toContain("gateway: not notified yet");
    expect(card(log, "HP-1")).toMatch(
      /gateway: notified \d\d:\d\d, not confirmed\. Requests already running are not stopped\./,
    );
  });

  test("an endpoint could not be notified", () => {
    const log = paused(told);

    log.add([reported("assistant-prod", { gateway: "gateway", what: "failed", version: 2 })]);

    expect(card(log, "HP-1")).toContain("⚠ gateway could not be notified.");
  });

  test("what was told of an earlier posture says nothing of this one", () => {
    const log = paused(told);

    log.add([reported("assistant-prod", { gateway: "gateway", what: "told", version: 1 })]);

    expect(card(log, "HP-1")).toContain("gateway: not notified yet");
  });

  test("some gateways confirm, then all, to the second; what runs is not stopped", () => {
    const log = paused();
    const first = card(log, "HP-1");

    says(log, "edge-1", 2);
    const some = card(log, "HP-1");
    says(log, "edge-2", 2);
    log.now += seconds(2);
    says(log, "edge-3", 2);

    expect(first).toContain("Not confirmed by edge-1, edge-2 and edge-3 yet");
    expect(some).toContain(
      "Confirmed by 1 of 3, not by edge-2 and edge-3. Requests already running are not stopped.",
    );
    expect(card(log, "HP-1")).toMatch(
      /Confirmed by 3 of 3 at \d\d:\d\d:02\. Requests already running are not stopped\./,
    );
  });

  test("where the policy lists no gateway, those that report are the ones that count", () => {
    const log = paused(policyWith());

    says(log, "edge-9", 2);

    expect(card(log, "HP-1")).toContain("Confirmed by 1 of 1");
  });
});

describe("a report", () => {
  test("of the same version again is nothing new", () => {
    const log = paused();
    says(log, "edge-1", 2);

    expect(says(log, "edge-1", 2)).toEqual([]);
    expect(of(log.entries, "enforcement.reported")).toHaveLength(1);
  });

  test("by a gateway the policy does not list is refused with those it does", () => {
    expect(says(paused(), "edge-4", 2)).toEqual({ is: "unknown-gateway", known: edges });
  });

  test("of a version that was never given is refused with the newest", () => {
    expect(says(paused(), "edge-1", 3)).toEqual({ is: "not-yet", current: 2 });
  });

  test("by more strangers than anybody runs is refused", () => {
    const log = paused(policyWith());
    for (let at = 0; at < 50; at += 1) says(log, `edge-${at}`, 2);

    expect(says(log, "edge-50", 2)).toMatchObject({ is: "unknown-gateway" });
    expect(says(log, "edge-49", 1)).not.toHaveProperty("is");
  });

  test("moves no posture, no date and no decision", () => {
    const log = paused();
    const { posture, reassess, lastDecision } = log.state;

    says(log, "edge-1", 2);
    says(log, "edge-1", 1);

    expect(log.state).toMatchObject({ posture, reassess, lastDecision });
  });
});

describe("a posture that is not carried out", () => {
  test("is asked about once the time to confirm is over, and not before", () => {
    const log = paused();
    says(log, "edge-1", 2);

    log.wait(seconds(59));
    const early = of(log.entries, "escalation.opened").length;
    log.wait(seconds(1));

    expect(early).toBe(1);
    const [, asked] = of(log.entries, "escalation.opened");
    expect(asked).toMatchObject({
      trigger: "unconfirmed",
      severity: "critical",
      because: "not confirmed by edge-2, edge-3",
      decideBy: "",
    });
    expect(card(log, "HP-2")).toContain(
      "Not confirmed by edge-2 and edge-3: paused for everyone since",
    );
    expect(buildCard(log.viewContext, log.escalation("HP-2")).lockScreen).toMatch(
      /^CRITICAL .*[Nn]ot confirmed by edge-2 and edge-3.*HP-2$/,
    );
    const said = asked ? announcementsOf(log.viewContext, asked) : [];
    expect(said.map(({ line }) => plain(line)).join()).toContain(
      "HP-2. Not confirmed by edge-2 and edge-3: paused for everyone since",
    );
    expect(said.map(({ line }) => plain(line)).join()).not.toContain("decides");
  });

  test("is asked about once, however long it lasts and whoever has seen it", () => {
    const log = paused();
    log.wait(minutes(2));
    say(log, "bob", "ack HP-2");

    log.wait(minutes(600));

    expect(of(log.entries, "escalation.opened")).toHaveLength(2);
    expect(log.escalation("HP-2").status).toBe("settled");
  });

  test("is over when every gateway confirms, and then the card goes", () => {
    const log = paused();
    log.wait(minutes(2));

    for (const edge of edges) says(log, edge, 2);

    expect(of(log.entries, "escalation.closed")).toMatchObject([
      { escalation: "HP-2", because: "confirmed" },
    ]);
  });

  test("is over when the policy asks no gateway any more", () => {
    const log = paused();
    log.wait(minutes(2));

    log.adopt(policyWith({ digest: "policy-2" }));
    log.wait(seconds(1));

    expect(of(log.entries, "escalation.closed")).toMatchObject([{ because: "confirmed" }]);
  });

  test("holds up no resume: what is paused twice over can still be resumed", () => {
    const log = paused();
    log.wait(minutes(2));

    say(log, "chidi", "resume assistant-prod because the fix is out");
    say(log, "erin", "resume assistant-prod");

    expect(log.scope).toBe("full");
  });

  test("cannot be decided: the answer says what helps", () => {
    const log = paused();
    log.wait(minutes(2));

    expect(say(log, "chidi", "keep HP-2 because enough")).toMatchObject({
      refused: "acknowledge-only",
    });
  });
});

describe("a gateway that drifts", () => {
  const confirmed = (): Log => {
    const log = paused();
    for (const edge of edges) says(log, edge, 2);
    return log;
  };

  test("back to an older version is asked about at once", () => {
    const log = confirmed();

    says(log, "edge-2", 1);

    expect(of(log.entries, "escalation.opened").at(-1)).toMatchObject({
      trigger: "unconfirmed",
      because: "not confirmed by edge-2",
    });
    expect(card(log, "HP-1")).toContain("Confirmed by 2 of 3, not by edge-2");
  });

  test("and comes back ends the question", () => {
    const log = confirmed();
    says(log, "edge-2", 1);

    says(log, "edge-2", 2);

    expect(log.state.escalations.map(({ trigger }) => trigger)).not.toContain("unconfirmed");
  });

  test("a second time is asked about again", () => {
    const log = confirmed();
    for (const version of [1, 2, 1]) says(log, "edge-2", version);

    expect(
      of(log.entries, "escalation.opened").filter(({ trigger }) => trigger === "unconfirmed"),
    ).toHaveLength(2);
  });
});

test("a start posture is not waited for: nobody decided it", () => {
  const log = new Log(guarded);

  log.wait(minutes(10));

  expect(of(log.entries, "escalation.opened")).toEqual([]);
});

test("whatever gateways say in whatever order, at most one such question is open, and it is open only while somebody does not confirm", () => {
  const step = fc.oneof(
    fc.record({ edge: fc.constantFrom(...edges), version: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ wait: fc.integer({ min: 1, max: 300 }) }),
    fc.record({
      line: fc.constantFrom("pause because a", "narrow to staff because b"),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const log = paused();
      for (const step of steps) {
        if ("edge" in step) says(log, step.edge, step.version);
        else if ("wait" in step) log.wait(seconds(step.wait));
        else say(log, "bob", step.line);
      }
      log.wait(seconds(1));

      const asked = log.state.escalations.filter(({ trigger }) => trigger === "unconfirmed");
      const version = log.state.posture?.version;
      const missing = edges.filter(
        (edge) => log.state.carriers[edge]?.applied?.version !== version,
      );
      expect(asked.length).toBeLessThanOrEqual(1);
      if (missing.length === 0) expect(asked).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
