import { days, hours, minutes } from "../../../support/builders.ts";
import {
  at,
  drop,
  earlier,
  later,
  person,
  type Rewrite,
  repeated,
  set,
} from "../../../support/rewriting.ts";

/** What a decision did, and what it answered. */
export const ofDecisions: readonly Rewrite[] = [
  {
    name: "a narrowing that widens",
    of: "breakGlass",
    is: "UNAUTHORIZED",
    change: set("decision.made", { after: "full" }, 1),
    says: /a decision to narrow and widens “no-tools” to “full”/,
  },
  {
    name: "a pause that leaves something on",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { after: "no-tools" }),
    says: /is a pause, and leaves “no-tools”/,
  },
  {
    name: "a pause that hides what was in force",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { before: "staff" }),
    says: /“staff” was in force before/,
  },
  {
    name: "a scope that the policy does not have",
    of: "breakGlass",
    is: "INCONSISTENT",
    change: set("decision.made", { after: "nothing" }),
    says: /no scope of/,
  },
  {
    name: "a posture version left out",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { version: 5 }),
    says: /makes version 5/,
  },
  {
    name: "a deviation that is not said",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { deviation: "none" }),
    says: /differs from the plan by “none”; .* “stricter”/,
  },
  {
    name: "an escalation settled that was never open",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { settles: ["HP-1", "HP-9"] }),
    says: /settles HP-1, HP-9/,
  },
  {
    name: "an escalation left open that was answered",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { settles: [] }),
    says: /settles nothing; by the rules that is HP-1/,
  },
  {
    name: "a review date moved later",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", later("reassessBy", days(14))),
    says: /is asked again on/,
  },
  {
    name: "a keep without a reason",
    of: "breakGlass",
    is: "INCONSISTENT",
    change: set("decision.made", { reason: "" }, 2),
    says: /without a reason/,
  },
  {
    name: "a keep that changes the posture",
    of: "breakGlass",
    is: "INCONSISTENT",
    change: set("decision.made", { after: "full", version: 4 }, 2),
    says: /yet changes the posture/,
  },
  {
    name: "a decision about a deployment that is none",
    of: "breakGlass",
    is: "INCONSISTENT",
    change: set("decision.made", { deployment: "other", subject: "deployment:other" }),
    says: /“other”, which is no deployment/,
  },
  {
    name: "a pause without the end of the resume that waited",
    of: "overtaken",
    is: "INCONSISTENT",
    change: (lines) => {
      lines.splice(at(lines, "decision.lapsed"), 1);
      return at(lines, "decision.made", 1) + 1;
    },
    says: /ended the resume .* and no entry says so/,
  },
  {
    name: "a request that ended before its time",
    of: "lapsed",
    is: "INCONSISTENT",
    change: earlier("decision.lapsed", hours(5)),
    says: /because its time had passed/,
  },
  {
    name: "another severity",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { severity: "info" }),
    says: /severity is info; the trigger says critical/,
  },
  {
    name: "another response",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { response: { kind: "monitor" } }),
    says: /response is monitor; the trigger says narrow to no-tools/,
  },
  {
    name: "another decider",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { decider: "p_frank" }),
    says: /names p_frank to decide/,
  },
  {
    name: "another time to decide",
    of: "unanswered",
    is: "INCONSISTENT",
    change: set("escalation.opened", later("decideBy", days(1))),
    says: /to be decided by/,
  },
  {
    name: "a trigger that the policy does not have",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { trigger: "made-up" }),
    says: /“made-up”, which is no trigger/,
  },
  {
    name: "an escalation left out",
    of: "resumed",
    is: "INCONSISTENT",
    change: drop("escalation.opened", ["escalation.acknowledged", 0]),
    says: /about HP-1, which is not open/,
  },
  {
    name: "an escalation whose number is left out",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { escalation: "HP-2" }),
    says: /the next number was HP-1/,
  },
  {
    name: "the acknowledgement before the escalation",
    of: "resumed",
    is: "INCONSISTENT",
    change: (lines) => {
      const [opened, acknowledged] = [
        at(lines, "escalation.opened"),
        at(lines, "escalation.acknowledged"),
      ];
      [lines[opened], lines[acknowledged]] = [lines[acknowledged] ?? {}, lines[opened] ?? {}];
      return opened;
    },
    says: /about HP-1, which is not open/,
  },
  {
    name: "an escalation closed that nobody answered",
    of: "passed",
    is: "INCONSISTENT",
    change: (lines) => {
      const index = at(lines, "authority.passed");
      lines.splice(index, 0, {
        ...lines[index],
        id: "e_closed",
        kind: "escalation.closed",
        because: "quiet",
      });
      return index;
    },
    says: /nobody had answered/,
  },
  {
    name: "an escalation closed twice",
    of: "resumed",
    is: "INCONSISTENT",
    change: repeated("escalation.closed"),
    says: /about HP-1, which is not open/,
  },
  {
    name: "an escalation closed in another's name",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("escalation.closed", { actor: person("erin") }),
    says: /in the name of another/,
  },
  {
    name: "an acknowledgement missed before its time",
    of: "unanswered",
    is: "INCONSISTENT",
    change: earlier("acknowledge.missed", minutes(5)),
    says: /had passed, before/,
  },
  {
    name: "a pause counted to a group that the policy does not have",
    of: "together",
    is: "INCONSISTENT",
    change: set("decision.made", { group: { name: "group:others", count: 1 } }),
    says: /said of group:others, to which “assistant-prod” does not belong/,
  },
  {
    name: "a pause counted to a model that it does not run",
    of: "together",
    is: "INCONSISTENT",
    change: set("decision.made", { group: { name: "model:aurora-4", count: 1 } }, 1),
    says: /said of model:aurora-4/,
  },
  {
    name: "a stop of more deployments than there are",
    of: "together",
    is: "INCONSISTENT",
    change: set("decision.made", { group: { name: "model:aurora-3", count: 2 } }, 1),
    says: /one of 2 decisions; model:aurora-3 is 1 deployments/,
  },
  {
    name: "a stop of none",
    of: "together",
    is: "INCONSISTENT",
    change: set("decision.made", { group: { name: "model:aurora-3", count: 0 } }, 1),
    says: /one of 0 decisions/,
  },
  {
    name: "a resume of a whole group",
    of: "together",
    is: "INCONSISTENT",
    change: set("decision.made", { group: { name: "model:aurora-3", count: 1 } }, 2),
    says: /of a group, and no narrow or pause by a person/,
  },
];
