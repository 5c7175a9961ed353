import { runCommand } from "./composition/run-command.ts";

await runCommand(process.argv.slice(2));
