import type { Command } from "../src/app/commands/command.ts";
import { restricting } from "./restrict.ts";

export const narrow: Command = {
  name: "narrow",
  usage: "narrow <what> [to <scope>] [for <duration>] [because …]",
  summary: "restrict now; by default to the next narrower scope",
  anybody: false,
  prepare: (context, said) => restricting(context, { said, what: "narrow" }),
};
