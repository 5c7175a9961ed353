import { instantOf, rfc3339 } from "../../../../src/core/time.ts";
import { days, hours, minutes } from "../../../support/builders.ts";
import type { Line } from "../../../support/histories.ts";
import { policies } from "./any-policy.ts";
import type { Pick } from "./pick.ts";

/** An entry that somebody with the key could have put between two others, true or not. */

const people = ["ana", "bob", "chidi", "dana", "erin", "frank", "gina"].map((key) => `p_${key}`);
const commitment = `c_${"5".repeat(64)}`;

interface Place {
  readonly pick: Pick;
  /** The time of the entry before. */
  readonly now: number;
  /** Ids of entries before. */
  readonly ids: readonly string[];
}

const soon = ({ pick, now }: Place): string =>
  rfc3339(now + pick.of([-days(1), -minutes(1), 0, minutes(9), minutes(10), hours(1), days(1)]));
const escalation = ({ pick }: Place): string => `HP-${1 + pick.below(4)}`;
const earlier = ({ pick, ids }: Place): string => pick.of(ids);
const person = ({ pick }: Place): string => pick.of(people);

type Maker = (place: Place) => Line;

const ofOrg: Readonly<Record<string, Maker>> = {
  "person.away": (place) => ({ person: person(place), until: soon(place) }),
  "session.issued": (place) => ({
    person: person(place),
    expires: soon(place),
    ...place.pick.of([{}, { signIn: { account: "slack", issuer: "https://issuer.example" } }]),
  }),
  "session.used": (place) => ({
    person: person(place),
    issued: earlier(place),
    expires: soon(place),
  }),
  "session.ended": (place) => ({
    person: person(place),
    issued: [earlier(place)],
    because: place.pick.of(["logout", "disowned"]),
  }),
  "identity.bound": (place) => ({
    bound: [{ person: person(place), parts: [{ of: "slack", value: commitment }] }],
  }),
  "identity.changed": (place) => ({
    person: person(place),
    what: place.pick.of(["added", "removed", "changed"]),
    changes: [
      {
        of: place.pick.of(["slack", "name"]),
        before: place.pick.of(["", commitment]),
        after: "c_a",
      },
    ],
    deployments: ["assistant-prod"],
    ...(place.pick.rarely(2) ? { rebind: soon(place) } : {}),
  }),
  "identity.linked": (place) => ({
    person: person(place),
    chat: place.pick.of(["slack", "teams"]),
    account: commitment,
    ...(place.pick.rarely(3) ? { rebind: soon(place) } : {}),
  }),
  "hold.placed": (place) => ({
    what: place.pick.of(["everything", "person", "deployment"]),
    target: place.pick.of(["", person(place)]),
    reason: commitment,
  }),
  "hold.lifted": (place) => ({
    hold: place.pick.of(["e_1", "e_2", "e_added"]),
    reason: commitment,
  }),
  "redaction.asked": (place) => ({
    person: place.pick.of([person(place), ""]),
    entry: place.pick.of(["e_1", "", ""]),
    reason: commitment,
    expires: soon(place),
  }),
  "log.redacted": (place) => ({
    asked: place.pick.of(["e_1", "e_2", "e_3", "e_4"]),
    person: place.pick.of([person(place), ""]),
    entry: "",
    commitments: [commitment],
    reason: commitment,
  }),
  "identity.unlinked": (place) => ({
    person: person(place),
    chat: place.pick.of(["slack", "teams"]),
    because: place.pick.of(["asked", "policy"]),
  }),
  "policy.proposed": (place) => ({
    digest: place.pick.of(policies).policy.digest,
    before: place.pick.of(policies).policy.digest,
    looser: place.pick.of([[], [{ deployment: "assistant-prod", what: "x" }]]),
    person: person(place),
    reason: commitment,
    expires: soon(place),
  }),
  "policy.adopted": (place) => ({
    digest: place.pick.of(policies).policy.digest,
    before: place.pick.of(policies).policy.digest,
    looser: place.pick.of([[], [{ deployment: "assistant-prod", what: "x" }]]),
    started: [],
    ...(place.pick.rarely(2) ? { person: person(place), confirmer: person(place) } : {}),
  }),
};

const opened: Maker = (place) => {
  const { pick } = place;
  const rehearsal = pick.rarely(2);
  return {
    escalation: `HP-${1 + pick.below(4)}`,
    trigger: rehearsal ? "rehearsal" : pick.of(["by-hand", "raised", "unconfirmed", "unmatched"]),
    severity: "warning",
    verdict: "none",
    because: "",
    seen: null,
    reason: "",
    response: pick.of([null, null, { kind: "pause" }]),
    decider: pick.of(["p_chidi", "p_chidi", ""]),
    acknowledgeBy: "",
    decideBy: rehearsal ? soon(place) : "",
    channel: "model-risk",
    ...(pick.rarely(3) ? { about: { source: "s", name: pick.of(["n", commitment]) } } : {}),
  };
};

const ofDeployment: Readonly<Record<string, Maker>> = {
  "escalation.opened": opened,
  "escalation.updated": (place) => ({
    escalation: escalation(place),
    firing: true,
    verdict: "fired",
    worst: "",
    seen: null,
    ...(place.pick.rarely(2) ? { severity: place.pick.of(["info", "critical"]) } : {}),
  }),
  "escalation.acknowledged": (place) => ({ escalation: escalation(place) }),
  "escalation.moved": (place) => ({
    escalation: escalation(place),
    from: "model-risk",
    to: place.pick.of(["model-risk", "elsewhere"]),
  }),
  "escalation.closed": (place) => ({
    escalation: escalation(place),
    because: place.pick.of(["quiet", "undone", "resumed", "confirmed", "matched"]),
  }),
  "acknowledge.missed": (place) => ({ escalation: escalation(place), due: soon(place) }),
  "authority.passed": (place) => ({
    escalation: escalation(place),
    from: person(place),
    to: person(place),
    because: place.pick.of(["time", "away", "unreachable"]),
    decideBy: place.pick.of(["", soon(place)]),
  }),
  "oncall.changed": (place) => ({
    deployment: "assistant-prod",
    escalation: place.pick.of(["", escalation(place)]),
    proposal: place.pick.of(["", earlier(place)]),
    schedule: "model-oncall",
    from: "p_ana",
    to: place.pick.of(["p_ana", "p_bob"]),
    asked: place.pick.of([[], ["decide"], ["acknowledge"]]),
    decider: place.pick.of(["p_chidi", "p_bob"]),
  }),
  "decision.explained": (place) => ({
    deployment: "assistant-prod",
    explains: earlier(place),
    reason: commitment,
  }),
  "decision.denied": (place) => ({
    deployment: "assistant-prod",
    escalation: place.pick.of(["", escalation(place)]),
    asked: place.pick.of(["pause", "resume", "narrow"]),
    because: place.pick.of(["not-authorized", "stranger"]),
  }),
  "decision.lapsed": (place) => ({
    deployment: "assistant-prod",
    proposal: earlier(place),
    because: place.pick.of(["time", "posture changed", "disowned"]),
  }),
  "reassessment.set": (place) => ({
    deployment: "assistant-prod",
    reassessBy: soon(place),
    because: place.pick.of(["asked", "change", "policy"]),
    change: "",
  }),
  "reassessment.warned": (place) => ({
    deployment: "assistant-prod",
    reassessBy: soon(place),
    due: soon(place),
    to: "",
    scope: place.pick.of(["no-tools", "staff", "paused"]),
    takesEffect: soon(place),
  }),
  "reassessment.overdue": (place) => ({
    deployment: "assistant-prod",
    reassessBy: soon(place),
    due: soon(place),
    step: 1 + place.pick.below(2),
    to: "",
    insteadOf: "",
  }),
  "enforcement.reported": (place) => ({
    deployment: "assistant-prod",
    gateway: place.pick.of(["edge", "core", "other"]),
    what: place.pick.of(["told", "failed", "applied"]),
    version: place.pick.below(4),
  }),
  "rehearsal.answered": (place) => ({
    escalation: escalation(place),
    asked: place.pick.of(["", "pause", "resume"]),
    authority: place.pick.of(["", "restrict.decider", "widen.decider", "breakGlass"]),
    reason: "",
  }),
  "retest.followed": (place) => ({
    deployment: "assistant-prod",
    escalation: "",
    retest: earlier(place),
    suite: "jailbreak",
    what: place.pick.of(["complete", "incomplete", "reminded", "missed"]),
    to: "",
    due: "",
    remind: "",
    run: null,
  }),
  "trigger.shadowed": (place) => ({
    deployment: "assistant-prod",
    trigger: place.pick.of(["jailbreak-rate", "refusal-collapse", "none"]),
    verdict: "fired",
    source: "s",
    signal: commitment,
  }),
  "signal.noted": () => ({
    deployment: "assistant-prod",
    what: "test",
    source: "s",
    signal: commitment,
  }),
  "evidence.filed": () => ({}),
};

/** An entry that follows line n. */
export function anyEntry(lines: readonly Line[], n: number, pick: Pick): Line {
  const before = lines[n] ?? {};
  const ids = lines.slice(0, n + 1).map((line) => String(line["id"]));
  const place = { pick, now: instantOf(String(before["at"])), ids };
  const all = pick.rarely(3) ? ofOrg : ofDeployment;
  const kind = pick.of(Object.keys(all));
  const body = all[kind]?.(place) ?? {};
  return {
    v: 1,
    origin: before["origin"],
    at: before["at"],
    id: "e_added",
    kind,
    subject: all === ofOrg ? "org" : "deployment:assistant-prod",
    actor: actorOf(kind, { place, body }),
    surface: pick.of(["console", "console", "slack", "tick"]),
    policy: policyAfter(lines, n),
    ...(pick.rarely(6) ? { link: earlier(place) } : {}),
    ...body,
  };
}

const byOperator = [
  "session.issued",
  "policy.adopted",
  "policy.proposed",
  "identity.bound",
  "identity.changed",
];
const byPerson =
  /^(?:person|session|identity|rehearsal|decision\.(?!lapsed)|reassessment\.set|.*acknowledged)/;

/** Mostly somebody who makes such entries. */
function actorOf(kind: string, { place, body }: { place: Place; body: Line }): Line {
  const { pick } = place;
  const anybody = { type: "person", person: person(place) };
  if (pick.rarely(8))
    return pick.of<Line>([{ type: "policy" }, { type: "operator" }, { type: "gateway" }, anybody]);
  if (byOperator.includes(kind)) return { type: "operator" };
  if (body["what"] === "applied") return { type: "gateway" };
  if (body["trigger"] === "unmatched" || body["trigger"] === "unconfirmed")
    return { type: "policy" };
  if (!byPerson.test(kind) && kind !== "escalation.opened") return { type: "policy" };
  if (body["asked"] === "") return { type: "policy" };
  return typeof body["person"] === "string" && !pick.rarely(4)
    ? { type: "person", person: body["person"] }
    : anybody;
}

/** The policy in force after line n. */
function policyAfter(lines: readonly Line[], n: number): unknown {
  const adopted = lines.slice(0, n + 1).filter((line) => line["kind"] === "policy.adopted");
  return adopted.at(-1)?.["digest"] ?? "";
}
