#!/usr/bin/env node
import * as module from "node:module";
import { fileURLToPath } from "node:url";

/**
 * The bin. Node 22.18 and later read TypeScript themselves and keep what they compiled, beside the
 * packages; for older ones tsx translates each file.
 */
const kept = fileURLToPath(new URL("../node_modules/.cache/holdpoint-compiled", import.meta.url));
module.enableCompileCache?.(kept);
if (!process.features.typescript) await import("tsx");
await import("./main.ts");
