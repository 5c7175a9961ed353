#!/usr/bin/env -S node --import tsx
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { openInTime } from "../db/open-in-time.ts";
import { stoppedSentence } from "../db/stall.ts";
import { startStallWatchdog } from "../db/stall-watchdog.ts";
import { doctor } from "./cli/doctor.ts";
import { exportLog } from "./cli/log-export.ts";
import { logVerify } from "./cli/log-verify.ts";
import { adoptPolicy, loginLink, rehearse, type ServerAddress } from "./cli/operator-client.ts";
import { policyCheck } from "./cli/policy-check.ts";
import { askCoverage } from "./cli/policy-coverage.ts";
import { policySchemaCommand } from "./cli/policy-schema.ts";
import { contentTypeOf, signalSend, wayOf } from "./cli/signal-send.ts";
import { sourceNamed } from "./cli/source-named.ts";
import { sourceTry } from "./cli/source-try.ts";
import { teamsPackage } from "./cli/teams-package.ts";
import { upload } from "./cli/upload.ts";
import { createClock, machineClock } from "./composition/clock.ts";
import { Refused } from "./composition/first-policy.ts";
import { startServer, systemRandom } from "./composition/start-server.ts";
import {
  type ClientConfig,
  type Config,
  readClientConfig,
  readConfig,
  readTeamsApp,
} from "./config.ts";
import { authOf, secretsOf } from "./core/policy/source-auth.ts";
import { startBell } from "./cron.ts";
import { closeToOthers } from "./data-directory.ts";
import { readDemoKey } from "./demo-key.ts";
import { readDemoSecrets } from "./demo-secrets.ts";
import { problemLine, readPolicyText } from "./policy-file.ts";
import { parseDelivery } from "./sources/index.ts";
import { trimmed } from "./sources/trimmed.ts";

/**
 * The bin: without arguments the server, else one command. Exit 0 ok, 1 the checked thing is wrong,
 * 2 usage or fault.
 */

type Exit = 0 | 1 | 2;

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (line: string): void => void process.stderr.write(`${line}\n`);

const usage = `Holdpoint, a hold point for AI deployments.

  npm start                                  start the server
  npm run holdpoint -- <command>
    policy check [file] [--server]           list the mistakes in a policy, each with its line (offline; --server: also what never received data)
    policy schema                            print the policy's JSON Schema (offline)
    policy adopt <file>                      put a policy in force
    source try <source> [<file>] [--policy <file>]   show the signals in a body and the triggers that they match (offline)
    signal send <source> <file>              sign a sample and post it
    upload <source> <file…> [--url <address>] [--policy <file>]   post a CI job's results; safe to repeat
    log export <dir>                         export the whole log as files
    log verify <dir> [--key <vkey>] [--seen <checkpoint>]…   check an export (offline)
    teams package [file]                     create the app to upload to Teams, holdpoint-teams.zip (offline)
    doctor                                   check the chats: settings, channels, and everybody the policy names
    rehearse <deployment>                    post a marked test escalation in the real channel; answers change nothing
    login-link <person>                      create a one-time link to the console, for when chat is down
    help                                     show this text`;

function configOrExit(): Config {
  const read = readConfig();
  if (read.ok) return read.config;
  for (const problem of read.problems) err(problem);
  process.exit(2);
}

async function serve(): Promise<void> {
  process.umask(0o077); // the embedded database makes its files as open as it may
  const config = configOrExit();
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const clock = createClock(machineClock());
  // From before the first request can come; until then nothing has been accepted that would have to
  // be finished.
  let close = async (): Promise<void> => undefined;
  const stop = (code: Exit): void => {
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
      startBell(tick, (fault) => log.error({ error: String(fault) }, "tick failed"));
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
      openStore: ({ origin, vkey }) =>
        openInTime(place, { origin, vkey }, { seconds: config.databaseWait, say: err }),
      config,
      clock,
      clockWatch: {
        // The embedded database has no clock but this machine's.
        check: (store) => clock.check(config.databaseUrl ? () => store.now() : null),
        difference: clock.difference,
      },
      random: systemRandom,
      log,
      startTickScheduler: startTickScheduler,
      slackTimes: null,
      teamsTimes: null,
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
  if (error instanceof Refused) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}

function clientConfigOrExit(): ClientConfig {
  const read = readClientConfig();
  if (read.ok) return read.config;
  for (const problem of read.problems) err(problem);
  process.exit(2);
}

function uploading(argv: readonly string[]): Promise<Exit> {
  const { url, policyFile, dataDirectory, uploadSecret, secretFor } = clientConfigOrExit();
  return upload(argv, {
    out,
    url,
    policyFile,
    uploadSecret: uploadSecret?.reveal() ?? null,
    secretFor: (reference) =>
      secretFor(reference)?.reveal() ?? readDemoSecrets(dataDirectory).get(reference),
    trim: trimmed,
    now: () => Date.now(),
    wait: (time) => setTimeout(time),
  });
}

/** In demo mode the data directory's key is the operator's token. */
const serverOf = ({ publicUrl, tokens, demo, dataDirectory }: Config): ServerAddress => ({
  url: publicUrl,
  token: tokens.operator?.reveal() ?? (demo.allowed ? readDemoKey(dataDirectory) : null),
});

function failed(
  asked: { readonly because: string; readonly errors: readonly string[] },
  code: Exit = 2,
): Exit {
  err(asked.because);
  for (const line of asked.errors) err(line);
  return asked.errors.length > 0 ? 1 : code;
}

async function adopting(file: string): Promise<Exit> {
  const yaml = await readFile(file, "utf8");
  const read = readPolicyText(file, yaml);
  if (!read.ok) {
    for (const problem of read.problems) err(problemLine(problem));
    return 1;
  }
  const asked = await adoptPolicy(serverOf(configOrExit()), yaml);
  if (!asked.ok) return failed(asked);
  out(
    asked.value.is === "same"
      ? "These rules are in force already; names and accounts are taken from the file."
      : `In force: ${asked.value.digest}`,
  );
  for (const line of asked.value.looser) out(`Looser: ${line}`);
  return 0;
}

async function sending(name: string, file: string): Promise<Exit> {
  const config = configOrExit();
  const body = await readFile(file);
  const found = await sourceNamed(config.policyFile, name);
  if ("problem" in found) return failed({ because: found.problem, errors: [] });
  const { source } = found;
  const auth = wayOf(authOf(source));
  const { reference = "" } = secretsOf(authOf(source))[0] ?? {};
  const secret =
    config.secretFor(reference)?.reveal() ?? readDemoSecrets(config.dataDirectory).get(reference);
  if (auth === undefined || secret === undefined)
    return failed({
      because: `${reference} is not set, and no demo secret is kept in ${config.dataDirectory}.`,
      errors: [],
    });
  const sent = await signalSend({
    url: config.publicUrl,
    source: name,
    auth,
    secret,
    body,
    contentType: contentTypeOf(body),
    now: Date.now(),
    id: systemRandom.id("msg_"),
  });
  if (!sent.ok) return failed({ because: sent.because, errors: [] });
  out(
    `Stored as ${sent.delivery}${sent.duplicate ? " (a duplicate)" : ""}${sent.unmapped ? `; unmapped: ${sent.unmapped}` : ""}`,
  );
  return 0;
}

async function exporting(dir: string): Promise<Exit> {
  const asked = await exportLog(serverOf(configOrExit()), dir);
  if (!asked.ok) return failed(asked);
  out(`${asked.value.files} files in ${dir}`);
  return 0;
}

async function linking(person: string): Promise<Exit> {
  const asked = await loginLink(serverOf(configOrExit()), person);
  if (!asked.ok) return failed(asked);
  out(asked.value.url);
  out(`Valid once, until ${asked.value.expires}.`);
  return 0;
}

async function rehearsing(deployment: string): Promise<Exit> {
  const asked = await rehearse(serverOf(configOrExit()), deployment);
  if (!asked.ok) return failed(asked);
  out(asked.value.told);
  return 0;
}

async function command(argv: readonly string[]): Promise<Exit> {
  const [first = "", second = "", third = "", fourth = ""] = argv;
  switch (`${first} ${second}`.trim()) {
    case "policy check":
      return policyCheck(argv.slice(2), {
        out,
        coverage: () => askCoverage(serverOf(configOrExit())),
      });
    case "policy schema":
      return policySchemaCommand(argv.slice(2), { out });
    case "log verify":
      return logVerify(argv.slice(2), { out });
    case "source try":
      return sourceTry(argv.slice(2), {
        out,
        policyFile: clientConfigOrExit().policyFile,
        parse: parseDelivery,
      });
    case "teams package":
      return teamsPackage(argv.slice(2), { out, app: readTeamsApp });
    case "doctor":
      return doctor(serverOf(configOrExit()), { out, err });
    case "help":
      out(usage);
      return 0;
  }
  if (first === "upload") return uploading(argv.slice(1));
  // A word too many is a mistake: what it was to mean would be left out in silence.
  if (argv.length === 2 && first === "login-link") return linking(second);
  if (argv.length === 2 && first === "rehearse") return rehearsing(second);
  if (argv.length === 3 && first === "policy" && second === "adopt") return adopting(third);
  if (argv.length === 3 && first === "log" && second === "export") return exporting(third);
  if (argv.length === 4 && first === "signal" && second === "send") return sending(third, fourth);
  err(`Unknown command “${argv.join(" ")}”. Nothing was done.\n`);
  err(usage);
  return 2;
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 0) return serve();
  try {
    process.exitCode = await command(argv);
  } catch (error) {
    err(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2));
}
