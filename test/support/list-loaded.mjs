import { appendFileSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

/**
 * `--import …/list-loaded.mjs?to=<file>`: writes the address of every module that the program
 * loads. Whatever a CommonJS package requires inside itself is not among them; the package is.
 */

// The same file is the hook; hooks run in a thread of their own.
if (isMainThread)
  register(import.meta.url, { data: new URL(import.meta.url).searchParams.get("to") });

let list = "";

export function initialize(file) {
  list = file;
}

export function load(url, context, nextLoad) {
  appendFileSync(list, `${url}\n`);
  return nextLoad(url, context);
}
