import { z } from "zod";
import { parseDuration } from "../time.ts";

/** The policy file as people write it. Strict: an unknown key is a mistake. docs/policy.schema.json is made from this. */

/** Our words for one mistake, and the last ones about that value: one mistake is said once. */
const says = (error: string) => ({ error, abort: true });

const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    says("must be lower-case letters, digits, dots, dashes or underscores, at most 63"),
  )
  .refine((name) => name !== "constructor" && name !== "prototype", says("is a reserved word"))
  // JavaScript sorts such keys before all others: a scope would lose its place.
  .refine((name) => !/^\d+$/.test(name), says("must have a letter"));

const longest = "520w";
const lengthOf = (text: string): number => parseDuration(text) ?? Number.POSITIVE_INFINITY;

const duration = z
  .string()
  .regex(/^\d{1,6}[smhdw]$/, says("must be a duration like 45s, 10m, 4h, 3d or 2w"))
  .refine((text) => lengthOf(text) <= lengthOf(longest), says(`must be at most ${longest}`))
  .meta({ examples: ["10m", "4h", "3d"] });

const some = duration
  .refine((text) => lengthOf(text) > 0, says("must be longer than nothing"))
  .meta({ examples: ["10m", "4h", "3d"] });

const words = z
  .string()
  .regex(/\S/, says("must not be empty"))
  .max(500, says("must be at most 500 characters"));
const wallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, says('must be a time like "09:00", in quotes'))
  .describe('Wall-clock time, e.g. "09:00"');
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, says('must be a date like "2026-11-02", in quotes'));
const dateTime = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/,
    says('must be like "2026-12-24T09:00", in quotes'),
  )
  .describe('Wall-clock time in the zone of the schedule, e.g. "2026-12-24T09:00"');
const envName = z
  .string()
  .regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/, {
    error: "must name an environment variable, like env:ALERTMANAGER_TOKEN", // not the last word: the union it stands in looks at it to choose its own
  })
  .describe("The environment variable that holds the secret, e.g. env:ALERTMANAGER_TOKEN");
const zone = z.string().describe("IANA time zone, e.g. Europe/London");

const weekdayNames = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
const shortDays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const personKey = z.string().describe("A key of people");
const ref = z.string().describe("A key of people, or schedule:<id> for whoever is on call");
const oneRef = says("must name at least one person or schedule");

const person = z.strictObject({
  name: words.describe("What people call them; never in the log"),
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,20}$/, says("must be a Slack member id like U0ANA00001, not a handle"))
    .describe("Slack member id, e.g. U0ANA00001")
    .optional(),
  teams: z
    .guid(says("must be the person's AAD object id, not an address"))
    .describe("AAD object id of the person")
    .optional(),
});

const recurrence = z.strictObject({
  every: some.describe("Length of the period in whole hours, days or weeks: 12h, 1d, 1w"),
  on: z.enum(weekdayNames).describe("The weekday, where the period is in weeks").optional(),
  at: wallTime,
  from: date.describe("The date the periods are counted from").optional(),
});

const schedule = z.strictObject({
  timezone: zone,
  rotation: z
    .array(personKey)
    .min(1, says("must name at least one person"))
    .describe("Whose turn it is, in this order"),
  handoff: recurrence.describe("When the turn goes to the next person"),
  overrides: z
    .array(z.strictObject({ person: personKey, from: dateTime, to: dateTime }))
    .describe("Somebody else for a while; the end itself no longer counts")
    .default([]),
});

const channel = z.strictObject({
  slack: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,20}$/, says("must be a Slack channel id like C0RISK0001, not a name"))
    .describe("Slack channel id, e.g. C0RISK0001")
    .optional(),
  teams: z
    .string()
    .min(1)
    .max(300)
    .describe("Teams conversation id, e.g. 19:…@thread.tacv2")
    .optional(),
});

const scope = z
  .strictObject({
    audience: words.describe("Who can use it"),
    tools: z.boolean().describe("Whether the model may use tools"),
  })
  .catchall(
    z.union(
      [z.string().max(200), z.int(), z.boolean()],
      says("must be text, a whole number, true or false"),
    ),
  )
  .refine((all) => !("id" in all), {
    error: "is the scope's own name and cannot be a key",
    path: ["id"],
  });

const authority = z.strictObject({
  acknowledge: z.array(ref).min(1, oneRef).describe("Who is asked to say “I have seen it”"),
  restrict: z
    .strictObject({
      decider: ref.describe("The person the card names"),
      deputies: z
        .array(ref)
        .describe("Named next, in this order, when time passes or the decider is away")
        .default([]),
      alsoMay: z.array(ref).describe("May restrict as well, without being named").default([]),
    })
    .describe("Narrow, pause, retest, monitor: any one of these people, at once, at any time"),
  widen: z
    .strictObject({
      decider: ref.describe("Starts a resume; decides to keep"),
      deputies: z
        .array(ref)
        .describe("Start it while the decider is away or once authority has passed")
        .default([]),
      confirm: z.strictObject({
        by: z.array(ref).min(1, oneRef).describe("Who may be the second person"),
        people: z
          .int()
          .min(1, says("must be at least 1: nobody resumes alone"))
          .max(5, says("must be at most 5"))
          .describe("How many more people than the starter")
          .default(1),
        notOwner: z.boolean().describe("The release owner is never one of them").default(true),
      }),
    })
    .describe("Resume and keep: never one person alone for a resume"),
  breakGlass: z
    .array(personKey)
    .describe("May decide alone, by the words breakglass only; always flagged and reviewed")
    .default([]),
});

const dayRange = new RegExp(`^(${shortDays.join("|")})(-(${shortDays.join("|")}))?$`);
const dayWords = says(`must be like mon-fri, or a list of ${shortDays.join(", ")}`);
const days = z
  .union([z.string().regex(dayRange, dayWords), z.array(z.enum(shortDays)).min(1)], dayWords)
  .describe("Working days: mon-fri, or a list like [mon, wed]");

const within = z.strictObject({
  narrow: some.default("3d"),
  pause: some.default("1d"),
  resume: some.default("30d"),
  keep: some.default("7d"),
  retest: some.default("1d"),
  monitor: some.default("7d"),
});

const reassess = z.strictObject({
  every: recurrence.describe("Asked again on this fixed day as well").optional(),
  within: within
    .describe("How long after a decision the question is asked again, at the latest")
    .prefault({}),
  remind: z
    .array(duration)
    .max(20)
    .describe("How long before; whole days are working days, 0m is the moment itself")
    .default(["1d", "0m"]),
  overdue: z
    .strictObject({ every: some })
    .describe("How often it is said that nobody has looked")
    .default({ every: "1d" }),
  on: z
    .array(z.string().min(1).max(100))
    .describe("Changes that ask the question again, e.g. model.changed")
    .default([]),
});

const deployment = z.strictObject({
  name: words.describe("What people call it"),
  model: z.string().max(200).default(""),
  owner: personKey.describe("Release owner: never one of the people behind a resume").optional(),
  channel: z.string().describe("A key of channels"),
  starts: z.string().describe("Posture before the first decision: a scope, or paused"),
  scopes: z
    .record(id, scope)
    .refine((all) => Object.keys(all).length > 0, says("must have at least one scope"))
    .describe("What it may do, widest first; paused is always below the last one"),
  authority,
  undo: duration
    .describe("A mistaken restriction may be taken back by who made it within this time")
    .default("10m"),
  hours: z
    .strictObject({ timezone: zone, days, from: wallTime, to: wallTime })
    .describe("Working hours: reminders fall inside, moved earlier, never later"),
  reassess: reassess.prefault({}),
});

const response = z
  .union(
    [
      z.enum(["retest", "monitor", "pause"]),
      z.strictObject({ narrow: z.string().describe("A scope") }),
    ],
    says("must be retest, monitor, pause or { narrow: <scope> }"),
  )
  .describe("The predefined response");

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
  method: z.enum(methods).describe("Line of evidence"),
  when: z
    .string()
    .min(1, says("must not be empty"))
    .max(4_000)
    .describe('A CEL condition over signal.*, e.g. signal.kind == "alert"'),
  severity: z.enum(["info", "warning", "high", "critical"]),
  response,
  acknowledgeWithin: some.optional(),
  decideWithin: some.optional(),
  onTimeout: z
    .enum(["respond", "pass"])
    .describe(
      "respond: the predefined response, by policy; pass: name the next deputy, then respond",
    )
    .optional(),
  because: words.describe("Why, in words people will read on the card"),
});

/** What a source's `labels:` may take from a label (or, in Alertmanager, an annotation) of another name. */
const labelled = [
  "deployment",
  "model",
  "severity",
  "metric",
  "value",
  "threshold",
  "worse",
  "summary",
  "description",
] as const;

const sourceTypes = [
  "alertmanager",
  "datadog",
  "grafana",
  "inspect",
  "langfuse",
  "mapped",
  "pagerduty",
  "promptfoo",
  "signal",
] as const;

const source = z.strictObject({
  type: z.enum(sourceTypes),
  deployment: z.string().describe("The deployment of signals that do not say theirs").optional(),
  auth: z
    .union(
      [
        z.strictObject({ bearer: envName }),
        z.strictObject({
          standardWebhooks: z.union(
            [envName, z.array(envName).min(1).max(10)],
            says("must name an environment variable, like env:NAME, or a list of them"),
          ),
        }),
      ],
      says("must be { bearer: env:NAME } or { standardWebhooks: env:NAME }"),
    )
    .describe("How the sender proves who it is"),
  map: z
    .record(z.string().max(200), z.string())
    .describe("The sender's name of a deployment → a key of deployments")
    .optional(),
  labels: z
    .partialRecord(z.enum(labelled), z.string().min(1).max(200))
    .describe("Which label carries a field under another name, e.g. deployment: app")
    .optional(),
});

const notify = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an http or https address" }),
  secret: envName,
  events: z.array(z.string().min(1)).min(1, says("must name at least one event")),
});
const wake = z.strictObject({
  type: z.literal("pagerduty"),
  routingKey: envName,
  deployments: z.array(z.string()).min(1, says("must name at least one deployment")),
});

/** The shape of a policy file; what its names mean to each other is checked by `readPolicy`. */
export const policySchema = z.strictObject({
  $schema: z.string().optional(),
  holdpoint: z.literal(1, says("must be 1, the version of this format")),
  people: z.record(id, person).describe("Who exists, and what each chat calls them"),
  schedules: z
    .record(id, schedule)
    .describe("Who is on call: every minute has exactly one person")
    .default({}),
  channels: z.record(id, channel).describe("Where cards are posted"),
  deployments: z.record(id, deployment),
  triggers: z.record(id, trigger).describe("What would make the team act"),
  unmatched: z
    .strictObject({ channel: z.string().describe("A key of channels") })
    .describe("Where signals go that no trigger names, or whose deployment is unknown")
    .optional(),
  sources: z.record(id, source).describe("POST /webhooks/<name>").default({}),
  notify: z.record(id, notify).describe("Who else is told: signed Standard Webhooks").optional(),
  wake: z.record(id, wake).describe("Who rings at night: PagerDuty Events API v2").optional(),
});

/** A policy that has the right shape, with what was left out filled in. */
export type PolicyDoc = z.infer<typeof policySchema>;

/** "monday" or "mon" → 1 … "sunday" → 7 (ISO 8601). */
export const weekdayNumber = (name: string): 1 | 2 | 3 | 4 | 5 | 6 | 7 => {
  const at = weekdayNames.findIndex((one) => one.startsWith(name.slice(0, 3)));
  return ([1, 2, 3, 4, 5, 6, 7] as const)[at] ?? 1;
};
