import type { Command } from "../src/app/command.ts";
import { watching } from "./watch.ts";

const usage = "retest <what> <suite> [by <person>] [by <date>]";

export const retest: Command = {
  name: "retest",
  usage,
  summary: "ask for a suite to be run again",
  anybody: false,
  run: (room, said) => watching(room, said, "retest", usage),
};
