import { z } from "zod";
import { signInVariables } from "./sign-in.ts";
import { guid, guids } from "./teams.ts";

/** Every environment variable that the server reads, each with its type. */

/** The least number of bytes of a token or a shared secret. */
export const shortestToken = 32;

const token = z.string().refine((text) => Buffer.byteLength(text) >= shortestToken, {
  error: `is shorter than ${shortestToken} bytes`,
});

/** An error that ends the checks of a value, so that each mistake is reported once. */
const says = (error: string) => ({ error, abort: true });

function originOf(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

function isBareOrigin(text: string): boolean {
  const url = originOf(text);
  return url !== null && url.href === `${url.origin}/`;
}

const day = 86_400_000;

/** For how many days something is kept, in milliseconds. */
const keptDays = (byDefault: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/, "is not a number of days from 1 to 9999")
    .default(byDefault)
    .transform((days) => Number(days) * day);

/** Every variable that is read, apart from the secrets a policy names. */
export const environment = z.object({
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, "is not a host name or an address")
    .default("127.0.0.1"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "is not a number")
    .default("3000")
    .transform(Number)
    .refine((port) => port <= 65_535, { error: "is above 65535" }),
  PUBLIC_URL: z
    .string()
    .refine(isBareOrigin, { error: "is not like https://holdpoint.example.com (no path)" })
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(?:ql)?:\/\//, says("does not begin with postgres://"))
    // Otherwise part of a password would be taken for the host or the database's name, which errors
    // print.
    .regex(
      /^\w+:\/\/(?:[^/?#@]*@)?[^/?#@]*(?:\/[^/?#@]*)?(?:\?[^#@]*)?$/,
      "cannot be read: write / ? # @ and % within the password as %2F %3F %23 %40 and %25",
    )
    .optional(),
  HOLDPOINT_DB_WAIT: z
    .string()
    .regex(/^\d{1,4}$/, "is not a number of seconds, at most 9999")
    .default("60")
    .transform(Number),
  HOLDPOINT_TODAY: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, "is not a date like 2026-11-30")
    .optional(),
  HOLDPOINT_DATA: z.string().default("./.holdpoint"),
  HOLDPOINT_KEEP_DELIVERIES: keptDays("30"),
  HOLDPOINT_KEEP_MESSAGES: keptDays("90"),
  HOLDPOINT_KEEP_RECEIPTS: keptDays("30"),
  HOLDPOINT_KEEP_SESSIONS: keptDays("30"),
  HOLDPOINT_POLICY: z.string().default("./policy.example.yaml"),
  HOLDPOINT_POLICY_ADOPT: z.literal("start", "can only be start").optional(),
  HOLDPOINT_ORIGIN: z
    .string()
    .max(200, "is longer than 200 characters")
    .regex(/^[^\s+\p{C}]+$/u, "has spaces, plus signs or control characters")
    .optional(),
  HOLDPOINT_LOG_KEY: z.string().min(1, "is empty").optional(),
  HOLDPOINT_LOG_KEY_NEXT: z.string().optional(),
  HOLDPOINT_OPERATOR_TOKEN: token.optional(),
  HOLDPOINT_AUDITOR_TOKEN: token.optional(),
  HOLDPOINT_GATEWAY_TOKEN: token.optional(),
  HOLDPOINT_URL: z
    .string()
    .refine(isBareOrigin, { error: "is not like https://holdpoint.example.com (no path)" })
    .optional(),
  HOLDPOINT_UPLOAD_SECRET: z.string().optional(),
  ...signInVariables,
  SLACK_BOT_TOKEN: z.string().startsWith("xoxb-", "does not begin with xoxb-").optional(),
  SLACK_SIGNING_SECRET: token.optional(),
  SLACK_APP_TOKEN: z.string().startsWith("xapp-", "does not begin with xapp-").optional(),
  SLACK_API_URL: z
    .string()
    .refine((text) => originOf(text) !== null, { error: "is not a web address" })
    .default("https://slack.com/api/"),
  SLACK_SHARED_CHANNELS: z.literal("allow", "can only be allow").optional(),
  MICROSOFT_APP_ID: guid.optional(),
  MICROSOFT_APP_PASSWORD: token.optional(),
  MICROSOFT_APP_TENANT_ID: guid.optional(),
  MICROSOFT_APP_TYPE: z
    .enum(["SingleTenant", "MultiTenant"], "can only be SingleTenant or MultiTenant")
    .optional(),
  HOLDPOINT_TEAMS_TENANTS: guids.optional(),
  HOLDPOINT_TEAMS_ANONYMOUS: z.literal("1", "can only be 1").optional(),
  PAGERDUTY_EVENTS_URL: z
    .string()
    .refine(isBareOrigin, { error: "is not like https://events.pagerduty.com (no path)" })
    .optional(),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "is not a pino level")
    .default("info"),
  NODE_ENV: z
    .enum(["production", "development", "test"], "can only be production, development or test")
    .optional(),
});

export type Environment = z.infer<typeof environment>;

/** The names of the variables; a test compares docs/environment.md with them. */
export const environmentNames: readonly string[] = Object.keys(environment.shape);
