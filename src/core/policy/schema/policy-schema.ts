import { z } from "zod";
import {
  dateTime,
  duration,
  id,
  recurrence,
  says,
  severity,
  shortDays,
  some,
  wallTime,
  words,
  zone,
} from "./field-schemas.ts";
import { notify, wake } from "./notify-schema.ts";
import { source } from "./source-schema.ts";

/**
 * The policy file as people write it. Strict: an unknown key is a mistake. docs/policy.schema.json
 * is made from this.
 */

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
  pagerduty: z
    .string()
    .regex(/^[PQ][A-Z0-9]{3,25}$/, says("must be a PagerDuty user id like PANA001, not an address"))
    .describe("PagerDuty user id, the end of their profile's address")
    .optional(),
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

const enforcement = z
  .strictObject({
    gateways: z
      .array(id)
      .min(1, says("must name at least one gateway"))
      .max(50, says("must be at most 50"))
      .describe("The systems that carry a posture out, by the names they report under"),
    confirmWithin: some
      .describe("One that has not said so by then makes an escalation")
      .default("1m"),
  })
  .describe("Who carries a posture out, and has to say so");

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
    .describe("Working hours: reminders fall inside, moved earlier; overdue notices wait for them"),
  reassess: reassess.prefault({}),
  enforcement: enforcement.optional(),
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

const unit = z
  .string()
  .regex(/^[^\s\d.,-][^\d]{0,19}$/u, says("must be percent, or a short word like ms"))
  .describe(
    "percent = values are shares of one, so 0.05 is shown as 5 %; else what stands behind a value, e.g. ms",
  );

const trigger = z.strictObject({
  deployments: z.array(z.string()).min(1, says("must name at least one deployment")),
  method: z.enum(methods).describe("Line of evidence"),
  when: z
    .string()
    .min(1, says("must not be empty"))
    .max(4_000)
    .describe('A CEL condition over signal.*, e.g. signal.kind == "alert"'),
  severity,
  response,
  acknowledgeWithin: some.optional(),
  decideWithin: some.optional(),
  onTimeout: z
    .enum(["respond", "pass"])
    .describe(
      "respond: the predefined response, by policy; pass: name the next deputy, then respond",
    )
    .optional(),
  title: words
    .max(60, says("must be at most 60 characters"))
    .describe("What people call what it measures, e.g. Jailbreak success; else the sender's names")
    .optional(),
  unit: unit.optional(),
  because: words.describe("Why, in words people will read on the card"),
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
