import type { Command } from "../src/app/commands/command.ts";
import { retestUsage as usage, watching } from "./watch.ts";

export const retest: Command = {
  name: "retest",
  usage,
  summary: "ask for a suite to be run again",
  anybody: false,
  prepare: (context, said) => watching(context, { said, what: "retest", usage }),
};
