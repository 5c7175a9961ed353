import {
  grouped,
  loose,
  strict,
  type Written,
  written,
  writtenPolicy,
  writtenText,
} from "../../../support/histories.ts";
import { threeDeployments } from "../../../support/policies.ts";
import { edited, exampleText } from "../../policy/example.ts";

/** Policies that differ from the example in one thing or another. */
export const policies: readonly Written[] = [
  written,
  strict,
  loose,
  writtenText(threeDeployments(exampleText)),
  grouped,
  writtenPolicy([
    "unmatched: {",
    "groups: { all: [assistant-prod], none: [assistant-prod] }\nunmatched: {",
  ]),
  writtenPolicy([
    "decider: chidi                    # the",
    "decider: schedule:model-oncall # the",
  ]),
  writtenPolicy(["deputies: [erin]                  # request", "deputies: [erin, bob] # request"]),
  writtenPolicy(["owner: dana                           #", "owner: ana #"]),
  writtenPolicy(["      staff:    { audience: staff,    tools: false }\n", ""]),
  writtenPolicy(["audience: staff,    tools: false", "audience: staff,    tools: true"]),
  writtenPolicy(["undo: 10m ", "undo: 1h "]),
  writtenPolicy(["onOverdue: remind ", "onOverdue: pause\n      grace: 1d #"]),
  writtenPolicy(["onOverdue: remind ", "onOverdue: narrow\n      grace: 2d #"]),
  writtenPolicy(["onOverdue: remind ", "onOverdue: { narrow: staff } #"]),
  writtenPolicy(
    ["timezone: Europe/London, days: mon-fri", "timezone: Pacific/Auckland, days: [sun, mon, wed]"],
    ['{ every: 1w, on: monday, at: "10:00" }', '{ every: 2d, at: "02:30", from: "2026-11-01" }'],
  ),
  writtenPolicy(
    [
      "    timezone: Europe/London\n    rotation: [ana, bob]",
      "    timezone: America/New_York\n    rotation: [ana, bob, erin]",
    ],
    [
      '{ every: 1w, on: monday, at: "09:00", from: "2026-11-02" }',
      '{ every: 3h, at: "01:30", from: "2026-11-01" }',
    ],
  ),
  writtenPolicy(["    response: pause\n", "    response: retest\n"]),
  writtenPolicy([
    "    severity: critical                    #",
    "    authority: { restrict: { decider: frank }, widen: { decider: frank, confirm: { by: [bob] } } }\n    severity: critical #",
  ]),
  writtenPolicy([
    "    undo: 10m ",
    "    severities: { high: { authority: { acknowledge: [ana], widen: { deputies: [erin, bob], confirm: { people: 2, by: [erin, frank, ana] } } } } }\n    undo: 10m ",
  ]),
  writtenPolicy([
    "    severity: critical                    #",
    "    repeated: { times: 3, of: 5 }\n    severity: critical #",
  ]),
  writtenPolicy([
    "    severity: critical                    #",
    "    repeated: { times: 5, within: 24h, by: labels.class }\n    severity: critical #",
  ]),
  writtenPolicy(["audience: staff,    tools: false", "compute: evals"]),
  writtenPolicy([
    "response: { narrow: no-tools }",
    "response: [{ retest: { suite: jailbreak-nightly, by: erin, within: 1d } }, { narrow: no-tools }, { monitor: refusals }, retest]",
  ]),
  writtenPolicy(
    ["    severity: critical                    #", "    act: first\n    severity: critical #"],
    ["response: { narrow: no-tools }", "response: { narrow: next }"],
  ),
  writtenPolicy([
    "    severity: critical                    #",
    "    shadow: true\n    severity: critical #",
  ]),
  writtenPolicy(["onTimeout: respond                    #", "onTimeout: pass #"]),
  writtenPolicy([
    "      on: [model.changed",
    "      on: [tools.changed]\n    enforcement: { gateways: [edge, core], confirmWithin: 5m }\n#",
  ]),
  writtenPolicy([
    "# notify: ",
    "rebind: 1h\nnotify: { gateway: { url: 'https://gateway.example.com/', secret: env:A_SECRET, events: [decision.made] } }\n# ",
  ]),
  writtenPolicy(["# notify: ", "adoption: {}\n# notify: "]),
  writtenPolicy(["# notify: ", "adoption: { by: [chidi, erin] }\n# notify: "]),
  writtenPolicy(["# notify: ", "redact: { by: [chidi, erin] }\n# notify: "]),
  writtenPolicy(["# notify: ", "redact: { by: [chidi, erin, bob] }\n# notify: "]),
  writtenPolicy(["# notify: ", "audit: { kept: { directory: /var/lib/audit } }\n# notify: "]),
  writtenPolicy(["alertmanager: { type: alertmanager,", "other: { type: alertmanager,"]),
  writtenPolicy([
    "inspect:      { type: inspect, deployment: assistant-prod,",
    "inspect:      { type: inspect, deployment: assistant-prod, expect: 1d,",
  ]),
  ...["group:all", "model:aurora-3", "group:agents"].map((deployment) =>
    writtenText(
      threeDeployments(
        edited(
          [
            "inspect:      { type: inspect, deployment: assistant-prod,",
            `inspect:      { type: inspect, map: { kai: ${deployment} }, deployment: ${deployment}, expect: [1d, { suite: bio, by: { every: 1w, on: monday, at: "10:00" } }],`,
          ],
          [
            "unmatched: {",
            "groups: { all: [search-beta, assistant-prod], agents: [agents-eu] }\nunmatched: {",
          ],
        ),
      ),
    ),
  ),
];
