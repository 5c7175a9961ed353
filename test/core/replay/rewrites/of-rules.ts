import { days, minutes } from "../../../support/builders.ts";
import { type Line, loose } from "../../../support/histories.ts";
import {
  at,
  drop,
  earlier,
  later,
  type Rewrite,
  set,
  without,
} from "../../../support/rewriting.ts";

/** When it was, and under which rules. */
export const ofRules: readonly Rewrite[] = [
  {
    name: "a shadow of a trigger that is none",
    of: "unanswered",
    is: "INCONSISTENT",
    change: (lines) => {
      const index = at(lines, "escalation.opened");
      const { v, origin, at: time, subject, policy } = lines[index] ?? {};
      lines.splice(index, 0, {
        ...{ v, origin, at: time, subject, policy, surface: "webhook", id: "e_shadow" },
        ...{ kind: "trigger.shadowed", actor: { type: "policy" }, deployment: "assistant-prod" },
        ...{ trigger: "jailbreak-rate", verdict: "fired", source: "s" },
        signal: `c_${"0".repeat(64)}`,
      });
      return index;
    },
    says: /jailbreak-rate”, which is no shadow trigger/,
  },
  {
    name: "the response by policy before its time",
    of: "unanswered",
    is: "UNAUTHORIZED",
    change: earlier("decision.made", minutes(5)),
    says: /the policy answers HP-1 before/,
  },
  {
    name: "another cause of the response by policy",
    of: "unanswered",
    is: "INCONSISTENT",
    change: set("decision.made", { cause: "seen, not decided" }),
    says: /says “seen, not decided”; .* “nobody seen”/,
  },
  {
    name: "asked again although it is no worse",
    of: "askedAgain",
    is: "INCONSISTENT",
    change: set("escalation.updated", { worst: "0.055" }),
    says: /asks HP-1 again, and 0\.055 is no worse than 0\.06/,
  },
  {
    name: "asked again from another value than was kept",
    of: "askedAgain",
    is: "INCONSISTENT",
    change: set("escalation.updated", (entry) => ({
      worse: { ...Object(entry["worse"]), was: "0.09" },
    })),
    says: /was not answered with keep at 0\.09/,
  },
  {
    name: "asked again with a longer time to decide",
    of: "askedAgain",
    is: "INCONSISTENT",
    change: set("escalation.updated", (entry) => ({
      worse: { ...Object(entry["worse"]), decideBy: "2026-11-30T03:51:00.000Z" },
    })),
    says: /decided by a time that its trigger does not say/,
  },
  {
    name: "a resume started by whom only the deployment's rules let, after what was closed",
    of: "ruled",
    is: "UNAUTHORIZED",
    change: set("decision.proposed", {
      actor: { type: "person", person: "p_chidi" },
      authority: "widen.decider",
    }),
    says: /p_chidi/,
  },
  {
    name: "a part of the response for somebody else",
    of: "listed",
    is: "INCONSISTENT",
    change: set("decision.made", { by: "p_bob" }),
    says: /the policy decides to retest; its response is narrow/,
  },
  {
    name: "a part of the response that settles",
    of: "listed",
    is: "INCONSISTENT",
    change: set("decision.made", { settles: ["HP-1"] }),
    says: /the policy decides to retest; its response is narrow/,
  },
  {
    name: "a part of the response that is not written",
    of: "listed",
    is: "UNAUTHORIZED",
    change: set("decision.made", { monitor: "something else" }, 2),
    says: /the policy answers HP-1, which waits for no answer/,
  },
  {
    name: "a first act where no trigger acts first",
    of: "unanswered",
    is: "UNAUTHORIZED",
    change: set("decision.made", { authority: "act.first", cause: "at once" }),
    says: /acts first on HP-1, for which no trigger says so/,
  },
  {
    name: "a first act that settles what it asks",
    of: "first",
    is: "INCONSISTENT",
    change: set("decision.made", { settles: ["HP-1"] }),
    says: /settles/,
  },
  {
    name: "a first act that goes further than is written",
    of: "first",
    is: "INCONSISTENT",
    change: set("decision.made", { after: "staff" }),
    says: /its response gives “no-tools”/,
  },
  {
    name: "narrow by one scope, written as by two",
    of: "first",
    is: "INCONSISTENT",
    change: set("escalation.opened", { response: { kind: "narrow", scope: "staff" } }),
    says: /its response is narrow to staff; the trigger says narrow to no-tools/,
  },
  {
    name: "a missed acknowledgement left out",
    of: "unanswered",
    is: "INCONSISTENT",
    change: drop("acknowledge.missed", ["decision.made", 0]),
    says: /nobody acknowledged HP-1 by .*, and no entry before it says so/,
  },
  {
    name: "somebody on call who was not",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", {
      onCall: [{ schedule: "model-oncall", person: "p_ana" }],
    }),
    says: /p_ana is on call by the schedule .* p_bob was/,
  },
  {
    name: "another response by policy than was written",
    of: "unanswered",
    is: "INCONSISTENT",
    change: set("decision.made", { decision: "pause", after: "paused" }),
    says: /the policy decides to pause; its response is narrow/,
  },
  {
    name: "a decision of people written as one by policy",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("decision.made", {
      actor: { type: "policy" },
      people: [],
      cause: "nobody seen",
      authority: "onTimeout.respond",
    }),
    says: /the policy answers HP-1 before/,
  },
  {
    name: "authority passed on before its time",
    of: "passed",
    is: "INCONSISTENT",
    change: earlier("authority.passed", minutes(5)),
    says: /because time passed/,
  },
  {
    name: "authority passed on to somebody else",
    of: "passed",
    is: "INCONSISTENT",
    change: set("authority.passed", { to: "p_frank" }),
    says: /names p_frank to decide/,
  },
  {
    name: "an absence left out",
    of: "away",
    is: "INCONSISTENT",
    change: drop("person.away", ["authority.passed", 0]),
    says: /was away, which no entry before says/,
  },
  {
    name: "a day that does not exist",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { decideBy: "2026-02-30T00:00:00.000Z" }),
    says: /decideBy is "2026-02-30T00:00:00\.000Z"/,
  },
  {
    name: "a second that does not exist",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { decideBy: "2026-11-24T03:00:60.000Z" }),
    says: /decideBy is "2026-11-24T03:00:60\.000Z"/,
  },
  {
    name: "a time in another spelling",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { decideBy: "2026-11-24t03:00:00.000z" }),
    says: /decideBy is "2026-11-24t03:00:00\.000z"/,
  },
  {
    name: "a reminder that was not due",
    of: "overtaken",
    is: "INCONSISTENT",
    change: set("reassessment.reminded", later("due", -minutes(7))),
    says: /no reminder of/,
  },
  {
    name: "a reminder of another date",
    of: "overtaken",
    is: "INCONSISTENT",
    change: set("reassessment.reminded", later("reassessBy", days(1))),
    says: /the date was/,
  },
  {
    name: "an overdue notice left out",
    of: "overtaken",
    is: "INCONSISTENT",
    change: drop("reassessment.overdue", ["reassessment.overdue", 0]),
    says: /is notice 2; the next was 1/,
  },
  {
    name: "a policy that was never adopted",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { policy: loose.policy.digest }),
    says: /is in force, but .* is, since entry 0/,
  },
  {
    name: "a looser policy adopted, that says it loosens nothing",
    of: "adopted",
    is: "INCONSISTENT",
    change: set("policy.adopted", { looser: [] }, 1),
    says: /says that it loosens nothing about .*, but/,
  },
  {
    name: "a looser policy from the start",
    of: "resumed",
    is: "INCONSISTENT",
    change: (lines) => {
      set("policy.adopted", { digest: loose.policy.digest })(lines);
      return 1;
    },
    says: /is in force, but/,
  },
  {
    name: "the adoption of a policy left out",
    of: "adopted",
    is: "INCONSISTENT",
    change: drop("policy.adopted", ["decision.proposed", 0], 1),
    says: /is in force, but/,
  },
  {
    name: "a policy that replaces another than was in force",
    of: "adopted",
    is: "INCONSISTENT",
    change: set("policy.adopted", { before: "" }, 1),
    says: /replaces the policy none/,
  },
  {
    name: "a deployment that starts wider than the policy says",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("policy.adopted", (line) => ({
      started: (line["started"] as Line[]).map((item) => ({ ...item, scope: "no-tools" })),
    })),
    says: /starts “assistant-prod” at “no-tools”/,
  },
  {
    name: "a policy adopted by a gateway",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("policy.adopted", { actor: { type: "gateway" } }),
    says: /never made by a gateway/,
  },
  {
    name: "an id twice",
    of: "resumed",
    is: "INCONSISTENT",
    change: (lines) => {
      const index = at(lines, "decision.made");
      lines[index] = { ...lines[index], id: lines[0]?.["id"] };
      return index;
    },
    says: /has the same id/,
  },
  {
    name: "a surface that is none",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { surface: "fax" }),
    says: /its surface is "fax"/,
  },
  {
    name: "a rule that is none",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { authority: "friend" }),
    says: /its authority is "friend"/,
  },
  {
    name: "a severity that is none",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("escalation.opened", { severity: "mild" }),
    says: /its severity is "mild"/,
  },
  {
    name: "a key left out",
    of: "resumed",
    is: "INCONSISTENT",
    change: without("decision.made", "settles"),
    says: /has no “settles”/,
  },
  {
    name: "a subject that is another than its deployment",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", { subject: "deployment:other" }),
    says: /subject is “deployment:other”|but its deployment/,
  },
  {
    name: "a clock that is ahead of the entry",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", (line) => ({ clock: later("at", 1)(line)["at"] })),
    says: /its clock is written although/,
  },
];
