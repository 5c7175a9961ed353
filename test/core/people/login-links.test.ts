import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { announcementsOf } from "../../../src/core/card/announcements.ts";
import { buildCard } from "../../../src/core/card/build-card.ts";
import { confirmation } from "../../../src/core/card/decision-answer.ts";
import { directOf } from "../../../src/core/card/direct-message.ts";
import { historyLine } from "../../../src/core/card/history-line.ts";
import { refusalText } from "../../../src/core/card/refusal-text.ts";
import { lapse } from "../../../src/core/decision/restrict.ts";
import type { EntryId } from "../../../src/core/ids.ts";
import type { Entry } from "../../../src/core/log/entry.ts";
import { spokenBy } from "../../../src/core/people/login-links.ts";
import type { DeploymentState } from "../../../src/core/state/state.ts";
import { plain } from "../../../src/core/words/words.ts";
import {
  assistant,
  hours,
  id,
  type Key,
  minutes,
  policyWith,
  withAuthority,
} from "../../support/builders.ts";
import { Log, of, refused, said, say } from "../../support/core-log.ts";

/**
 * Whoever holds the operator's token can sign in as anybody: what they do is said to be by a link,
 * and a resume waits for a no.
 */

const keys = ["ana", "bob", "chidi", "dana", "erin", "frank"] as const;

/** Everybody is in a chat that asks them. */
function inChat(log: Log): Log {
  for (const key of keys) log.asked.add(id(key));
  return log;
}

function paused(): Log {
  const log = inChat(new Log());
  log.fire("jailbreak-rate");
  said(log, "bob", "pause HP-1");
  return log;
}

function byLink<T>(log: Log, link: EntryId, work: () => T): T {
  log.link = link;
  try {
    return work();
  } finally {
    log.link = null;
  }
}

const card = (log: Log): string =>
  buildCard(log.viewContext, log.escalation("HP-1")).lines.map(plain).join("\n");
const buttons = (log: Log): string =>
  buildCard(log.viewContext, log.escalation("HP-1"))
    .buttons.flat()
    .map(({ label }) => label)
    .join();

const nothingSaid = { verb: "", words: [], reason: "" };

describe("a resume that rests on a login link", () => {
  const agreed = (): Log => {
    const log = paused();
    byLink(log, "e_one", () => said(log, "chidi", "resume HP-1"));
    expect(card(log)).toContain(
      "Chidi Lindt (signed in by a link of the operator) requests resume",
    );
    byLink(log, "e_two", () => said(log, "erin", "resume HP-1"));
    return log;
  };

  test("waits ten minutes when everybody agreed, says so, and then takes effect under the names of both", () => {
    const log = agreed();
    expect(log.scope).toBe("paused");
    expect(card(log)).toContain(
      "Takes effect 03:20 GMT unless Chidi Lindt or Erin Sato says it was not them",
    );
    expect(buttons(log)).not.toContain("esume");
    const [last] = log.entries.slice(-1);
    const [said] = last ? announcementsOf(log.viewContext, last) : [];
    expect(plain(said?.line ?? [])).toContain("Resume to full agreed by Chidi Lindt");
    const notMe = [{ label: "That was not me", command: "notme" }];
    expect(said?.direct).toMatchObject([
      { to: id("chidi"), buttons: notMe },
      { to: id("erin"), buttons: notMe },
    ]);

    expect(log.wait(minutes(10) - 1)).toEqual([]);
    const [made] = of(log.wait(1), "decision.made");

    expect(log.scope).toBe("full");
    expect(made).toMatchObject({
      people: [id("chidi"), id("erin")],
      byLink: [id("chidi"), id("erin")],
      actor: { type: "person", person: id("erin") },
      authority: "widen.decider+widen.confirm",
    });
  });

  test.each([
    ["its starter", "e_one", null],
    ["its confirmer", null, "e_two"],
  ] as const)("waits too where only %s was signed in by one, for them", (_who, start, confirm) => {
    const log = paused();
    log.link = start;
    said(log, "chidi", "resume HP-1");
    log.link = confirm;
    const answer = said(log, "erin", "resume HP-1");
    log.link = null;

    expect(log.scope).toBe("paused");
    const unless = [id(start ? "chidi" : "erin")];
    expect(of(answer, "decision.confirmed")).toMatchObject([{ needs: 0, unless }]);
    expect(confirmation(log.viewContext, answer)).toContain(
      "Everybody needed has approved. Takes effect 03:20 GMT",
    );
  });

  test("is at once where no chat asks them, and says whose link it was", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "bob", "pause HP-1");
    byLink(log, "e_one", () => said(log, "chidi", "resume HP-1"));
    const [made] = byLink(log, "e_two", () =>
      of(said(log, "erin", "resume HP-1"), "decision.made"),
    );

    expect(log.scope).toBe("full");
    expect(made?.byLink).toEqual([id("chidi"), id("erin")]);
  });

  test("waits although no chat asks them, where a policy of the last day took their accounts", () => {
    const log = paused();
    log.asked.clear();
    const body = { kind: "identity.changed", person: id("erin"), what: "changed" } as const;
    log.add([{ actor: { type: "operator" }, body: { ...body, changes: [], deployments: [] } }]);
    said(log, "chidi", "resume HP-1");

    byLink(log, "e_two", () => said(log, "erin", "resume HP-1"));

    expect(log.scope).toBe("paused");
    log.wait(hours(1));
    expect(log.scope).toBe("full");
  });

  test("is dropped by a new escalation, a stop, a no, or somebody who may not any more by then", () => {
    const ends: readonly (readonly [string, (log: Log) => void])[] = [
      ["escalation opened", (log) => void log.fire("refusal-collapse")],
      ["posture changed", (log) => void said(log, "bob", "pause HP-1")],
      [
        "disowned",
        (log) =>
          void log.add(
            lapse(log.situation, "disowned").map((body) => ({
              actor: { type: "person", person: id("erin") },
              body,
            })),
          ),
      ],
      ["authority withdrawn", (log) => log.adopt(policyWith({ digest: "p2", without: ["erin"] }))],
      [
        "authority withdrawn",
        (log) =>
          log.adopt(policyWith({ digest: "p2", deployment: { ...assistant, owner: id("chidi") } })),
      ],
      [
        "authority withdrawn",
        (log) =>
          log.adopt(
            policyWith({
              digest: "p2",
              deployment: withAuthority({
                widen: { confirm: { by: [id("erin"), id("frank")], people: 2, notOwner: true } },
              }),
            }),
          ),
      ],
    ];
    for (const [because, end] of ends) {
      const log = agreed();
      end(log);
      log.wait(minutes(10));

      expect(log.scope, because).toBe("paused");
      expect(of(log.entries, "decision.lapsed")).toMatchObject([{ because }]);
    }
  });

  test("is asked about in vain meanwhile: everybody has agreed", () => {
    const log = agreed();

    const refusal = refused(log, "frank", "resume HP-1");

    expect(refusal).toMatchObject({ refused: "takes-effect-later" });
    expect(
      refusalText(log.viewContext, { refusal, actor: id("frank"), asked: nothingSaid }).text,
    ).toContain("Agreed already by Chidi Lindt and Erin Sato. Takes effect 03:20 GMT");
  });
});

describe("alone by a login link", () => {
  test("a break-glass resume waits as well", () => {
    const log = paused();
    byLink(log, "e_one", () => said(log, "frank", "breakglass resume HP-1"));
    expect(log.scope).toBe("paused");

    log.wait(minutes(10));

    expect(log.scope).toBe("full");
    expect(of(log.entries, "decision.made").at(-1)).toMatchObject({
      breakGlass: true,
      people: [id("frank")],
      byLink: [id("frank")],
      authority: "breakGlass",
    });
  });

  test("nobody takes back what they did elsewhere, but what they did in the same session", () => {
    const log = paused();
    expect(byLink(log, "e_one", () => refused(log, "bob", "undo HP-1"))).toMatchObject({
      because: "by-link",
    });
    said(log, "bob", "undo HP-1");

    byLink(log, "e_one", () => said(log, "bob", "pause HP-1"));
    expect(card(log)).toContain("by Bob Okafor (on call) (signed in by a link of the operator)");
    byLink(log, "e_one", () => said(log, "bob", "undo HP-1"));

    expect(log.scope).toBe("full");
  });

  test("what is said from an account that was linked by one is said to be, and is offered no undo of what was done elsewhere", () => {
    const log = paused();
    const offered = (link: EntryId | null) => {
      const situation = spokenBy(log.situation, link);
      const told = directOf({ ...log.viewContext, situation }, log.escalation("HP-1"), id("bob"));
      return told.buttons.map(({ label }) => label).join();
    };
    expect(offered(null)).toContain("Undo");
    expect(offered("e_one")).not.toContain("Undo");

    log.surface = "teams";
    byLink(log, "e_one", () => said(log, "chidi", "resume HP-1"));
    expect(card(log)).toContain(
      "Chidi Lindt (from an account linked by a link of the operator) requests resume",
    );
    log.surface = "console";
    byLink(log, "e_two", () => said(log, "erin", "resume HP-1"));
    log.wait(minutes(10));

    expect(log.scope).toBe("full");
    const [made] = of(log.entries, "decision.made").slice(-1);
    expect(log.state.lastDecision).toMatchObject({
      byLink: [id("chidi"), id("erin")],
      fromLinked: [id("chidi")],
    });
    expect(made && plain(historyLine(log.viewContext, { entry: made, index: 1 }, "UTC"))).toContain(
      "(by a link of the operator)",
    );
  });

  test("a stop from such an account says so on the card", () => {
    const log = inChat(new Log());
    log.fire("jailbreak-rate");
    log.surface = "slack";

    byLink(log, "e_one", () => said(log, "bob", "pause HP-1"));

    expect(card(log)).toContain("(from an account linked by a link of the operator)");
  });

  test("a stop never waits", () => {
    const log = inChat(new Log());
    log.fire("jailbreak-rate");

    byLink(log, "e_one", () => said(log, "bob", "pause HP-1"));

    expect(log.scope).toBe("paused");
  });
});

function sayBy(
  log: Log,
  { who, line, link }: { readonly who: Key; readonly line: string; readonly link: EntryId | null },
): void {
  log.link = link;
  say(log, who, line);
  log.link = null;
}

/** What was resumed by a link in these entries had stood long enough as a proposal. */
function expectWaited(
  log: Log,
  entries: readonly Entry[],
  proposal: DeploymentState["proposal"],
): void {
  for (const made of of(entries, "decision.made")) {
    if (made.decision !== "resume" || !made.byLink || made.undoes !== "") continue;
    expect(proposal?.waits, "it had waited").toBeDefined();
    expect(log.now - (proposal?.waits?.until ?? log.now + 1)).toBeGreaterThanOrEqual(0);
  }
}

describe("whatever is said, by links or not", () => {
  test("nothing widens by somebody's link before ten minutes in which they could say no", () => {
    const step = fc.oneof(
      fc.record({
        who: fc.constantFrom<Key>(...keys),
        line: fc.constantFrom(
          "pause HP-1",
          "resume HP-1",
          "breakglass resume HP-1",
          "undo HP-1",
          "keep HP-1",
        ),
        link: fc.constantFrom(null, null, "e_one", "e_two"),
      }),
      fc.constantFrom(minutes(1), minutes(4), minutes(11)),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 25 }), (steps) => {
        const log = paused();
        for (const step of steps) {
          const before = log.entries.length;
          const { proposal } = log.state;
          if (typeof step === "number") log.wait(step);
          else sayBy(log, step);
          expectWaited(log, log.entries.slice(before), proposal);
        }
        expect(log.link).toBeNull();
      }),
      { numRuns: 400 },
    );
  });
});
