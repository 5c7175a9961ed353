import type { Command } from "../src/app/commands/command.ts";
import { watching } from "./watch.ts";

const usage = "monitor <what> <rule or source>";

export const monitor: Command = {
  name: "monitor",
  usage,
  summary: "add monitoring",
  anybody: false,
  prepare: (context, said) => watching(context, { said, what: "monitor", usage }),
};
