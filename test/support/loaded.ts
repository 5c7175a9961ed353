import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Env, scratch } from "./process.ts";

/** The modules that a program loads with this environment added to its own. */
export interface Loaded {
  readonly env: Env;
  /** Files of this repository, in order, without the loader itself. */
  own(): readonly string[];
  /** Names of packages, in order; without tsx and what it brings. */
  packages(): readonly string[];
}

const loader = ["tsx", "esbuild"];

export function listLoaded(): Loaded {
  const list = join(scratch(), "loaded");
  const hook = pathToFileURL("test/support/list-loaded.mjs");
  hook.searchParams.set("to", list);
  const root = pathToFileURL("./").href;
  const listed = (): readonly string[] => {
    const text = existsSync(list) ? readFileSync(list, "utf8") : "";
    const ours = text.split("\n").filter((url) => url.startsWith(root));
    return [...new Set(ours.map((url) => url.slice(root.length)))].sort();
  };
  const packageIn = (file: string): string =>
    /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "";
  return {
    env: { NODE_OPTIONS: `--import ${hook.href}` },
    own: () => listed().filter((file) => packageIn(file) === ""),
    packages: () =>
      [...new Set(listed().map(packageIn))].filter((name) => name !== "" && !loader.includes(name)),
  };
}
