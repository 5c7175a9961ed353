import { z } from "zod";
import { recurrence, says, some, zone } from "./field-schemas.ts";

/** What is expected of a source, as people write it. */

/** A deployment, `group:` and a group, or `model:` and a model. */
const named = z.string();

const heartbeat = z.strictObject({
  every: some.describe("Some delivery at least this often"),
  deployment: named.describe("The deployment whose card reports the silence").optional(),
});

const run = z.strictObject({
  suite: z
    .string()
    .regex(/^\P{Cc}*\S\P{Cc}*$/u, says("must be the name of a suite"))
    .max(100, says("must be at most 100 characters"))
    .describe("A complete run of this suite"),
  by: recurrence
    .extend({ timezone: zone.optional() })
    .describe("Due at this time in each period; default time zone: that of the deployment's hours"),
  deployment: named
    .describe("The deployment of the run; default: the source's deployment")
    .optional(),
});

const shape = says(
  "must be a duration like 5m, { every: 5m }, { suite: …, by: { every: 1w, on: …, at: … } }, or a list of up to 20 of these",
);

const one = z.union([some, heartbeat, run], shape);

/** `expect` of a source: one expectation, or a list of them. */
export const expectation = z
  .union([one, z.array(one).min(1, shape).max(20, shape)], shape)
  .describe("What must arrive from this source; if it does not, that is a signal");
