import type { Command } from "../src/app/commands/command.ts";
import { restricting } from "./restrict.ts";

export const pause: Command = {
  name: "pause",
  usage: "pause <what> [for <duration>] [because …]",
  summary: "stop at once",
  anybody: false,
  prepare: (context, said) => restricting(context, { said, what: "pause" }),
};
