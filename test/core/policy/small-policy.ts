import { problemLine, readPolicyText } from "../../../src/policy-file.ts";

/** A policy as small as it can be with one of everything; tests change a line of it. */
export const smallPolicy = `holdpoint: 1
people:
  ana: { name: Ana Ruiz, slack: U0ANA00001 }
  bob: { name: Bob Okafor, slack: U0BOB00001 }
  chidi: { name: Chidi Lindt, slack: U0CHIDI001 }
  dana: { name: Dana Weiss, slack: U0DANA0001 }
  erin: { name: Erin Sato, slack: U0ERIN0001 }
schedules:
  oncall:
    timezone: Europe/London
    rotation: [ana, bob]
    handoff: { every: 1w, on: monday, at: "09:00", from: "2026-11-02" }
    overrides:
      - { person: bob, from: "2026-12-24T09:00", to: "2026-12-27T09:00" }
channels:
  risk: { slack: C0RISK0001 }
deployments:
  assistant:
    name: Assistant
    owner: dana
    channel: risk
    starts: full
    scopes:
      full: { audience: everyone, tools: true }
      staff: { audience: staff, tools: false }
    authority:
      acknowledge: [schedule:oncall]
      restrict: { decider: chidi, deputies: [erin], alsoMay: [dana] }
      widen: { decider: chidi, deputies: [ana], confirm: { by: [erin, bob], people: 1 } }
      breakGlass: [bob]
    undo: 10m
    hours: { timezone: Europe/London, days: mon-fri, from: "09:00", to: "17:00" }
    reassess:
      every: { every: 1w, on: monday, at: "10:00" }
      within: { pause: 1d }
      onOverdue: remind
      on: [model.changed]
triggers:
  jailbreaks:
    deployments: [assistant]
    method: adversarial-testing
    when: signal.kind == "eval" && signal.metric == "mean" && signal.value > 0.05
    severity: high
    response: { narrow: staff }
    acknowledgeWithin: 10m
    decideWithin: 30m
    onTimeout: respond
    because: Above 5 % the safety case no longer holds.
unmatched: { channel: risk }
sources:
  signals: { type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }
wake:
  pager: { type: pagerduty, routingKey: env:PAGER_KEY, deployments: [assistant] }
`;

/** The small policy with texts replaced, each of which it must have. */
export function changed(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the small policy has no “${from}”`);
    return text.replace(from, () => to);
  }, smallPolicy);
}

/** The small policy with one more source, as lines of the file. */
export function withSource(lines: string): string {
  return changed(["sources:\n", `sources:\n${lines}`]);
}

/** What is said of the small policy after a change: levels and places without the file's name. */
export function said(...changes: readonly (readonly [string, string])[]): readonly string[] {
  const read = readPolicyText("p", changed(...changes));
  return (read.ok ? read.warnings : read.problems).map((warning) => problemLine(warning).slice(2));
}
