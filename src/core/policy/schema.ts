import { z } from "zod";
import { parseDuration } from "../time.ts";

/** The policy file as people write it. Strict: an unknown key is a mistake. JSON Schema is made from this. */

const says = (error: string) => ({ error });

const id = z
  .string(says("must be text; write it in quotes if it looks like a number"))
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    says("must be lower-case letters, digits, dots, dashes or underscores, at most 63"),
  )
  .refine((name) => name !== "constructor" && name !== "prototype", says("is a reserved word"));

const duration = z
  .string(says("must be a duration like 45s, 10m, 4h, 3d or 2w"))
  .refine(
    (text) => parseDuration(text) !== null,
    says("must be a duration like 45s, 10m, 4h, 3d or 2w"),
  )
  .meta({ pattern: "^[0-9]{1,6}[smhdw]$", examples: ["10m", "4h", "3d"] });

const words = z
  .string()
  .min(1, says("must not be empty"))
  .max(500, says("must be at most 500 characters"));
const wallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, says('must be a time like "09:00", in quotes'));
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, says('must be a date like "2026-11-02", in quotes'));
const dateTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, says('must be like "2026-12-24T09:00", in quotes'));
const weekdayNames = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
const weekday = z.enum(weekdayNames);
const envName = z
  .string()
  .regex(
    /^env:[A-Za-z_][A-Za-z0-9_]*$/,
    says("must name an environment variable, like env:ALERTMANAGER_TOKEN"),
  );
const zone = z.string().describe("IANA time zone, e.g. Europe/London");

/** A person's key, or schedule:<id> for whoever is on call. */
const ref = z.string().describe("a key of people, or schedule:<id>");

const person = z.strictObject({
  name: words,
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,20}$/, says("must be a Slack member id like U0ANA00001, not a handle"))
    .optional(),
  teams: z.uuid(says("must be the person's AAD object id, not an address")).optional(),
});

const recurrence = z.strictObject({
  every: duration.describe("1d, 1w, …"),
  on: weekday.optional(),
  at: wallTime,
  from: date.optional(),
});

const schedule = z.strictObject({
  timezone: zone,
  rotation: z.array(z.string()).min(1, says("must name at least one person")),
  handoff: recurrence,
  overrides: z
    .array(z.strictObject({ person: z.string(), from: dateTime, to: dateTime }))
    .default([]),
});

const scope = z
  .strictObject({ audience: words, tools: z.boolean() })
  .catchall(z.union([z.string().max(200), z.int(), z.boolean()]));

const authority = z.strictObject({
  acknowledge: z.array(ref).min(1, says("must name at least one person or schedule")),
  restrict: z.strictObject({
    decider: ref,
    deputies: z.array(ref).default([]),
    alsoMay: z.array(ref).default([]),
  }),
  widen: z.strictObject({
    decider: ref,
    deputies: z.array(ref).default([]),
    confirm: z.strictObject({
      by: z.array(ref).min(1, says("must name at least one person")),
      people: z.int().min(1, says("must be at least 1: nobody resumes alone")).max(5).default(1),
      notOwner: z.boolean().default(true),
    }),
  }),
  breakGlass: z.array(z.string()).default([]),
});

const days = z.union([
  z
    .string()
    .regex(
      /^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/,
      says("must be like mon-fri, or a list of days"),
    ),
  z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).min(1),
]);

const deployment = z.strictObject({
  name: words,
  model: z.string().max(200).default(""),
  owner: z.string().optional(),
  channel: z.string(),
  starts: z.string().describe("a scope, or paused"),
  scopes: z
    .record(id, scope)
    .refine((all) => Object.keys(all).length > 0, says("must have at least one scope")),
  authority,
  undo: duration.default("10m"),
  hours: z.strictObject({ timezone: zone, days, from: wallTime, to: wallTime }),
  reassess: z.strictObject({
    every: recurrence.optional(),
    within: z.strictObject({
      narrow: duration.default("3d"),
      pause: duration.default("1d"),
      resume: duration.default("30d"),
      keep: duration.default("7d"),
      retest: duration.default("1d"),
      monitor: duration.default("7d"),
    }),
    remind: z.array(duration).default(["1d", "0m"]),
    overdue: z.strictObject({ every: duration }).default({ every: "1d" }),
    on: z.array(z.string().max(100)).default([]),
  }),
});

const response = z.union(
  [z.enum(["retest", "monitor", "pause"]), z.strictObject({ narrow: z.string() })],
  says("must be retest, monitor, pause or { narrow: <scope> }"),
);

const methods = [
  "adversarial-testing",
  "monitoring",
  "incident-review",
  "interpretability",
  "behavioural-audit",
  "targeted-eval",
  "user-report",
  "theory",
] as const;

const trigger = z.strictObject({
  deployments: z.array(z.string()).min(1, says("must name at least one deployment")),
  method: z.enum(methods).describe("line of evidence"),
  when: z.string().min(1).max(4_000).describe("a CEL condition over signal.*"),
  severity: z.enum(["info", "warning", "high", "critical"]),
  response,
  acknowledgeWithin: duration.optional(),
  decideWithin: duration.optional(),
  onTimeout: z.enum(["respond", "pass"]).optional(),
  because: words,
});

const source = z.strictObject({
  type: z.enum(["alertmanager", "inspect", "signal"]),
  deployment: z.string().optional(),
  auth: z.union(
    [
      z.strictObject({ bearer: envName }),
      z.strictObject({ standardWebhooks: z.union([envName, z.array(envName).min(1)]) }),
    ],
    says("must be { bearer: env:NAME } or { standardWebhooks: env:NAME }"),
  ),
  map: z.record(z.string().max(200), z.string()).optional(),
  labels: z.record(z.enum(["deployment", "model", "severity", "metric"]), z.string()).optional(),
});

const channel = z.strictObject({
  slack: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,20}$/, says("must be a Slack channel id like C0RISK0001"))
    .optional(),
  teams: z.string().max(300).optional(),
});

const notify = z.strictObject({
  url: z.url(),
  secret: envName,
  events: z.array(z.string()).min(1),
});
const wake = z.strictObject({
  type: z.literal("pagerduty"),
  routingKey: envName,
  deployments: z.array(z.string()).min(1),
});

export const policySchema = z.strictObject({
  $schema: z.string().optional(),
  holdpoint: z.literal(1, says("must be 1, the version of this format")),
  people: z.record(id, person),
  schedules: z.record(id, schedule).default({}),
  channels: z.record(id, channel),
  deployments: z.record(id, deployment),
  triggers: z.record(id, trigger),
  unmatched: z.strictObject({ channel: z.string() }).optional(),
  sources: z.record(id, source).default({}),
  notify: z.record(id, notify).optional(),
  wake: z.record(id, wake).optional(),
});

/** A policy that has the right shape; its references are checked by `checkPolicy`. */
export type PolicyDoc = z.infer<typeof policySchema>;

export const weekdayNumber = (name: string): 1 | 2 | 3 | 4 | 5 | 6 | 7 => {
  const at = weekdayNames.findIndex((one) => one.startsWith(name.slice(0, 3)));
  return ([1, 2, 3, 4, 5, 6, 7] as const)[at] ?? 1;
};
