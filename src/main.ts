#!/usr/bin/env -S node --import tsx
import { runCommand } from "./composition/run-command.ts";

/**
 * The bin. Imports that wait until they are needed stand in run-command: tsx cannot read them in a
 * file that begins with a line like the first one here
 * (https://github.com/privatenumber/tsx/issues/842).
 */
await runCommand(process.argv.slice(2));
