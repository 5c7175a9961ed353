import { z } from "zod";
import { expectation } from "./expect-schema.ts";
import { envName, says } from "./field-schemas.ts";
import { mapping } from "./mapping-schema.ts";

/**
 * What a source's `labels:` may take from a label (or, in Alertmanager, an annotation) of another
 * name.
 */
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

const severalNames = z.union(
  [envName, z.array(envName).min(1).max(10)],
  says("must name an environment variable, like env:NAME, or a list of them"),
);

const headerName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, "must be the name of a header");

const someTime = z
  .string()
  .regex(/^(?:[1-9]\d{0,3}s|[1-9]\d?m|1h)$/, "must be a time of at most an hour, like 5m");

// Their regular expressions have not the last word: the union looks at them to choose its own.
const auth = z.union(
  [
    z.strictObject({ bearer: envName }),
    z.strictObject({ standardWebhooks: severalNames }),
    z.strictObject({ signature: severalNames }),
    z.strictObject({
      header: z.strictObject({
        name: z
          .string()
          .regex(/^X-[A-Za-z0-9-]{1,60}$/i, "must be a header like X-Holdpoint-Token")
          .describe("A header that only this sender sets, e.g. X-Holdpoint-Token"),
        value: severalNames,
      }),
    }),
    z.strictObject({
      hmac: z.strictObject({
        secret: severalNames,
        header: headerName.describe("The header that carries the HMAC-SHA256"),
        prefix: z
          .string()
          .regex(/^[!-~]{1,40}$/, "must be text without spaces, like sha256=")
          .describe("The prefix of the signature, e.g. sha256=")
          .optional(),
        encoding: z.enum(["hex", "base64"]),
        signed: z
          .string()
          .regex(/^[ -~]{1,200}$/, "must be text like {id}.{timestamp}.{body}")
          .describe("What is signed, made of {id}, {timestamp} and {body}; default: the body alone")
          .optional(),
        id: headerName.describe("The header that names the delivery, for {id}").optional(),
        timestamp: headerName
          .describe("The header with the time of sending, for {timestamp}")
          .optional(),
        tolerance: someTime
          .describe("How far the timestamp may be off, in either direction; default 5m, at most 1h")
          .optional(),
      }),
    }),
    z.strictObject({
      basic: z.strictObject({
        username: z
          .string()
          .regex(/^[^:\p{Cc}]{1,200}$/u, "must be a user name without a colon")
          .describe("The user name of HTTP basic authentication"),
        password: severalNames,
      }),
    }),
  ],
  says(
    "must be { bearer: env:NAME }, { standardWebhooks: env:NAME }, { signature: env:NAME }, { header: { name: X-…, value: env:NAME } }, { basic: { username: …, password: env:NAME } } or { hmac: … }",
  ),
);

/** One entry of `sources`: who may post signals, and how they are read. */
export const source = z.strictObject({
  type: z.enum(sourceTypes),
  deployment: z
    .string()
    .describe("The deployment of signals that do not name one; or group:… or model:… for each")
    .optional(),
  auth: auth.describe("How the sender authenticates"),
  map: z
    .record(z.string().max(200), z.string())
    .describe("The sender's name of a deployment → a key of deployments, or group:… or model:…")
    .optional(),
  labels: z
    .partialRecord(z.enum(labelled), z.string().min(1).max(200))
    .describe("Which label carries a field under another name, e.g. deployment: app")
    .optional(),
  expect: expectation.optional(),
  mapping: mapping.optional(),
});
