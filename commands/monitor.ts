import type { Command } from "../src/app/command.ts";
import { watching } from "./watch.ts";

const usage = "monitor <what> <rule or source>";

export const monitor: Command = {
  name: "monitor",
  usage,
  summary: "add monitoring",
  anybody: false,
  run: (room, said) => watching(room, said, "monitor", usage),
};
