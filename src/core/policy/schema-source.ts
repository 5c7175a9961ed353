import { z } from "zod";
import { envName, says } from "./schema-words.ts";

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

/** One entry of `sources`: who may post signals, and how they are read. */
export const source = z.strictObject({
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
