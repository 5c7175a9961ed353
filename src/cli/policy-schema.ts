import { z } from "zod";
import { policySchema } from "../core/policy/schema.ts";

/** The policy's JSON Schema, for completion in editors: docs/policy.schema.json is this, byte for byte. */
export const policySchemaText = (): string =>
  `${JSON.stringify({ title: "Holdpoint policy", ...z.toJSONSchema(policySchema, { io: "input" }) }, null, 2)}\n`;

/** Prints the schema. */
export const policySchemaCommand = async (io: {
  readonly out: (line: string) => void;
}): Promise<0> => {
  io.out(policySchemaText().trimEnd());
  return 0;
};
