import { z } from "zod";
import { id, says } from "./field-schemas.ts";

/** `groups` of a policy, as people write it. */

const members = z
  .array(z.string())
  .min(1, says("must name at least one deployment"))
  .max(100, says("must name at most 100 deployments"));

export const groups = z
  .record(id, members)
  .describe("Deployments that one word stops, or that one signal speaks of: group:<name>");
