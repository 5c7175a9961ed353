import { describe, expect, test } from "vitest";
import { said } from "../small-policy.ts";

type Case = readonly [name: string, from: string, to: string, only: string];

/** Each change makes exactly one finding, at its place, with what is allowed. */
const cases = (...all: readonly Case[]) =>
  test.each(all)("%s", (_, from, to, only) => {
    expect(said([from, to])).toEqual([only]);
  });

const people = "(allowed: ana, bob, chidi, dana, erin)";

describe("people", () => {
  cases(
    [
      "two people with one Slack account",
      "U0BOB00001",
      "U0ANA00001",
      "4:28 error: people.bob.slack: is the account of ana: two people cannot share one (line 3)",
    ],
    [
      "two people with one PagerDuty account",
      "ana: { name: Ana Ruiz, slack: U0ANA00001 }\n  bob: { name: Bob Okafor,",
      "ana: { name: Ana Ruiz, slack: U0ANA00001, pagerduty: PANA001 }\n  bob: { name: Bob Okafor, pagerduty: PANA001,",
      "4:28 error: people.bob.pagerduty: is the account of ana: two people cannot share one (line 3)",
    ],
    [
      "an address in place of a PagerDuty account",
      "slack: U0BOB00001 }",
      "slack: U0BOB00001, pagerduty: bob@example.com }",
      "4:47 error: people.bob.pagerduty: must be a PagerDuty user id like PANA001, not an address",
    ],
    [
      "an address in place of a subject",
      "slack: U0BOB00001 }",
      "slack: U0BOB00001, oidc: Bob Okafor }",
      "4:47 error: people.bob.oidc: must be the subject (sub) of their ID token: no spaces",
    ],
    [
      "a person without a chat",
      ", slack: U0BOB00001",
      "",
      "4:3 warning: people.bob: has no chat id: only the console reaches this person",
    ],
  );
});

describe("schedules", () => {
  cases(
    [
      "an unknown zone",
      "timezone: Europe/London\n    rotation",
      "timezone: Europe/Londn\n    rotation",
      "10:5 error: schedules.oncall.timezone: no time zone “Europe/Londn” (allowed: IANA names like Europe/London)",
    ],
    [
      "a person nobody knows",
      "[ana, bob]",
      "[ana, zoe]",
      `11:21 error: schedules.oncall.rotation.1: no person “zoe” ${people}`,
    ],
    [
      "a rotation without a date to count from",
      ', from: "2026-11-02"',
      "",
      '12:5 error: schedules.oncall.handoff: from is missing: whose turn it is counts from a date (allowed: "2026-11-02")',
    ],
    [
      "a date that no calendar has",
      '"2026-11-02"',
      '"2026-02-30"',
      "12:52 error: schedules.oncall.handoff.from: 2026-02-30 is no day of the calendar",
    ],
    [
      "a weekday for days",
      'every: 1w, on: monday, at: "09:00", from',
      'every: 1d, on: monday, at: "09:00", from',
      "12:27 error: schedules.oncall.handoff.on: a weekday needs a period of weeks (allowed: every: 1w)",
    ],
    [
      "an override by nobody",
      "person: bob",
      "person: bobby",
      `14:11 error: schedules.oncall.overrides.0.person: no person “bobby”; did you mean bob? ${people}`,
    ],
    [
      "an override backwards",
      '"2026-12-27T09:00"',
      '"2026-12-23T09:00"',
      "14:9 error: schedules.oncall.overrides.0: ends before it begins",
    ],
    [
      "an override on a day that is none",
      '"2026-12-27T09:00"',
      '"2027-02-29T09:00"',
      "14:50 error: schedules.oncall.overrides.0.to: 2027-02-29 is no day of the calendar",
    ],
    [
      "two overrides at once",
      '"2026-12-27T09:00" }',
      '"2026-12-27T09:00" }\n      - { person: ana, from: "2026-12-26T09:00", to: "2026-12-28T09:00" }',
      "15:9 error: schedules.oncall.overrides.1: overlaps the override from 2026-12-24T09:00: every minute has exactly one person",
    ],
  );

  test("overrides may follow one another without a minute between", () => {
    expect(
      said([
        '"2026-12-27T09:00" }',
        '"2026-12-27T09:00" }\n      - { person: ana, from: "2026-12-27T09:00", to: "2026-12-28T09:00" }',
      ]),
    ).toEqual([]);
  });
});

describe("deployments", () => {
  cases(
    [
      "a channel nobody knows",
      "channel: risk\n    starts",
      "channel: risks\n    starts",
      "21:5 error: deployments.assistant.channel: no channel “risks”; did you mean risk? (allowed: risk)",
    ],
    [
      "a scope called paused",
      "    authority:",
      "      paused: { audience: nobody, tools: false }\n    authority:",
      "26:7 error: deployments.assistant.scopes.paused: paused is always below the last scope and cannot be one",
    ],
    [
      "a start that is no scope",
      "starts: full",
      "starts: half",
      "22:5 error: deployments.assistant.starts: no scope “half”; did you mean full? (allowed: full, staff, paused)",
    ],
    [
      "hours that end before they begin",
      'from: "09:00", to: "17:00"',
      'from: "17:00", to: "09:00"',
      "32:5 error: deployments.assistant.hours: must end after they begin, on the same day",
    ],
    [
      "a zone of hours that is none",
      "hours: { timezone: Europe/London",
      "hours: { timezone: GMT+1",
      "32:14 error: deployments.assistant.hours.timezone: no time zone “GMT+1” (allowed: IANA names like Europe/London)",
    ],
    [
      "a schedule nobody knows",
      "alsoMay: [dana]",
      "alsoMay: [schedule:oncal]",
      "28:63 error: deployments.assistant.authority.restrict.alsoMay.0: no schedule “oncal”; did you mean oncall? (allowed: oncall)",
    ],
    [
      "an owner who starts a resume",
      "widen: { decider: chidi, deputies: [ana]",
      "widen: { decider: chidi, deputies: [dana]",
      "29:43 error: deployments.assistant.authority.widen.deputies.0: dana owns the release and is never one of the people behind a resume",
    ],
    [
      "an owner who confirms",
      "by: [erin, bob]",
      "by: [erin, dana]",
      "29:71 error: deployments.assistant.authority.widen.confirm.by.1: dana owns the release and is never one of the people behind a resume",
    ],
    [
      "nobody but the starter to confirm",
      "by: [erin, bob]",
      "by: [chidi]",
      "29:49 error: deployments.assistant.authority.widen.confirm: a resume that chidi requests could never be completed: 1 more needed, 0 named",
    ],
    [
      "nobody named next",
      "deputies: [erin], ",
      "",
      "28:7 warning: deployments.assistant.authority.restrict: has no deputies: while the decider is away nobody is named next",
    ],
    [
      "an owner who could break the glass",
      "breakGlass: [bob]",
      "breakGlass: [dana]",
      "30:7 warning: deployments.assistant.authority.breakGlass: dana owns the release: by break-glass, too, they may only restrict it",
    ],
  );
});

describe("triggers", () => {
  cases(
    [
      "a name the program gives itself",
      "  jailbreaks:",
      "  by-hand:",
      "39:3 error: triggers.by-hand: by-hand is a name the program gives itself",
    ],
    [
      "a response to a scope that is not there",
      "narrow: staff",
      "narrow: stuff",
      "44:17 error: triggers.jailbreaks.response.narrow: assistant has no scope “stuff”; did you mean staff? (allowed: staff)",
    ],
    [
      "a response that restricts nothing",
      "narrow: staff",
      "narrow: full",
      "44:17 error: triggers.jailbreaks.response.narrow: full is the widest scope of assistant: it would restrict nothing (allowed: staff)",
    ],
    [
      "a condition that cannot be told",
      "signal.value > 0.05",
      "signal.valu > 0.05",
      "42:5 error: triggers.jailbreaks.when: a signal has no field “valu”; did you mean value? Allowed: id, source, kind, status, deployment, model, severity, summary, url, occurredAt, startedAt, labels, metric, value, threshold, worse, suite, scorer, score, stderr, samples, change, reducer, group, atLeast, atMost, age, lower95, upper95, samples.completed, samples.total.",
    ],
    [
      "figures whose sender is not said",
      ' && signal.metric == "mean"',
      "",
      "42:5 warning: triggers.jailbreaks.when: a number is compared without signal.metric: another sender's figures may meet it",
    ],
    [
      "a limit in percent where the unit takes shares",
      "signal.value > 0.05\n",
      "signal.value > 5.0\n    unit: percent\n",
      '43:5 warning: triggers.jailbreaks.unit: percent is for shares of one, and 5 is none: write 0.05, or unit: "%" where values come in percent',
    ],
    [
      "a share where the unit takes percent",
      "signal.value > 0.05\n",
      'signal.value > 0.05\n    unit: "%"\n',
      "43:5 warning: triggers.jailbreaks.unit: % shows 0.05 as 0.05 %: write unit: percent where values are shares of one",
    ],
    [
      "a high trigger that nobody need see",
      "    acknowledgeWithin: 10m\n",
      "",
      "39:3 error: triggers.jailbreaks: acknowledgeWithin is missing: high triggers need it (allowed: a duration like 10m)",
    ],
    [
      "a high trigger that nobody need decide",
      "    decideWithin: 30m\n",
      "",
      "39:3 error: triggers.jailbreaks: decideWithin is missing: high triggers need it (allowed: a duration like 30m)",
    ],
    [
      "no word on what follows when time is up",
      "    onTimeout: respond\n",
      "",
      "39:3 error: triggers.jailbreaks: onTimeout is missing: what happens when nobody decides in time (allowed: respond, pass)",
    ],
  );
});

describe("sources and channels", () => {
  cases(
    [
      "a deployment that is mapped to nothing",
      "{ api: assistant }",
      "{ api: assist }",
      "51:83 error: sources.signals.map.api: no deployment “assist”; did you mean assistant? (allowed: assistant)",
    ],
    [
      "an evaluation source that cannot say whose run it is",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: inspect, auth: { standardWebhooks: env:SIGNALS_SECRET } }",
      "51:3 error: sources.signals: deployment is missing: runs that do not say theirs need one (allowed: assistant)",
    ],
    [
      "a secret in the file",
      "env:SIGNALS_SECRET",
      "whsec_abc",
      "51:36 error: sources.signals.auth.standardWebhooks: must name an environment variable, like env:ALERTMANAGER_TOKEN",
    ],
    [
      "a signature of a sender that does not sign",
      "{ standardWebhooks: env:SIGNALS_SECRET }",
      "{ signature: env:SIGNALS_SECRET }",
      "51:36 error: sources.signals.auth.signature: only grafana, langfuse, pagerduty, promptfoo sign in a way of their own: for signal use standardWebhooks, bearer or header",
    ],
    [
      "a described signature where the vendor's own is known",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: grafana, auth: { hmac: { secret: env:SIGNALS_SECRET, header: X-Sig, encoding: hex } } }",
      "51:37 error: sources.signals.auth.hmac: is for sources of type mapped: for grafana use signature",
    ],
    [
      "acknowledgements in PagerDuty that are nobody's",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: pagerduty, auth: { signature: env:SIGNALS_SECRET } }",
      "51:3 warning: sources.signals: nobody has a pagerduty account: no acknowledgement there counts",
    ],
    [
      "a header everybody sends",
      "{ standardWebhooks: env:SIGNALS_SECRET }",
      "{ header: { name: Host, value: env:SIGNALS_SECRET } }",
      "51:46 error: sources.signals.auth.header.name: must be a header like X-Holdpoint-Token",
    ],
    [
      "a way to prove it that is none",
      "{ standardWebhooks: env:SIGNALS_SECRET }",
      "{ password: env:SIGNALS_SECRET }",
      "51:28 error: sources.signals.auth: must be { bearer: env:NAME }, { standardWebhooks: env:NAME }, { signature: env:NAME }, { header: { name: X-…, value: env:NAME } }, { basic: { username: …, password: env:NAME } } or { hmac: … }",
    ],
    [
      "a channel for the unmatched that is none",
      "unmatched: { channel: risk }",
      "unmatched: { channel: risky }",
      "49:14 error: unmatched.channel: no channel “risky”; did you mean risk? (allowed: risk)",
    ],
    [
      "a channel nothing uses",
      "  risk: { slack: C0RISK0001 }",
      "  risk: { slack: C0RISK0001 }\n  spare: { slack: C0SPARE001 }",
      "17:3 warning: channels.spare: is used by nothing",
    ],
    [
      "a schedule nobody uses",
      "acknowledge: [schedule:oncall]",
      "acknowledge: [ana]",
      "9:3 warning: schedules.oncall: is used by no deployment",
    ],
    [
      "no place for what no rule names",
      "unmatched: { channel: risk }\n",
      "",
      "1:1 warning: holdpoint: there is no unmatched: signals of an unknown deployment are shown in no channel",
    ],
  );
});

describe("a mistake is said once", () => {
  test("what is missing because it was misspelt is not missed as well", () => {
    expect(said(["acknowledgeWithin: 10m", "acknowledgeWithin: ten minutes"])).toEqual([
      "45:5 error: triggers.jailbreaks.acknowledgeWithin: must be a duration like 45s, 10m, 4h, 3d or 2w",
    ]);
    expect(said(["deputies: [erin]", "deputies: erin"])).toEqual([
      "28:35 error: deployments.assistant.authority.restrict.deputies: must be a list, and is “erin” here: write deputies: [erin]",
    ]);
  });

  test("a part set aside for its shape is still there for others to name", () => {
    expect(said(["name: Bob Okafor", "name: 7"])).toEqual([
      "4:10 error: people.bob.name: must be text, and is the number 7 here: write it in quotes",
    ]);
    expect(said(["timezone: Europe/London\n    rotation", "rotation"])).toEqual([
      "9:3 error: schedules.oncall.timezone: is missing",
    ]);
  });
});

describe("whoever is told besides", () => {
  const told = (lines: string): readonly [string, string] => ["wake:\n", `${lines}\nwake:\n`];
  const gateway = (more: string) => told(`notify:\n  gateway: { ${more} }`);

  test("nobody is woken for what is high, and it is said", () => {
    const line =
      "18:3 warning: deployments.assistant: nobody is paged for it: no pager of wake names it, though jailbreaks is high";
    const pager = "deployments: [assistant] }";

    expect(
      said([
        `routingKey: env:PAGER_KEY, ${pager}`,
        `routingKey: env:PAGER_KEY, severities: [critical], ${pager}`,
      ]),
    ).toEqual([line]);
    expect(said(["severity: high", "severity: warning"])).toEqual([]);
  });

  test.each([
    [
      "url: http://a.example.org/, ",
      "53:14 error: notify.gateway.url: must be https: without it only privateAddresses are posted to",
    ],
    [
      "url: https://me:pw@a.example.org/, ",
      "53:14 error: notify.gateway.url: names a user or a password: the signature says who sends",
    ],
    [
      'url: https://a.example.org/, privateAddresses: ["10.0.0.0/40"], ',
      "53:62 error: notify.gateway.privateAddresses.0: “10.0.0.0/40” is no address or block of addresses, like 10.0.4.0/24",
    ],
    [
      "url: https://a.example.org/, deployments: [assistent], ",
      "53:57 error: notify.gateway.deployments.0: no deployment “assistent”; did you mean assistant? (allowed: assistant)",
    ],
  ])("an endpoint with %s", (more, only) => {
    expect(said(gateway(`${more}secret: env:S, events: [decision.made]`))).toEqual([only]);
  });

  test("an endpoint inside may do without TLS", () => {
    const inside = 'url: "http://10.0.4.7/", privateAddresses: ["10.0.4.0/24", "fd00::/8"], ';

    expect(said(gateway(`${inside}secret: env:S, events: [decision.made]`))).toEqual([]);
  });
});
