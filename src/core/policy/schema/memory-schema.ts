import { z } from "zod";
import { id, says, some, words } from "./field-schemas.ts";

/** What a trigger remembers of earlier signals, around its condition about one signal. */

const fields = ["source", "suite", "scorer", "score", "metric", "group", "model", "id", "change"];

const by = z
  .string()
  .regex(
    new RegExp(`^(${fields.join("|")}|labels\\.[^\\s.]{1,100})$`),
    says(`must be labels.<name>, or one of ${fields.join(", ")}`),
  )
  .meta({ examples: ["labels.class", "suite"] });

const count = z.int().min(2, says("must be at least 2")).max(500, says("must be at most 500"));

const repeated = z
  .strictObject({
    times: count.describe("How often the condition must hold"),
    of: count
      .max(100, says("must be at most 100"))
      .describe("Among the last so many measurements of the same thing")
      .optional(),
    within: some.describe("Or among all signals of so long").optional(),
    by: by.describe("Counted apart for each value of it, e.g. labels.class").optional(),
  })
  .refine(({ of, within }) => (of === undefined) !== (within === undefined), {
    error: "needs either of or within",
  })
  .refine(({ times, of }) => of === undefined || times <= of, {
    error: "times is more than of: it would never fire",
    path: ["times"],
  })
  .refine(({ of, by: apart }) => of === undefined || apart === undefined, {
    error: "by belongs to within: of is about the measurements of one thing already",
    path: ["by"],
  })
  .describe("The condition must hold several times");

const figures = ["median", "mean", "min", "max", "p90", "p95", "p99"] as const;
const figureOverTime = z
  .partialRecord(z.enum(figures), some)
  .refine((given) => Object.keys(given).length === 1, {
    error: `must name one figure and its time, e.g. { median: 7d }; allowed: ${figures.join(", ")}`,
  });

const compare = z
  .union(
    [z.enum(["previous", "previousModel"]), figureOverTime],
    says("must be previous, previousModel, or a figure over a time like { median: 7d }"),
  )
  .describe("What before.value is, in the condition");

const over = figureOverTime.describe(
  "What over.value is, in the condition: a figure over a time, this signal included",
);

const spread = z
  .union([
    by,
    z.strictObject({ by, run: by.describe("What tells the run; default: the delivery") }),
  ])
  .describe("What distinguishes the variants of one run; spread.value is how far apart they are");

const together = z
  .strictObject({
    with: z
      .array(id)
      .min(1, says("must name at least one trigger"))
      .max(10, says("must be at most 10"))
      .describe("Other triggers whose conditions must hold as well")
      .optional(),
    deployments: z
      .int()
      .min(2, says("must be at least 2"))
      .max(50, says("must be at most 50"))
      .describe("Or on how many deployments this condition must hold")
      .optional(),
    within: some.describe("Within so long"),
    by: by.describe("With deployments: the same value of it, e.g. labels.class").optional(),
  })
  .refine((given) => (given.with === undefined) !== (given.deployments === undefined), {
    error: "needs either with or deployments",
  })
  .refine((given) => given.with === undefined || given.by === undefined, {
    error: "by belongs to deployments",
    path: ["by"],
  })
  .describe("More than one thing must be so at the same time");

/** Keys of a trigger. */
export const memory = {
  repeated: repeated.optional(),
  compare: compare.optional(),
  over: over.optional(),
  spread: spread.optional(),
  together: together.optional(),
  for: some.describe("The condition must have held for so long, without being resolved").optional(),
  expect: z
    .strictObject({
      suite: words.max(100, says("must be at most 100 characters")).describe("Name of the eval"),
      after: z
        .string()
        .min(1, says("must not be empty"))
        .max(100, says("must be at most 100 characters"))
        .describe("The change after which it must run, e.g. model.changed"),
      within: some.describe("Without a complete run within so long, the trigger fires"),
    })
    .describe("A complete run that must follow a change")
    .optional(),
};
