import { z } from "zod";
import { envName, says, severity } from "./field-schemas.ts";

/** Kinds of entries that endpoints may be told of. */
const notices = [
  "policy.adopted",
  "escalation.opened",
  "escalation.updated",
  "escalation.acknowledged",
  "acknowledge.missed",
  "authority.passed",
  "oncall.changed",
  "decision.proposed",
  "decision.confirmed",
  "decision.lapsed",
  "decision.made",
  "decision.explained",
  "decision.denied",
  "enforcement.reported",
  "retest.followed",
  "reassessment.set",
  "reassessment.reminded",
  "reassessment.overdue",
  "escalation.closed",
] as const;

/** One entry of `notify`. */
export const notify = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .max(2_000)
    .describe("Where it is posted to; https, unless the address is one of privateAddresses"),
  secret: z
    .union(
      [envName, z.array(envName).min(1).max(10)],
      says("must name an environment variable, like env:NAME, or a list of them"),
    )
    .describe("Signs each message; with a list, each of them does, while a secret is changed"),
  events: z
    .array(z.enum(notices))
    .min(1, says("must name at least one event"))
    .describe("Kinds of entries it is told of"),
  deployments: z
    .array(z.string())
    .min(1, says("must name at least one deployment"))
    .describe("Only what concerns these; without it, all")
    .optional(),
  privateAddresses: z
    .array(z.string().regex(/^[0-9a-fA-F:.]+(\/\d{1,3})?$/, says("must be like 10.0.4.0/24")))
    .describe("Addresses inside your own network it may be at; all others of that kind are refused")
    .optional(),
});
/** One entry of `wake`. */
export const wake = z.strictObject({
  type: z.literal("pagerduty"),
  routingKey: envName.describe("The environment variable with the integration's routing key"),
  deployments: z.array(z.string()).min(1, says("must name at least one deployment")),
  severities: z
    .array(severity)
    .min(1, says("must name at least one severity"))
    .describe("What somebody is woken for")
    .default(["high", "critical"]),
  region: z.enum(["us", "eu"]).describe("PagerDuty's service region").default("us"),
});
