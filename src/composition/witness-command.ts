import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { lockDirectory } from "../../db/data-directory-lock.ts";
import { USAGE, witnessAsked, witnessServer } from "../cli/witness.ts";
import { parseCheckpoint } from "../core/log/checkpoint.ts";
import { keepNewest, keptText } from "../kept-file.ts";
import { loadWitnessKey } from "../keys.ts";
import type { Io } from "./client-commands.ts";

/**
 * `witness`: runs until it is told to stop. A stopped witness is started again with the same line.
 */
export async function witnessCommand(argv: readonly string[], { out, err }: Io): Promise<0 | 2> {
  const asked = witnessAsked(argv);
  if (typeof asked === "string") {
    if (asked !== "") err(asked);
    err(USAGE);
    return 2;
  }
  const { directory, name, logs, host, port } = asked;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(join(directory, "in-use"));
  try {
    const key = loadWitnessKey(directory, name);
    const server = witnessServer({
      logs,
      key,
      out,
      now: () => Date.now(),
      latest: (origin) => parseCheckpoint(keptText(directory, fileOf(origin)) ?? "") ?? null,
      keep: ({ origin }, note) => {
        lock.check();
        keepNewest(directory, fileOf(origin), note);
      },
    });
    server.listen(port, host);
    await once(server, "listening");
    out(`Witness ${key.vkey}`);
    out(
      `It cosigns ${logs.join(", ")} at http://${host.includes(":") ? `[${host}]` : host}:${port}/add-checkpoint`,
    );
    await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
    server.close();
    server.closeAllConnections();
    return 0;
  } finally {
    lock.release();
  }
}

/** An origin may have characters that a file name may not. */
const fileOf = (origin: string): string =>
  `cosigned-${createHash("sha256").update(origin).digest("hex").slice(0, 32)}`;
