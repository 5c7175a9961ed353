import { spawnSync } from "node:child_process";
import { chromiumPath } from "../support/chromium.ts";

/**
 * `npm run test:playground`: Holdpoint with a Teams client by other hands, in a network namespace
 * with nothing in it. The client calls out and listens on every interface, so it is never started
 * anywhere else. Exit 0 = passed, 1 = failed, 3 = could not run here.
 */

const couldNotRun = 3;

/** Ways to be alone: as root, else as a user who may make namespaces of their own. */
const ways = [["-n"], ["-r", "-n"]] as const;

const upAndDo = 'ip link set lo up && exec "$@"';

const aloneWith = (way: readonly string[], command: readonly string[]): readonly string[] => [
  ...way,
  "bash",
  "-c",
  upAndDo,
  "bash",
  ...command,
];

const isAlone = (way: readonly string[]): boolean =>
  spawnSync("unshare", aloneWith(way, ["true"])).status === 0;

function missing(): string | null {
  if (chromiumPath === undefined) return "there is no chromium (apt-get install chromium)";
  if (!ways.some(isAlone)) return "this user may make no network namespace (run it as root)";
  return null;
}

const why = missing();
if (why !== null) {
  process.stderr.write(`\n*** SKIPPED, because ${why}: Holdpoint in a real Teams client\n\n`);
  process.exit(couldNotRun);
}
const way = ways.find(isAlone) ?? ways[0];
const vitest = ["node_modules/vitest/vitest.mjs", "run"];
const config = ["--config", "test/playground/vitest.config.ts"];
const ran = spawnSync(
  "unshare",
  aloneWith(way, [process.execPath, ...vitest, ...config, ...process.argv.slice(2)]),
  { stdio: "inherit" },
);
process.exit(ran.status === 0 ? 0 : 1);
