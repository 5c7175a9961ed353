import { z } from "zod";
import { says } from "./field-schemas.ts";

/**
 * How a source of type mapped is read, as people write it: where in a sender's JSON each field of a
 * signal stands.
 */

const kinds = ["alert", "eval", "finding", "report", "change"] as const;
const statuses = ["firing", "resolved", "ok", "no_data", "errored", "incomplete", "info"] as const;
const directions = ["higher", "lower", "unknown"] as const;

/** RFC 6901 §3: in a name, ~ is written ~0 and / is written ~1. */
const steps = "(?:/(?:[^/~]|~[01])*)+";

const pointer = z
  .string()
  .max(300, says("must be at most 300 characters"))
  .regex(
    new RegExp(`^(?:body:)?${steps}$`, "u"),
    says("must be a JSON Pointer like /alert/name, or body:/name to begin at the whole body"),
  )
  .describe("JSON Pointer from the item; after body: from the whole body");

const bodyPointer = z
  .string()
  .max(300, says("must be at most 300 characters"))
  .regex(new RegExp(`^${steps}$`, "u"), says("must be a JSON Pointer like /alerts"));

const cel = z
  .string()
  .min(1, says("must not be empty"))
  .max(1_000, says("must be at most 1000 characters"))
  .describe("CEL over item, body, key, keys and event");

/**
 * Kept as text: canonical JSON has no floats, and numbers that come as text are read as numbers.
 */
const constant = z
  .union([z.string().max(300), z.number(), z.boolean()])
  .transform(String)
  .describe("The same for every item");

const mapTo = <T extends z.ZodType>(ours: T) =>
  z.strictObject({
    at: pointer,
    map: z
      .record(z.string().max(200), ours)
      .refine(
        (entries) => Object.keys(entries).length <= 100,
        says("must have at most 100 entries"),
      )
      .describe("The sender's word → Holdpoint's"),
  });

const words =
  "must be a JSON Pointer like /alert/name, { value: … }, { cel: … } or { at: /…, map: { theirs: ours } }";

const field = z
  .union(
    [
      pointer,
      z.strictObject({ value: constant }),
      z.strictObject({ cel }),
      mapTo(z.string().max(300)),
    ],
    says(words),
  )
  .meta({ id: "field" });

const oneOf = (ours: readonly [string, ...string[]], also = "") =>
  z.union(
    [
      pointer,
      z.strictObject({ value: z.enum(ours) }),
      z.strictObject({ cel }),
      mapTo(z.enum(ours)),
    ],
    says(`${words}${also}; ours are ${ours.join(", ")}`),
  );

const largestSample = 8 * 1024;

/** Kept as the body's text, for the same reason; text is taken as the body itself. */
const sample = z
  .unknown()
  .refine((body) => body !== undefined, { error: "is missing" })
  .transform((body) => (typeof body === "string" ? body : JSON.stringify(body)))
  .refine(
    (text) => new TextEncoder().encode(text).length <= largestSample,
    says("must be at most 8 KiB"),
  )
  .describe("A body as this sender sends it: the mapping must make a signal of it");

const texts = [
  "id",
  "deployment",
  "model",
  "severity",
  "summary",
  "url",
  "occurredAt",
  "startedAt",
  "metric",
  "value",
  "threshold",
  "suite",
  "scorer",
  "score",
  "stderr",
  "change",
  "reducer",
  "group",
  "atLeast",
  "atMost",
] as const;

const fields = Object.fromEntries(texts.map((name) => [name, field.optional()])) as Record<
  (typeof texts)[number],
  z.ZodOptional<typeof field>
>;

/** The key `mapping` of a source of type mapped. */
export const mapping = z
  .strictObject({
    lines: z
      .boolean()
      .describe("The body is JSON Lines, read as a list: a body of one line would be read as JSON")
      .optional(),
    parse: bodyPointer
      .describe("Text in the body that is itself JSON and is read first, e.g. /Message of AWS SNS")
      .optional(),
    event: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, says("must be the name of a header"))
      .describe("The header that names the kind of event; expressions see it as event")
      .optional(),
    forEach: bodyPointer
      .describe("A list in the body, one signal per element; * stands for every element or value")
      .optional(),
    when: cel.describe("CEL; an item for which it is false gives no signal").optional(),
    test: cel
      .describe("CEL that is true for the sender's own test notification: shown as a test, no more")
      .optional(),
    kind: oneOf(kinds),
    status: oneOf(statuses).optional(),
    ...fields,
    worse: z
      .union(
        [z.enum(directions), z.strictObject({ cel }), mapTo(z.enum(directions))],
        says("must be higher, lower or unknown, { cel: … } or { at: /…, map: { theirs: ours } }"),
      )
      .describe("Which way the value gets worse; required where value is mapped")
      .optional(),
    samples: z
      .strictObject({ completed: field, total: field })
      .describe("How many samples were scored, of how many")
      .optional(),
    dedupe: z
      .strictObject({
        condition: field.describe(
          "Identifies the condition: signals with the same one belong together",
        ),
        occurrence: field.describe("Identifies one occurrence of the condition").optional(),
      })
      .describe("How repeated signals are recognized")
      .optional(),
    labels: z
      .record(z.string().min(1).max(100), field)
      .refine((labels) => Object.keys(labels).length <= 30, says("must have at most 30 labels"))
      .optional(),
    sample,
  })
  .describe("Where each field of a signal is in the sender's JSON");

/** A mapping that has the right shape. */
export type MappingDoc = z.infer<typeof mapping>;
