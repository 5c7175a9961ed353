import { z } from "zod";
import { policySchema } from "../core/policy/schema/policy-schema.ts";

/**
 * The policy's JSON Schema, for completion in editors; docs/policy.schema.json is identical to it.
 */
export function policySchemaText(): string {
  const schema = z.toJSONSchema(policySchema, { io: "input" });
  const text = JSON.stringify({ title: "Holdpoint policy", ...schema }, null, 2);
  return `${text.replace(listOfWords, onOneLine)}\n`;
}

/** Prints the schema. `more`: further arguments. */
export async function policySchemaCommand(
  more: readonly string[],
  io: { readonly out: (line: string) => void },
): Promise<0 | 2> {
  if (more.length > 0) {
    io.out(`policy schema takes nothing more: “${more.join(" ")}” was not used.`);
    return 2;
  }
  io.out(policySchemaText().trimEnd());
  return 0;
}

const listOfWords = /^( *(?:"[^"]*": )?)\[\n((?: *"(?:[^"\\]|\\.)*",?\n)+) *\](,?)$/gm;
const widest = 100;

/** Puts short lists on one line, as the formatter does. */
function onOneLine(long: string, before: string, items: string, after: string): string {
  const short = `${before}[${items.trim().replace(/\n */g, " ")}]${after}`;
  return short.length <= widest ? short : long;
}
