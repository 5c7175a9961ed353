import type { PostureView, Views } from "../../../src/app/ports.ts";
import type { Button, Card, Form } from "../../../src/core/card/card.ts";
import { personId } from "../../../src/core/ids.ts";
import type { Person } from "../../../src/core/people/person.ts";

/** Cards, postures and people as the example policy makes them. */

/** 2026-11-23 03:21 in London. */
export const now = Date.parse("2026-11-23T03:21:00Z");
const minute = 60_000;
const hour = 60 * minute;

const person = (key: string, name: string): Person => ({
  id: personId(`p_${key.padEnd(20, "a")}`),
  key,
  name,
  slack: null,
  teams: null,
  pagerduty: null,
  oidc: null,
});

export const bob = person("bob", "Bob Okafor");
export const chidi = person("chidi", "Chidi Lindt");
const dana = person("dana", "Dana Weiss");
const erin = person("erin", "Erin Sato");
const frank = person("frank", "Frank Moreau");
export const people: readonly Person[] = [bob, chidi, dana, erin, frank];

const named = (person: Person, mention = false) => ({
  person: person.id,
  name: person.name,
  mention,
});

const form = (
  title: string,
  submit: string,
  { reason = "", reasonRequired = false }: Partial<Form> = {},
): Form => ({
  title,
  reason,
  reasonRequired,
  submit,
});

const button = (
  label: string,
  command: string,
  { style, opens }: { readonly style: Button["style"]; readonly opens: Form | null },
): Button => ({ label, command, style, form: opens });

const seen = "Jailbreak classifier 8.2 % (limit 5 %)";

export const openCard: Card = {
  escalation: "HP-142",
  deployment: "assistant-prod",
  version: 7,
  status: "open",
  severity: "critical",
  title: ["🔴 ", { untrusted: "Assistant (production)" }, " · HP-142"],
  lines: [
    [{ untrusted: "Jailbreak classifier" }, " 8.2 % (limit 5 %)"],
    ["400 runs since 03:10"],
    ["Now: open to everyone, tools on"],
    ["Decides: ", named(chidi, true), " until 03:40"],
    ["Without a decision by 03:40, Holdpoint narrows it to no-tools"],
    ["Can narrow or pause: ", named(bob), " (on call), ", named(erin), " or ", named(dana)],
    ["Acknowledged by ", named(bob), " 03:14"],
  ],
  buttons: [
    [
      button("Narrow to no-tools", "narrow HP-142 to no-tools", {
        style: "primary",
        opens: form("Narrow to no-tools", "Narrow Assistant (production) to no-tools", {
          reason: seen,
        }),
      }),
      button("Pause", "pause HP-142", {
        style: "danger",
        opens: form("Pause", "Pause Assistant (production)", { reason: seen }),
      }),
    ],
    [button("Acknowledge", "ack HP-142", { style: "plain", opens: null })],
  ],
  more: [
    {
      heading: "Trigger",
      lines: [
        ["jailbreak-rate (critical)"],
        [
          {
            untrusted:
              'signal.kind == "eval" && signal.status == "ok" && signal.scorer == "attack_success" && signal.metric == "mean" && signal.value > 0.05',
          },
        ],
        [{ untrusted: "Above 5 % the tool-use safety case no longer holds." }],
      ],
    },
    {
      heading: "Evidence",
      lines: [
        [{ untrusted: "eval from inspect, ok, 200/200" }],
        [{ untrusted: "Jailbreak classifier" }, " 8.2 % (limit 5 %)"],
      ],
    },
    {
      heading: "Who can do what now",
      lines: [
        ["Acknowledge: ", named(bob), " (on call)"],
        ["Request a resume: ", named(chidi)],
        ["Approve a resume: ", named(erin), " and ", named(frank)],
        ["In line to decide: ", named(chidi), " then ", named(erin)],
      ],
    },
    {
      heading: "Policy",
      lines: [
        ["assistant-prod: open to everyone, tools on, version 7"],
        ["opened under policy 3f9a0c17b2e4, times in Europe/London"],
      ],
    },
  ],
  notify: [bob.id, chidi.id],
  lockScreen:
    "CRITICAL Assistant (production): jailbreak 8.2 % (limit 5 %). Chidi decides by 03:40, else narrows to no-tools. HP-142",
  openedAt: now - 11 * minute,
};

const again = "Request to resume Assistant (production)";

export const decidedCard: Card = {
  ...openCard,
  version: 8,
  status: "settled",
  title: ["⏸ ", { untrusted: "Assistant (production)" }, " · HP-142"],
  lines: [
    ["Paused 03:19 by ", named(bob), " (on call)"],
    ["“", { untrusted: "8.2 %, samples look real" }, "”"],
    ["Gateway: notified 03:19, not confirmed. Requests already running are not stopped."],
    ["Stricter than the policy (narrow to no-tools)"],
    ["Review due today 17:00: ", named(chidi)],
    ["To resume: ", named(chidi), ", then ", named(erin), " or ", named(frank)],
    ["400 runs since 03:10"],
    ["Record 4212"],
  ],
  buttons: [
    [
      button("Resume…", "resume HP-142", {
        style: "plain",
        opens: form("Resume", again, { reasonRequired: true }),
      }),
      button("Keep paused…", "keep HP-142", {
        style: "plain",
        opens: form("Keep paused", "Keep Assistant (production) paused", { reasonRequired: true }),
      }),
    ],
    [
      button("Undo (until 03:29)", "undo HP-142", {
        style: "plain",
        opens: form("Undo", "Undo for Assistant (production)"),
      }),
    ],
  ],
  lockScreen: "CRITICAL Assistant (production): Paused 03:19 by Bob Okafor (on call) HP-142",
};

const sixty = (start: string): string =>
  `${start} ${"of the northern regional assistants department team".repeat(2)}`.slice(0, 60);

const longPerson = (start: string) => ({
  person: personId(`p_${start.toLowerCase().padEnd(20, "b")}`),
  name: sixty(start),
  mention: false,
});

const longReason =
  "the classifier and the samples both look real to me, three independent raters agree, and the rate doubled since the last model change".repeat(
    3,
  );

/** The longest names a policy may hold, everywhere at once. */
export const longCard: Card = {
  ...openCard,
  escalation: "HP-1420",
  severity: "high",
  title: ["🟠 ", { untrusted: sixty("Deployment") }, " · HP-1420"],
  lines: [
    [{ untrusted: `${sixty("Jailbreak")} ${sixty("classifier")}` }, " 8.2 % (limit 5 %)"],
    ["40000 runs since Mon 16 Nov 03:10"],
    ["Now: narrowed to ", { untrusted: sixty("scope") }, " (everyone, tools off)"],
    ["Decides: ", longPerson("Wilhelmina"), " until 03:40, then ", longPerson("Maximiliana")],
    ["At 03:40 it passes to ", longPerson("Maximiliana"), ", then Holdpoint pauses it"],
    ["Can narrow or pause: ", longPerson("Bartholomew"), " (on call), ", longPerson("Erin")],
    ["Acknowledged by ", longPerson("Bartholomew"), " 03:14 and ", longPerson("Erin"), " 03:15"],
    ["“", { untrusted: longReason }, "”"],
    [longPerson("Wilhelmina"), " requests resume to ", { untrusted: sixty("full") }],
  ],
  buttons: [
    [
      button(`Narrow to ${sixty("scope")}`, "narrow HP-1420 to scope", {
        style: "primary",
        opens: form("Narrow", `Narrow ${sixty("Deployment")} to ${sixty("scope")}`, {
          reason: longReason,
        }),
      }),
      button("Pause", "pause HP-1420", {
        style: "danger",
        opens: form("Pause", `Pause ${sixty("Deployment")}`, { reason: longReason }),
      }),
    ],
    [
      button("Acknowledge", "ack HP-1420", { style: "plain", opens: null }),
      button("Approve resume…", "resume HP-1420", {
        style: "plain",
        opens: form("Approve resume", `Resume ${sixty("Deployment")} to ${sixty("full")}`),
      }),
    ],
  ],
};

/** Text that works against its readers, in every field that comes from outside. */
export const hostile =
  '<script>alert("x")</script>\u202Egnp.exe\u200B"\'><img src=x onerror=alert(1)>&amp;\u0000\uD800';

const foreign = { untrusted: hostile };
const masked = { person: personId("p_maskedmaskedmaskeda"), name: hostile, mention: true };

export const hostileCard: Card = {
  ...openCard,
  escalation: "HP-666",
  deployment: hostile,
  title: ["🔴 ", foreign, " · HP-666"],
  lines: [[foreign], ["Decides: ", masked], ["“", foreign, "”"]],
  buttons: [
    [
      button(hostile, "pause HP-666", {
        style: "danger",
        opens: form(hostile, hostile, { reason: hostile }),
      }),
    ],
  ],
  more: [{ heading: hostile, lines: [[foreign, masked]] }],
  lockScreen: hostile,
};

export const postures: readonly PostureView[] = [
  {
    id: "assistant-prod",
    name: "Assistant (production)",
    state: "open",
    scope: "full",
    words: "open to everyone, tools on",
    since: now - 70 * 24 * hour,
    version: 7,
    reassessBy: now + 7 * 24 * hour,
    overdue: false,
    timezone: "Europe/London",
    proposal: null,
    decision: null,
    buttons: [
      button("Narrow to no-tools", "narrow assistant-prod to no-tools", {
        style: "plain",
        opens: form("Narrow to no-tools", "Narrow Assistant (production) to no-tools"),
      }),
      button("Pause", "pause assistant-prod", {
        style: "danger",
        opens: form("Pause", "Pause Assistant (production)"),
      }),
    ],
  },
  {
    id: "search-beta",
    name: "Search beta",
    state: "narrowed",
    scope: "staff",
    words: "narrowed to staff (staff, tools off)",
    since: now - 9 * 24 * hour,
    version: 3,
    reassessBy: now - 17 * hour,
    overdue: true,
    timezone: "Europe/London",
    proposal: {
      by: "Chidi Lindt",
      to: "full",
      expires: now + 20 * hour,
      told: [],
      waits: null,
      confirmers: ["Erin Sato", "Frank Moreau"],
    },
    decision: {
      kind: "narrow",
      id: "e_narrownarrownarrowaaaa",
      by: ["Chidi Lindt"],
      at: now - 9 * 24 * hour,
      index: 3877,
    },
    buttons: [
      button("Approve resume…", "resume search-beta", {
        style: "primary",
        opens: form("Approve resume", "Resume Search beta to full"),
      }),
      button("Keep narrowed…", "keep search-beta", {
        style: "plain",
        opens: form("Keep narrowed", "Keep Search beta narrowed", { reasonRequired: true }),
      }),
      button("Pause", "pause search-beta", {
        style: "danger",
        opens: form("Pause", "Pause Search beta"),
      }),
    ],
  },
  {
    id: "agents-eu",
    name: "Agents EU",
    state: "paused",
    scope: null,
    words: "paused for everyone",
    since: now - 2 * hour,
    version: 12,
    reassessBy: now + 14 * hour,
    overdue: false,
    timezone: "Europe/Paris",
    proposal: null,
    decision: {
      kind: "pause",
      id: "e_pausepausepausepauseaa",
      by: [],
      at: now - 2 * hour,
      index: 4190,
    },
    buttons: [
      button("Resume…", "resume agents-eu", {
        style: "plain",
        opens: form("Resume", "Request to resume Agents EU", { reasonRequired: true }),
      }),
      button("Keep paused…", "keep agents-eu", {
        style: "plain",
        opens: form("Keep paused", "Keep Agents EU paused", { reasonRequired: true }),
      }),
    ],
  },
];

export const notices: Awaited<ReturnType<Views["notices"]>> = [
  {
    at: now - 7 * minute,
    text: "Assistant (production): HP-142 is open. Chidi Lindt decides.",
    to: ["Chidi Lindt"],
    escalation: "HP-142",
  },
  {
    at: now - 17 * hour,
    text: "Review overdue since Sun 22 Nov 10:00: Search beta, narrowed to staff. Chidi Lindt decides.",
    to: ["Chidi Lindt"],
    escalation: "",
  },
];

/** The longest names to choose from. */
export const longPeople: readonly Person[] = ["Wilhelmina", "Maximiliana", "Bartholomew"].map(
  (start) => ({ ...person(start.toLowerCase(), sixty(start)) }),
);
