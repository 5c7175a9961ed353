import { z } from "zod";
import { authority, authorityChange, personKey } from "./authority-schema.ts";
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
import { groups } from "./groups-schema.ts";
import { audit, notify, wake } from "./notify-schema.ts";
import { source } from "./source-schema.ts";
import { trigger } from "./trigger-schema.ts";

/**
 * The policy file as people write it. Strict: an unknown key is a mistake. docs/policy.schema.json
 * is made from this.
 */

const person = z.strictObject({
  name: words.describe("What people call them; never in the log"),
  title: words
    .max(60, says("must be at most 60 characters"))
    .describe("Their role, e.g. Head of Safety, as cards say it beside the name; never in the log")
    .optional(),
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
  oidc: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, says("must be the subject (sub) of their ID token: no spaces"))
    .describe("Subject (sub) at the OpenID Connect issuer with which they sign in to the console")
    .optional(),
});

const schedule = z.strictObject({
  timezone: zone,
  rotation: z
    .array(personKey)
    .min(1, says("must name at least one person"))
    .describe("The people on call, in this order"),
  handoff: recurrence.describe("When the next person takes over"),
  overrides: z
    .array(z.strictObject({ person: personKey, from: dateTime, to: dateTime }))
    .describe("Replaces the person on call from `from` up to, not including, `to`")
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
    audience: words.describe("Who can use it").optional(),
    tools: z.boolean().describe("Whether the model may use tools").optional(),
  })
  .catchall(
    z.union(
      [z.string().max(200), z.int(), z.boolean()],
      says("must be text, a whole number, true or false"),
    ),
  )
  .refine((fields) => Object.keys(fields).length > 0, {
    error: "must say at least one thing, e.g. audience, tools, or a key of your own",
  })
  .refine((fields) => !("id" in fields), {
    error: "is the scope's own name and cannot be a key",
    path: ["id"],
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
  every: recurrence.describe("A fixed day for a review, in addition").optional(),
  within: within
    .describe("How long after each kind of decision it is reviewed, at the latest")
    .prefault({}),
  remind: z
    .array(duration)
    .max(20)
    .describe("How long before; whole days are working days, 0m is the moment itself")
    .default(["1d", "0m"]),
  overdue: z
    .strictObject({ every: some })
    .describe("How often an overdue review is reported")
    .default({ every: "1d" }),
  onOverdue: z
    .union(
      [
        z.enum(["remind", "narrow", "pause"]),
        z.strictObject({ narrow: z.string().describe("A scope") }),
      ],
      says("must be remind, narrow, pause or { narrow: <scope> }"),
    )
    .describe(
      "What follows by policy when nobody answers: narrow is the next narrower scope; default: remind",
    )
    .optional(),
  grace: some
    .describe("How long after the review date onOverdue follows, at least 1d; default: 7d")
    .optional(),
  on: z
    .array(z.string().min(1).max(100))
    .describe("Changes that cause an immediate review, e.g. model.changed")
    .default([]),
});

const enforcement = z
  .strictObject({
    gateways: z
      .array(id)
      .min(1, says("must name at least one gateway"))
      .max(50, says("must be at most 50"))
      .describe("The systems that apply a posture, by the names under which they report"),
    confirmWithin: some
      .describe("A gateway that has not confirmed by then opens an escalation")
      .default("1m"),
  })
  .describe("The gateways that must confirm each posture");

const deployment = z.strictObject({
  name: words.describe("What people call it"),
  model: z.string().max(200).default(""),
  owner: personKey.describe("Release owner: can neither request nor approve a resume").optional(),
  channel: z.string().describe("A key of channels"),
  starts: z.string().describe("Posture before the first decision: a scope, or paused"),
  scopes: z
    .record(id, scope)
    .refine((scopes) => Object.keys(scopes).length > 0, says("must have at least one scope"))
    .describe("What it may do, widest first; paused is always below the last one"),
  authority,
  severities: z
    .partialRecord(severity, z.strictObject({ authority: authorityChange }))
    .describe("What differs for escalations of a severity")
    .optional(),
  undo: duration
    .describe("For how long people can undo their own mistaken restriction")
    .default("10m"),
  hours: z
    .strictObject({ timezone: zone, days, from: wallTime, to: wallTime })
    .describe("Working hours: reminders fall inside, moved earlier; overdue notices wait for them"),
  reassess: reassess.prefault({}),
  enforcement: enforcement.optional(),
});

/** The shape of a policy file; what its names mean to each other is checked by `readPolicy`. */
export const policySchema = z.strictObject({
  $schema: z.string().optional(),
  holdpoint: z.literal(1, says("must be 1, the version of this format")),
  people: z.record(id, person).describe("People and their accounts in the chats"),
  rebind: duration
    .describe(
      "For how long after a policy or a link gave people a new account they cannot resume without somebody whose account is not new; default: 24h",
    )
    .optional(),
  readers: z
    .record(
      personKey,
      z.strictObject({
        deployments: z
          .array(z.string())
          .min(1, says("must name at least one deployment"))
          .describe("What they may read, besides that in which the rules name them; default: all")
          .optional(),
      }),
    )
    .describe("People who may read and ask. With it, whoever is named nowhere else reads nothing")
    .optional(),
  redact: z
    .strictObject({
      by: z
        .array(personKey)
        .min(2, says("must name at least two people: nobody erases alone"))
        .describe("Who may erase with redact, two of them together"),
    })
    .describe("Who may erase a person or the texts of a record; default: everybody named here")
    .optional(),
  adoption: z
    .strictObject({
      by: z
        .array(personKey)
        .min(2, says("must name at least two people: who proposed it confirms nothing"))
        .describe("Who may confirm it; default: who may confirm a resume of what it loosens")
        .optional(),
    })
    .describe("A policy that loosens takes effect when a second person confirms it")
    .optional(),
  schedules: z
    .record(id, schedule)
    .describe("On-call rotations: exactly one person at any time")
    .default({}),
  channels: z.record(id, channel).describe("Where cards are posted"),
  deployments: z.record(id, deployment),
  groups: groups.optional(),
  triggers: z.record(id, trigger).describe("What requires a decision"),
  unmatched: z
    .strictObject({ channel: z.string().describe("A key of channels") })
    .describe("Where signals go that no trigger matches, or whose deployment is unknown")
    .optional(),
  sources: z.record(id, source).describe("POST /webhooks/<name>").default({}),
  notify: z
    .record(id, notify)
    .describe("Outbound webhooks, signed as Standard Webhooks")
    .optional(),
  audit: z
    .record(id, audit)
    .describe("Where signed checkpoints of the log go, daily and with each decision")
    .optional(),
  wake: z.record(id, wake).describe("On-call paging: PagerDuty Events API v2").optional(),
});

/** A policy that has the right shape, with what was left out filled in. */
export type PolicyDoc = z.infer<typeof policySchema>;
