import { parseArgs } from "node:util";
import { errorText } from "./error-text.ts";
import type { AdoptedFor } from "./operator-client.ts";

interface AskedAdoption {
  readonly file: string;
  readonly said: AdoptedFor | null;
}

/** Reads the words behind `policy adopt`; `problem`: what is wrong with them. */
export function adoptionAsked(
  argv: readonly string[],
): AskedAdoption | { readonly problem: string } {
  const read = argumentsIn(argv);
  if ("problem" in read) return read;
  const { positionals, values } = read;
  const [file, ...others] = positionals;
  if (file === undefined) return { problem: "Name the file of the policy." };
  if (others.length > 0)
    return { problem: `Nothing was done: “${others.join(" ")}” has no place. Quote a reason.` };
  const { as, because, "confirmed-by": confirmedBy = null, basis = null } = values;
  if (as !== undefined && because !== undefined)
    return { file, said: { as, because, confirmedBy, basis } };
  if (as === undefined && because === undefined && confirmedBy === null && basis === null)
    return { file, said: null };
  const lacks = as === undefined ? "--as <person>" : "--because <reason>";
  return {
    problem: `Nothing was done: ${lacks} is missing, so the record would have only a half.`,
  };
}

function argumentsIn(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        as: { type: "string" },
        because: { type: "string" },
        "confirmed-by": { type: "string" },
        basis: { type: "string" },
      },
    });
  } catch (error) {
    return { problem: errorText(error) };
  }
}
