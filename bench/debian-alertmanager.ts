import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort, type Program, spawned } from "./program.ts";

const name = "prometheus-alertmanager";

/** What to say where it is missing. */
export const notInstalled = `not installed: apt-get install ${name}`;

/** Where Debian's Alertmanager is; null = not on the PATH. */
export function findAlertmanager(): string | null {
  // biome-ignore lint/style/noProcessEnv: the same search as a shell's
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.map((directory) => join(directory, name)).find(existsSync) ?? null;
}

/** Groups alerts as for a team's channel, and tells nobody. */
const config = `route:
  receiver: nobody
  group_by: [alertname, deployment]
receivers:
  - name: nobody
`;

/** Runs `work` against an Alertmanager of its own, on loopback and in no cluster. */
export async function withAlertmanager<T>(
  command: string,
  work: (alertmanager: Program) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "holdpoint-bench-alertmanager-"));
  try {
    writeFileSync(join(directory, "config.yml"), config);
    const port = await freePort();
    const alertmanager = await spawned(port, {
      command,
      args: [
        `--config.file=${directory}/config.yml`,
        `--storage.path=${directory}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
        "--log.level=error",
      ],
      env: {},
      readyAt: "/-/ready",
    });
    try {
      return await work(alertmanager);
    } finally {
      await alertmanager.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
