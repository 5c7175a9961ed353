import { join } from "node:path";
import { pino } from "pino";
import { openInTime } from "../../db/open-in-time.ts";
import { stoppedSentence } from "../../db/stall.ts";
import { startStallWatchdog } from "../../db/stall-watchdog.ts";
import type { Config } from "../config.ts";
import { clockDoubt } from "../core/true-clock.ts";
import { scheduleTicks } from "../cron.ts";
import { closeToOthers } from "../data-directory.ts";
import { createClock, machineClock } from "./clock.ts";
import { StartRefused } from "./first-policy.ts";
import { keepLastRan } from "./last-ran.ts";
import { systemRandom } from "./random.ts";
import { startServer } from "./start-server.ts";

/** The process's output, line by line. */
interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Runs the server until SIGTERM or SIGINT, or until it cannot go on; then ends the process. */
export async function serve(config: Config, { out, err }: Io): Promise<void> {
  process.umask(0o077); // the embedded database creates files with the widest allowed mode
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const clock = createClock(machineClock());
  const lastRan = keepLastRan(config.dataDirectory);
  // Set before the first request can arrive; until then nothing has been accepted that must be
  // finished.
  let close = async (): Promise<void> => undefined;
  const stop = (code: 0 | 2): void => {
    close().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error({ error: String(error) }, "closing failed");
        process.exit(2);
      },
    );
  };
  process.once("SIGTERM", () => stop(0));
  process.once("SIGINT", () => stop(0));
  try {
    closeToOthers(config.dataDirectory);
    const startTickScheduler = (tick: () => Promise<void>) =>
      scheduleTicks(tick, (fault) => log.error({ error: String(fault) }, "tick failed"));
    const dataDir = join(config.dataDirectory, "database");
    const lost = (fault: Error): void => {
      err(stoppedSentence(fault.message, dataDir));
      stop(2);
    };
    const place = config.databaseUrl
      ? { databaseUrl: config.databaseUrl.reveal() }
      : { dataDir, lost };
    if ("dataDir" in place) await startStallWatchdog(place.dataDir);
    const server = await startServer({
      openStore: ({ origin, vkey, newer }) =>
        openInTime(place, { origin, vkey, newer }, { seconds: config.databaseWait, say: err }),
      config,
      clock,
      clockWatch: {
        // The embedded database uses this machine's clock.
        check: async (store) => {
          await clock.check(
            config.databaseUrl ? () => store.now() : null,
            async () => {
              const { size, at } = await store.head();
              return size === 0 ? null : Math.max(at, lastRan.read() ?? at);
            },
            config.today,
          );
          if (clockDoubt(clock.difference()) === null) lastRan.note(clock.now());
        },
        difference: clock.difference,
      },
      random: systemRandom,
      log,
      startTickScheduler,
      slackTimes: null,
      teamsTimes: null,
      answerTimes: null,
      outwardTimes: null,
      begun: (closing) => {
        close = closing;
      },
    });
    for (const line of server.lines) out(line);
  } catch (error) {
    for (const line of problemsOf(error)) err(line);
    process.exit(2);
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof StartRefused) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}
