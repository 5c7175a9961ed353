import { z } from "zod";
import { says } from "./field-schemas.ts";

/** Who may do what: of a deployment, and what a trigger or a severity says in its place. */

export const personKey = z.string().describe("A key of people");
const ref = z.string().describe("A key of people, or schedule:<id> for whoever is on call");
const oneRef = says("must name at least one person or schedule");

export const authority = z.strictObject({
  acknowledge: z.array(ref).min(1, oneRef).describe("Who is asked to acknowledge"),
  restrict: z
    .strictObject({
      decider: ref.describe("The person the card names"),
      deputies: z
        .array(ref)
        .describe("Asked next, in this order, when nobody decides in time or the decider is away")
        .default([]),
      alsoMay: z.array(ref).describe("May restrict as well, without being named").default([]),
    })
    .describe("Narrow, pause, retest, monitor: any one of these people, at once, at any time"),
  widen: z
    .strictObject({
      decider: ref.describe("Requests a resume; decides to keep"),
      deputies: z
        .array(ref)
        .describe("Request it while the decider is away or once authority has passed")
        .default([]),
      confirm: z.strictObject({
        by: z.array(ref).min(1, oneRef).describe("Who may approve a resume"),
        people: z
          .int()
          .min(1, says("must be at least 1: nobody resumes alone"))
          .max(5, says("must be at most 5"))
          .describe("How many people must approve, besides the requester")
          .default(1),
        notOwner: z.boolean().describe("The release owner may not approve").default(true),
      }),
    })
    .describe("Resume and keep: never one person alone for a resume"),
  breakGlass: z
    .array(personKey)
    .describe("May decide alone, only with breakglass commands; always flagged and reviewed")
    .default([]),
});

/** What is said of a trigger or a severity in place of the deployment's own. */
export const authorityChange = z
  .strictObject({
    acknowledge: z.array(ref).min(1, oneRef).optional(),
    restrict: z
      .strictObject({
        decider: ref.optional(),
        deputies: z.array(ref).optional(),
        alsoMay: z.array(ref).optional(),
      })
      .optional(),
    widen: z
      .strictObject({
        decider: ref.optional(),
        deputies: z.array(ref).optional(),
        confirm: z
          .strictObject({
            by: z.array(ref).min(1, oneRef).optional(),
            people: z
              .int()
              .min(1, says("must be at least 1: nobody resumes alone"))
              .max(5, says("must be at most 5"))
              .optional(),
          })
          .optional(),
      })
      .optional(),
    breakGlass: z.array(personKey).optional(),
  })
  .describe("Authority in place of the deployment's, key by key; who may restrict there still may");
