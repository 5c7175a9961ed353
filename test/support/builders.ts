import type { Judged } from "../../src/core/escalation/shown-conditions.ts";
import { type Instant, type Millis, type PersonId, personId } from "../../src/core/ids.ts";
import type { SignalEvidence } from "../../src/core/log/entry.ts";
import type { Person } from "../../src/core/people/person.ts";
import type {
  Deployment,
  Policy,
  Response,
  ResponsePart,
  Schedule,
  Trigger,
} from "../../src/core/policy/model.ts";
import { blankSignal, type Signal } from "../../src/core/signal.ts";
import { instantOf } from "../../src/core/time.ts";

/** The example policy's people and rules as plain objects. */

export function minutes(n: number): Millis {
  return n * 60_000;
}
export function hours(n: number): Millis {
  return minutes(n * 60);
}
export function days(n: number): Millis {
  return hours(n * 24);
}

const keys = ["ana", "bob", "chidi", "dana", "erin", "frank", "gina"] as const;
export type Key = (typeof keys)[number];

export const fullNames: Readonly<Record<Key, string>> = {
  ana: "Ana Ruiz",
  bob: "Bob Okafor",
  chidi: "Chidi Lindt",
  dana: "Dana Weiss",
  erin: "Erin Sato",
  frank: "Frank Moreau",
  gina: "Gina Novak",
};

/** The random id of a person of the example; gina is known by name, but no policy names her. */
export function id(key: Key): PersonId {
  return personId(`p_${key}`);
}

/** The key of a person, for tests that read better with it. */
export function keyOf(person: PersonId | ""): string {
  return person.slice(2);
}

export const people: ReadonlyMap<PersonId, Person> = new Map(
  keys.map((key) => [
    id(key),
    {
      id: id(key),
      key,
      name: fullNames[key],
      slack: null,
      teams: null,
      pagerduty: null,
      oidc: null,
    },
  ]),
);

export const oncall: Schedule = {
  id: "model-oncall",
  timezone: "Europe/London",
  rotation: [id("ana"), id("bob")],
  handoff: { every: { count: 1, unit: "weeks" }, on: 1, at: "09:00", from: "2026-11-02" },
  overrides: [
    {
      person: id("bob"),
      from: instantOf("2026-12-24T09:00:00Z"),
      to: instantOf("2026-12-27T09:00:00Z"),
    },
  ],
};

export const assistant: Deployment = {
  id: "assistant-prod",
  name: "Assistant (production)",
  model: "aurora-3",
  owner: id("dana"),
  channel: "model-risk",
  starts: "full",
  scopes: [
    { id: "full", audience: "everyone", tools: true, more: {} },
    { id: "no-tools", audience: "everyone", tools: false, more: {} },
    { id: "staff", audience: "staff", tools: false, more: {} },
  ],
  authority: {
    acknowledge: ["schedule:model-oncall"],
    restrict: {
      decider: id("chidi"),
      deputies: [id("erin")],
      alsoMay: ["schedule:model-oncall", id("dana")],
    },
    widen: {
      decider: id("chidi"),
      deputies: [id("erin")],
      confirm: { by: [id("erin"), id("frank")], people: 1, notOwner: true },
    },
    breakGlass: [id("frank")],
  },
  severities: new Map(),
  undo: minutes(10),
  hours: { timezone: "Europe/London", days: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" },
  reassess: {
    every: { every: { count: 1, unit: "weeks" }, on: 1, at: "10:00", from: null },
    within: {
      narrow: days(3),
      pause: days(1),
      resume: days(30),
      keep: days(7),
      retest: days(1),
      monitor: days(7),
    },
    remind: [days(1), 0],
    overdueEvery: days(1),
    onOverdue: null,
    on: ["model.changed"],
  },
  enforcement: null,
};

function partOf(response: Response): ResponsePart {
  if (response.kind === "retest") return { kind: "retest", suite: "", by: "", within: null };
  return response.kind === "monitor" ? { kind: "monitor", monitor: "" } : response;
}

const trigger = (parts: Partial<Trigger> & Pick<Trigger, "id" | "response">): Trigger => ({
  deployments: ["assistant-prod"],
  method: "monitoring",
  when: "true",
  severity: "high",
  authority: null,
  shadow: false,
  acknowledgeWithin: minutes(10),
  decideWithin: minutes(30),
  onTimeout: "respond",
  actsFirst: false,
  worseBy: null,
  because: "c_because",
  runbook: "",
  steps: [],
  parts: [partOf(parts.response)],
  title: "",
  unit: "",
  evaluate: () => ({ is: "quiet", because: "" }),
  measureOf: () => null,
  isAbout: () => false,
  isOfValue: false,
  memory: null,
  rule: "",
  ...parts,
});

export const triggers: readonly Trigger[] = [
  trigger({
    id: "jailbreak-rate",
    when: 'signal.metric == "mean" && signal.value > 0.05',
    severity: "critical",
    response: { kind: "narrow", scope: "no-tools" },
  }),
  trigger({
    id: "refusal-collapse",
    response: { kind: "pause" },
    decideWithin: minutes(20),
    onTimeout: "pass",
  }),
  trigger({
    id: "score-unavailable",
    severity: "warning",
    response: { kind: "retest" },
    acknowledgeWithin: hours(1),
    decideWithin: hours(8),
    onTimeout: "pass",
  }),
];

export interface PolicyParts {
  readonly digest?: string;
  readonly deployment?: Deployment;
  readonly triggers?: readonly Trigger[];
  readonly schedules?: readonly Schedule[];
  readonly without?: readonly Key[];
}

/** The example policy with a test's changes. */
export function policyWith(parts: PolicyParts = {}): Policy {
  return {
    digest: parts.digest ?? "policy-1",
    people: new Set(keys.filter((key) => key !== "gina" && !parts.without?.includes(key)).map(id)),
    schedules: new Map((parts.schedules ?? [oncall]).map((schedule) => [schedule.id, schedule])),
    channels: new Map(),
    deployments: new Map([["assistant-prod", parts.deployment ?? assistant]]),
    groups: new Map(),
    triggers: new Map((parts.triggers ?? triggers).map((trigger) => [trigger.id, trigger])),
    readers: null,
    redact: null,
    adoption: null,
    rebind: 86_400_000,
    unmatchedChannel: "model-risk",
    sources: new Map(),
    notify: new Map(),
    wake: new Map(),
    audit: new Map(),
  };
}

type AuthorityParts = {
  readonly restrict?: Partial<Deployment["authority"]["restrict"]>;
  readonly widen?: Partial<Deployment["authority"]["widen"]>;
  readonly acknowledge?: Deployment["authority"]["acknowledge"];
  readonly breakGlass?: Deployment["authority"]["breakGlass"];
};

/** The assistant with other authority rules. */
export function withAuthority(parts: AuthorityParts, deployment = assistant): Deployment {
  return {
    ...deployment,
    authority: {
      acknowledge: parts.acknowledge ?? deployment.authority.acknowledge,
      restrict: { ...deployment.authority.restrict, ...parts.restrict },
      widen: { ...deployment.authority.widen, ...parts.widen },
      breakGlass: parts.breakGlass ?? deployment.authority.breakGlass,
    },
  };
}

export function seenWith(parts: Partial<SignalEvidence> = {}): SignalEvidence {
  return {
    source: "inspect",
    kind: "eval",
    status: "ok",
    metric: "mean",
    value: "0.082",
    threshold: "0.05",
    worse: "higher",
    suite: "jailbreak-nightly",
    scorer: "attack_success",
    samples: "200 of 200",
    signal: "c_signal",
    ...parts,
  };
}

const figureIn = (text: string) => (text === "" ? null : Number(text));

/** The signal of a log entry, as a rule that held judged it. */
export function judgedAs(seen: SignalEvidence, at: Instant): Judged {
  return {
    observed: {
      signal: blankSignal({
        source: seen.source,
        metric: seen.metric,
        suite: seen.suite,
        scorer: seen.scorer,
        kind: seen.kind as Signal["kind"],
        status: seen.status as Signal["status"],
        value: figureIn(seen.value),
        threshold: figureIn(seen.threshold),
        worse: seen.worse as Signal["worse"],
      }),
      condition: [seen.suite, seen.scorer, seen.metric].join("/"),
      occurrence: null,
      caveat: null,
    },
    at,
    verdict: { is: "fired", because: "" },
    limit: figureIn(seen.threshold),
    worse: seen.worse as Signal["worse"],
    isMeasured: true,
    ends: false,
  };
}

/** Tuesday night in London: bob is on call. */
export const tuesdayNight = instantOf("2026-11-24T03:10:00Z");
