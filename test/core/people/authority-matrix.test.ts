import { describe, expect, test } from "vitest";
import { refusalText } from "../../../src/core/card/refusal-text.ts";
import type { AuthorityChange, Policy, Trigger } from "../../../src/core/policy/model.ts";
import { isRefusal, type Refusal } from "../../../src/core/state/refusal.ts";
import {
  assistant,
  fullNames,
  id,
  type Key,
  policyWith,
  triggers,
  withAuthority,
} from "../../support/builders.ts";
import { Log, said, say } from "../../support/core-log.ts";

/**
 * Who may do what, written down by hand from the meanings of the policy, not from the program. A
 * word is what the program must answer: yes; no (not authorized); own (as release owner never
 * behind a resume); wide (nothing to widen); mine (one person never completes a resume); none
 * (nothing of theirs to undo).
 */
const actors = ["ana", "bob", "chidi", "dana", "erin", "frank", "gina"] as const;

// Bob is on call, Ana is not. Chidi decides, Erin is the deputy and confirms, Dana owns the release
// and may restrict, Frank confirms and may break the glass, nobody names Gina.
const asWritten = `
posture  | said                    | ana  bob  chidi dana erin frank gina
---------|-------------------------|------------------------------------
open     | ack HP-1                | no   yes  yes   yes  yes  no    no
open     | narrow HP-1 to no-tools | no   yes  yes   yes  yes  no    no
open     | pause                   | no   yes  yes   yes  yes  no    no
open     | resume HP-1 to full     | wide wide wide  wide wide wide  wide
open     | keep HP-1               | no   no   yes   no   no   no    no
open     | retest HP-1             | no   yes  yes   yes  yes  no    no
open     | monitor HP-1            | no   yes  yes   yes  yes  no    no
open     | breakglass pause        | no   no   no    no   no   yes   no
open     | breakglass resume       | wide wide wide  wide wide wide  wide
open     | undo HP-1               | none none yes   none none none  none
narrowed | ack HP-1                | no   yes  yes   yes  yes  no    no
narrowed | narrow HP-1 to no-tools | no   yes  yes   yes  yes  no    no
narrowed | narrow to staff         | no   yes  yes   yes  yes  no    no
narrowed | pause HP-1              | no   yes  yes   yes  yes  no    no
narrowed | resume HP-1 to full     | no   no   yes   own  no   no    no
narrowed | confirm                 | no   no   mine  own  yes  yes   no
narrowed | keep HP-1               | no   no   yes   no   no   no    no
narrowed | retest HP-1             | no   yes  yes   yes  yes  no    no
narrowed | monitor                 | no   yes  yes   yes  yes  no    no
narrowed | breakglass pause HP-1   | no   no   no    no   no   yes   no
narrowed | breakglass resume to full | no no   no    own  no   yes   no
narrowed | undo HP-1               | none none yes   none none none  none
paused   | ack HP-1                | no   yes  yes   yes  yes  no    no
paused   | narrow HP-1             | no   yes  yes   yes  yes  no    no
paused   | pause                   | no   yes  yes   yes  yes  no    no
paused   | resume to full          | no   no   yes   own  no   no    no
paused   | confirm                 | no   no   mine  own  yes  yes   no
paused   | keep HP-1               | no   no   yes   no   no   no    no
paused   | retest HP-1             | no   yes  yes   yes  yes  no    no
paused   | monitor HP-1            | no   yes  yes   yes  yes  no    no
paused   | breakglass narrow       | no   no   no    no   no   yes   no
paused   | breakglass keep         | no   no   no    no   no   yes   no
paused   | breakglass resume to staff | no no  no    own  no   yes   no
paused   | undo HP-1               | none none none  none none none  none`;

// Since it opened, a policy was adopted that takes Chidi and the person on call out, names Erin to
// decide, lets Frank alone confirm and nobody break the glass. With the named decider gone, the
// pinned deputy stands in.
const takenAway = `
posture  | said                    | ana  bob  chidi dana erin frank gina
---------|-------------------------|------------------------------------
open     | ack HP-1                | no   no   no    yes  yes  no    no
open     | narrow HP-1 to no-tools | no   no   no    yes  yes  no    no
open     | pause                   | no   no   no    yes  yes  no    no
open     | keep HP-1               | no   no   no    no   yes  no    no
open     | retest HP-1             | no   no   no    yes  yes  no    no
open     | monitor                 | no   no   no    yes  yes  no    no
open     | breakglass pause        | no   no   no    no   no   no    no
open     | undo HP-1               | none none none  none yes  none  none
narrowed | pause HP-1              | no   no   no    yes  yes  no    no
narrowed | resume HP-1 to full     | no   no   no    own  yes  no    no
narrowed | confirm                 | no   no   no    own  mine yes   no
narrowed | keep                    | no   no   no    no   yes  no    no
narrowed | breakglass resume to full | no no   no    own  no   no    no
paused   | narrow HP-1             | no   no   no    yes  yes  no    no
paused   | resume to staff         | no   no   no    own  yes  no    no
paused   | confirm                 | no   no   no    own  mine yes   no
paused   | breakglass resume to full | no no   no    own  no   no    no`;

const more = withAuthority({
  acknowledge: ["schedule:model-oncall", id("ana"), id("frank")],
  restrict: {
    deputies: [id("erin"), id("ana")],
    alsoMay: ["schedule:model-oncall", id("dana"), id("frank")],
  },
  widen: {
    deputies: [id("erin"), id("ana")],
    confirm: { by: [id("erin"), id("frank"), id("ana"), id("bob")], people: 1, notOwner: true },
  },
  breakGlass: [id("frank"), id("ana")],
});

const less = withAuthority({
  acknowledge: [],
  restrict: { decider: id("erin"), deputies: [], alsoMay: [id("dana")] },
  widen: {
    decider: id("erin"),
    deputies: [id("frank")],
    confirm: { by: [id("frank")], people: 1, notOwner: true },
  },
  breakGlass: [],
});

// The trigger names Frank to decide and to start a resume, Bob alone to confirm it, and Ana to
// acknowledge. Whoever may stop it by the deployment's rules still may.
const byTrigger = `
posture  | said                    | ana  bob  chidi dana erin frank gina
---------|-------------------------|------------------------------------
open     | ack HP-1                | yes  yes  yes   yes  yes  yes   no
open     | narrow HP-1 to no-tools | no   yes  yes   yes  yes  yes   no
open     | pause                   | no   yes  yes   yes  yes  yes   no
open     | keep HP-1               | no   no   no    no   no   yes   no
open     | retest HP-1             | no   yes  yes   yes  yes  yes   no
open     | breakglass pause        | no   no   no    no   no   yes   no
open     | undo HP-1               | none none none  none none yes   none
narrowed | pause HP-1              | no   yes  yes   yes  yes  yes   no
narrowed | resume HP-1 to full     | no   no   no    own  no   yes   no
narrowed | confirm                 | no   yes  no    own  no   mine  no
narrowed | keep                    | no   no   no    no   no   yes   no
narrowed | breakglass resume to full | no no   no    own  no   yes   no
paused   | narrow HP-1             | no   yes  yes   yes  yes  yes   no
paused   | resume to staff         | no   no   no    own  no   yes   no
paused   | confirm                 | no   yes  no    own  no   mine  no`;

const change: AuthorityChange = {
  acknowledge: [id("ana")],
  restrict: { decider: id("frank") },
  widen: { decider: id("frank"), deputies: [], confirm: { by: [id("bob")] } },
};
const [jailbreak, ...otherTriggers] = triggers as readonly [Trigger, ...Trigger[]];

const tables: readonly {
  rules: string;
  rows: string;
  later: Policy | null;
  starter: Key;
  first?: Policy;
}[] = [
  {
    rules: "the trigger says otherwise than the deployment",
    rows: byTrigger,
    later: null,
    starter: "frank",
    first: policyWith({ triggers: [{ ...jailbreak, authority: change }, ...otherTriggers] }),
  },
  {
    rules: "the severity says otherwise than the deployment",
    rows: byTrigger,
    later: null,
    starter: "frank",
    first: policyWith({
      deployment: { ...assistant, severities: new Map([["critical", change]]) },
    }),
  },
  {
    rules: "the trigger says otherwise than the severity",
    rows: byTrigger,
    later: null,
    starter: "frank",
    first: policyWith({
      deployment: {
        ...assistant,
        severities: new Map([["critical", { widen: { decider: id("erin") } }]]),
      },
      triggers: [{ ...jailbreak, authority: change }, ...otherTriggers],
    }),
  },
  { rules: "the rules it opened under still hold", rows: asWritten, later: null, starter: "chidi" },
  {
    rules: "a later policy takes authority away",
    rows: takenAway,
    later: policyWith({ digest: "less", deployment: less }),
    starter: "erin",
  },
  {
    rules: "a later policy adds authority, which does not count here",
    rows: asWritten,
    later: policyWith({ digest: "more", deployment: more }),
    starter: "chidi",
  },
];

const starts: Readonly<Record<string, string>> = {
  open: "full",
  narrowed: "no-tools",
  paused: "paused",
};

const cellsOf = (rows: string) =>
  rows
    .trim()
    .split("\n")
    .slice(2)
    .flatMap((row) => {
      const [posture = "", line = "", words = ""] = row.split("|").map((part) => part.trim());
      const answers = words.split(/\s+/);
      const may = actors.filter((_, at) => answers[at] === "yes");
      return actors.map((actor, at) => ({ posture, line, actor, may, answer: answers[at] ?? "" }));
    });

/**
 * One escalation open, the posture as said, the later policy adopted, and what the line needs
 * before it.
 */
function given(posture: string, line: string, table: (typeof tables)[number]): Log {
  const first = table.first ?? policyWith();
  const own = first.deployments.get("assistant-prod") ?? assistant;
  const deployment = { ...own, starts: starts[posture] ?? "" };
  const log = new Log({ ...first, deployments: new Map([["assistant-prod", deployment]]) });
  log.fire("jailbreak-rate");
  if (table.later) log.adopt(table.later);
  if (line === "confirm") said(log, table.starter, "resume to full");
  if (line.startsWith("undo")) said(log, table.starter, "pause");
  return log;
}

function answerOf(outcome: object): string {
  if (!isRefusal(outcome)) return "yes";
  switch (outcome.refused) {
    case "not-authorized":
      return outcome.bar === "owner" ? "own" : "no";
    case "already-widest":
      return "wide";
    case "waits-for-second":
      return "mine";
    case "no-undo":
      return "none";
    default:
      return outcome.refused;
  }
}

/**
 * The people a refusal for lack of authority names as those who can, without the one who must not
 * be asked again.
 */
function namedIn(refusal: Refusal, line: string): readonly string[] {
  if (refusal.refused !== "not-authorized") return [];
  return [...(line === "confirm" ? refusal.confirmers : refusal.who)].sort();
}

describe.each(tables)("$rules", (table) => {
  test.each(cellsOf(table.rows))(
    "$posture: $actor says $line: $answer",
    ({ posture, line, actor, may, answer }) => {
      const log = given(posture, line, table);

      const outcome = say(log, actor, line === "confirm" ? "resume" : line);

      expect(answerOf(outcome)).toBe(answer);
      if (!isRefusal(outcome) || outcome.refused !== "not-authorized") return;
      expect(namedIn(outcome, line)).toEqual(may.map(id).sort());
      const { text } = refusalText(log.viewContext, {
        refusal: outcome,
        actor: id(actor),
        asked: {
          verb: line,
          words: [],
          reason: "",
        },
      });
      if (may.length === 0) expect(text).toContain("nobody");
      for (const person of may) expect(text).toContain(fullNames[person]);
    },
  );
});
