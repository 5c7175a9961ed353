/**
 * Without arguments starts the server, else runs one command. Exit codes: 0 ok, 1 the checked thing
 * is wrong, 2 usage or fault. Nothing is imported at the top: each command loads only what it needs
 * (decision 0067).
 */

type Exit = 0 | 1 | 2;

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (line: string): void => void process.stderr.write(`${line}\n`);
const io = { out, err };

const usage = `Holdpoint, a hold point for AI deployments.

  npm start                                  start the server
  npm run holdpoint -- <command>
    policy check [file] [--server]           list the mistakes in a policy, each with its line (offline; --server: also triggers and sources without data)
    policy schema                            print the policy's JSON Schema (offline)
    policy adopt <file> [--as <person> --because <reason> [--confirmed-by <person>] [--basis <link>]]   put a policy in force, or propose it; the rest is recorded
    policy backtest <file> [--days 30]       replay stored signals on a policy and the one in force; nothing is written
    source try <source> [<file>] [--policy <file>]   show the signals in a body and the triggers that they match (offline)
    signal send <source> <file>              sign a sample and post it
    upload <source> <file…> [--url <address>] [--policy <file>]   post a CI job's results; safe to repeat
    log export <dir> [--witnessed]           export the whole log as files (--witnessed: up to what all witnesses cosigned)
    log verify <dir> [--key <vkey>] [--seen <checkpoint>]… [--quorum <file>] [--require key,seen,meaning,witness] [--bytes]   check an export (offline)
    log consistency <checkpoint file> --key <vkey>   check that the server's log extends a checkpoint that you kept
    witness <directory> --name <name> --log <vkey> [--listen <host>:<port>]   cosign checkpoints, on the audit team's own machine
    prove <HP-…|record number> --out <file>  write the proof that a decision is in the log, with its texts and policy
    prove --check <file> [--key <vkey>] [--quorum <file>]   check such a file (offline)
    log restored --because <reason>          record that the database was restored from a backup on purpose; the server signs again
    log rotate-key --because <reason> [--stolen-after <entries>]   replace the key that signs the log
    teams package [file]                     create the app to upload to Teams, holdpoint-teams.zip (offline)
    doctor                                   check the chats: settings, channels, and everybody the policy names
    rehearse <deployment>                    post a marked test escalation in the real channel; answers change nothing
    login-link <person>                      create a one-time link to the console, for when chat is down
    status, who, decisions, record, policy at, policy diff, figures, audit sample …   ask the record as in a chat; files go to the output
    help                                     show this text`;

/** The words that begin a question to a running server. */
const questions: ReadonlySet<string> = new Set([
  "status",
  "who",
  "decisions",
  "record",
  "figures",
  "audit sample",
  "policy at",
  "policy diff",
]);

const isQuestion = ([first = "", second = ""]: readonly string[]): boolean =>
  questions.has(first) || questions.has(`${first} ${second}`);

/** Runs what the arguments ask for. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  if (argv.length === 0) return server();
  for (const stream of [process.stdout, process.stderr]) stream.on("error", unlessClosed);
  try {
    process.exitCode = await command(argv);
  } catch (error) {
    const { errorText } = await import("../cli/error-text.ts");
    err(errorText(error));
    process.exitCode = 2;
  }
}

/** Whoever reads the output may have read enough, as in `log verify … | head -1`. */
function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

const clientCommands = () => import("./client-commands.ts");

async function server(): Promise<void> {
  const { configOrExit } = await clientCommands();
  const config = configOrExit(io);
  const { serve } = await import("./serve.ts");
  return serve(config, io);
}

async function policyCheck(argv: readonly string[]): Promise<Exit> {
  const { policyCheck: check } = await import("../cli/policy-check.ts");
  return check(argv, { out, coverage: async () => (await clientCommands()).coverageOf(io) });
}

async function command(argv: readonly string[]): Promise<Exit> {
  const [first = "", second = ""] = argv;
  switch (`${first} ${second}`.trim()) {
    case "help":
      out(usage);
      return 0;
    case "policy check":
      return policyCheck(argv.slice(2));
    case "policy adopt":
      return (await clientCommands()).policyAdopt(argv.slice(2), io);
    case "policy backtest":
      return (await clientCommands()).policyBacktestCommand(argv.slice(2), io);
    case "policy schema":
      return (await import("../cli/policy-schema.ts")).policySchemaCommand(argv.slice(2), io);
    case "log verify":
      return (await import("../cli/log-verify.ts")).logVerify(argv.slice(2), io);
    case "source try":
      return (await clientCommands()).sourceTryCommand(argv.slice(2), io);
    case "log export":
      return (await clientCommands()).logExport(argv.slice(2), io);
    case "log consistency":
      return (await clientCommands()).logConsistencyCommand(argv.slice(2), io);
    case "teams package":
      return (await clientCommands()).teamsPackageCommand(argv.slice(2), io);
    case "doctor":
      return (await clientCommands()).doctorCommand(io);
  }
  if (first === "witness")
    return (await import("./witness-command.ts")).witnessCommand(argv.slice(1), io);
  if (first === "prove") return (await clientCommands()).proveCommand(argv.slice(1), io);
  if (isQuestion(argv)) return (await clientCommands()).askCommand(argv, io);
  return withArguments(argv);
}

/** What begins with `log` and asks the server; null where it is none of these. */
async function logCommand(what: string, argv: readonly string[]): Promise<Exit | null> {
  const [first = "", second = ""] = argv;
  const { logRestoredCommand, logRotateKeyCommand } = await clientCommands();
  if (what === "rotate-key") return logRotateKeyCommand(argv, io);
  if (what === "restored" && argv.length === 2 && first === "--because")
    return logRestoredCommand(second, io);
  return null;
}

async function withArguments(argv: readonly string[]): Promise<Exit> {
  const [first = "", second = "", third = "", fourth = ""] = argv;
  if (first === "upload") return (await clientCommands()).uploadCommand(argv.slice(1), io);
  // An extra word is an error: otherwise it would be ignored silently.
  if (argv.length === 2 && first === "login-link")
    return (await clientCommands()).loginLinkCommand(second, io);
  if (argv.length === 2 && first === "rehearse")
    return (await clientCommands()).rehearseCommand(second, io);
  if (first === "log") {
    const exit = await logCommand(second, argv.slice(2));
    if (exit !== null) return exit;
  }
  if (argv.length === 4 && first === "signal" && second === "send")
    return (await clientCommands()).signalSendCommand(third, fourth, io);
  err(`Unknown command “${argv.join(" ")}”. Nothing was done.\n`);
  err(usage);
  return 2;
}
