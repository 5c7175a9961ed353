import type { Command } from "../src/app/command.ts";
import { restricting } from "./restrict.ts";

export const narrow: Command = {
  name: "narrow",
  usage: "narrow <what> [to <scope>] [for <duration>] [because …]",
  summary: "narrower at once; without a scope the next narrower",
  anybody: false,
  run: (room, said) => restricting(room, said, "narrow"),
};
