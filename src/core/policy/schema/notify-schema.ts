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
  "reassessment.warned",
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
    .describe(
      "Signs each message; with a list, for rotation, each message is signed with all of them",
    ),
  events: z
    .array(z.enum(notices))
    .min(1, says("must name at least one event"))
    .describe("Kinds of log entries to post"),
  deployments: z
    .array(z.string())
    .min(1, says("must name at least one deployment"))
    .describe("Only entries about these deployments; default: all")
    .optional(),
  privateAddresses: z
    .array(z.string().regex(/^[0-9a-fA-F:.]+(\/\d{1,3})?$/, says("must be like 10.0.4.0/24")))
    .describe(
      "Private addresses that the endpoint may have; all other private addresses are refused",
    )
    .optional(),
});
/** One entry of `audit`: where signed checkpoints of the log go. */
export const audit = z
  .strictObject({
    channel: z.string().describe("A key of channels: checkpoints are posted there").optional(),
    url: notify.shape.url.optional(),
    secret: notify.shape.secret.optional(),
    privateAddresses: notify.shape.privateAddresses,
    witness: z
      .string()
      .max(500)
      .describe("The key of a C2SP witness at url, as `holdpoint witness` prints it")
      .optional(),
    directory: z
      .string()
      .regex(/^\/[^\0]*$/, says("must be an absolute path like /var/lib/audit/holdpoint"))
      .max(1_000)
      .describe("A directory on each server that exists: each checkpoint becomes a file in it")
      .optional(),
  })
  .refine(
    ({ channel, url, directory }) =>
      [channel, url, directory].filter((place) => place !== undefined).length === 1,
    says("must have exactly one of channel, url and directory"),
  )
  .refine(
    ({ url, secret, witness }) =>
      (url === undefined || witness !== undefined) === (secret === undefined),
    {
      error: "must have a secret with the url of a webhook, and none without",
      path: ["secret"],
    },
  )
  .refine(({ url, witness }) => url !== undefined || witness === undefined, {
    error: "must have the url of the witness",
    path: ["url"],
  })
  .refine(({ url, privateAddresses }) => url !== undefined || privateAddresses === undefined, {
    error: "belongs to url",
    path: ["privateAddresses"],
  });
/** One entry of `wake`. */
export const wake = z.strictObject({
  type: z.literal("pagerduty"),
  routingKey: envName.describe("The environment variable with the integration's routing key"),
  deployments: z.array(z.string()).min(1, says("must name at least one deployment")),
  severities: z
    .array(severity)
    .min(1, says("must name at least one severity"))
    .describe("Severities that page somebody")
    .default(["high", "critical"]),
  region: z.enum(["us", "eu"]).describe("PagerDuty's service region").default("us"),
});
