import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { ClientResult, ServerAddress } from "../cli/operator-client.ts";
import type { Coverage } from "../cli/policy-coverage.ts";
import {
  type ClientConfig,
  type Config,
  readClientConfig,
  readConfig,
  readTeamsApp,
} from "../config.ts";
import { readDemoKey } from "../demo-key.ts";
import { readDemoSecrets } from "../demo-secrets.ts";

/**
 * Commands that read the environment, mostly to call a running server. Each loads its own modules
 * when it runs.
 */

type Exit = 0 | 1 | 2;

/** Where a command writes, line by line. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** The server's configuration; if it is not valid, the process ends and prints every reason. */
export function configOrExit({ err }: Pick<Io, "err">): Config {
  const read = readConfig();
  if (read.ok) return read.config;
  for (const problem of read.problems) err(problem);
  process.exit(2);
}

function clientConfigOrExit({ err }: Io): ClientConfig {
  const read = readClientConfig();
  if (read.ok) return read.config;
  for (const problem of read.problems) err(problem);
  process.exit(2);
}

/** In demo mode the data directory's key is the operator's token. */
function serverOf(io: Io): ServerAddress {
  const { publicUrl, tokens, demo, dataDirectory } = configOrExit(io);
  const token = tokens.operator?.reveal() ?? (demo.allowed ? readDemoKey(dataDirectory) : null);
  return { url: publicUrl, token };
}

/** For what the auditor token may read too. */
function readerAddress(io: Io): ServerAddress {
  const server = serverOf(io);
  return { ...server, token: server.token ?? configOrExit(io).tokens.auditor?.reveal() ?? null };
}

function failed(
  { err }: Io,
  asked: { readonly because: string; readonly errors: readonly string[] },
): Exit {
  err(asked.because);
  for (const line of asked.errors) err(line);
  return asked.errors.length > 0 ? 1 : 2;
}

/** For `policy check --server`. */
export async function coverageOf(io: Io): Promise<ClientResult<Coverage>> {
  const { askCoverage } = await import("../cli/policy-coverage.ts");
  return askCoverage(serverOf(io));
}

const adoptUsage =
  "Usage: holdpoint policy adopt <file> [--as <person> --because <reason> [--confirmed-by <person>] [--basis <link>]]";

/** `policy adopt` */
export async function policyAdopt(argv: readonly string[], io: Io): Promise<Exit> {
  const { adoptionAsked } = await import("../cli/adoption-asked.ts");
  const wanted = adoptionAsked(argv);
  if ("problem" in wanted)
    return failed(io, { because: `${wanted.problem}\n${adoptUsage}`, errors: [] });
  const { file, said } = wanted;
  const { adoptPolicy } = await import("../cli/operator-client.ts");
  const { problemLine, readPolicyText } = await import("../policy-file.ts");
  const yaml = await readFile(file, "utf8");
  const read = readPolicyText(file, yaml);
  if (!read.ok) {
    for (const problem of read.problems) io.err(problemLine(problem));
    return 1;
  }
  const asked = await adoptPolicy(serverOf(io), yaml, said);
  if (!asked.ok) return failed(io, asked);
  if (asked.value.is === "proposed") {
    const { digest, until = "", confirmers = [], looser } = asked.value;
    io.out(`Proposed, not in force yet: ${digest}`);
    for (const line of looser) io.out(`Looser: ${line}`);
    io.out(
      `${confirmers.join(" or ")} can confirm it until ${until}: in the chat or the console, “adopt ${digest.slice(0, 12)}”.`,
    );
    return 0;
  }
  const isSame = asked.value.is === "same";
  io.out(
    isSame
      ? "These rules are in force already; names and accounts are taken from the file."
      : `In force: ${asked.value.digest}`,
  );
  if (isSame && said) io.out("No adoption was recorded, so neither the person nor the reason was.");
  for (const line of asked.value.looser) io.out(`Looser: ${line}`);
  return 0;
}

/** `policy backtest` */
export async function policyBacktestCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const { backtestAsked, policyBacktest, USAGE } = await import("../cli/policy-backtest.ts");
  const wanted = backtestAsked(argv);
  if (wanted === null) {
    io.err(USAGE);
    return 2;
  }
  const asked = await policyBacktest(serverOf(io), wanted, io);
  return asked.ok ? 0 : failed(io, asked);
}

/** `source try` */
export async function sourceTryCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const { sourceTry } = await import("../cli/source-try.ts");
  const { parseDelivery } = await import("../sources/index.ts");
  const { policyFile } = clientConfigOrExit(io);
  return sourceTry(argv, { out: io.out, policyFile, parse: parseDelivery });
}

/** `signal send` */
export async function signalSendCommand(name: string, file: string, io: Io): Promise<Exit> {
  const { contentTypeOf, signalSend, wayOf } = await import("../cli/signal-send.ts");
  const { sourceNamed } = await import("../cli/source-named.ts");
  const { authOf, secretsOf } = await import("../core/policy/source-auth.ts");
  const { systemRandom } = await import("./random.ts");
  const config = configOrExit(io);
  const body = await readFile(file);
  const found = await sourceNamed(config.policyFile, name);
  if ("problem" in found) return failed(io, { because: found.problem, errors: [] });
  const { source } = found;
  const auth = wayOf(authOf(source));
  const { reference = "" } = secretsOf(authOf(source))[0] ?? {};
  const secret =
    config.secretFor(reference)?.reveal() ?? readDemoSecrets(config.dataDirectory).get(reference);
  if (auth === undefined || secret === undefined)
    return failed(io, {
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
  if (!sent.ok) return failed(io, { because: sent.because, errors: [] });
  const duplicate = sent.duplicate ? " (a duplicate)" : "";
  const unmapped = sent.unmapped ? `; unmapped: ${sent.unmapped}` : "";
  io.out(`Stored as ${sent.delivery}${duplicate}${unmapped}`);
  return 0;
}

/** `upload` */
export async function uploadCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const { upload } = await import("../cli/upload.ts");
  const { trimmed } = await import("../sources/trimmed.ts");
  const { url, policyFile, dataDirectory, uploadSecret, secretFor } = clientConfigOrExit(io);
  return upload(argv, {
    out: io.out,
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

/** `log export` */
export async function logExport(words: readonly string[], io: Io): Promise<Exit> {
  const { exportAsked, exportLog, USAGE } = await import("../cli/log-export.ts");
  const wanted = exportAsked(words);
  if (wanted === null) {
    io.err(USAGE);
    return 2;
  }
  const asked = await exportLog(serverOf(io), wanted.directory, wanted.witnessed);
  if (!asked.ok) return failed(io, asked);
  io.out(`${asked.value.files} files in ${wanted.directory}`);
  return 0;
}

/** `log consistency`. The auditor token is enough. */
export async function logConsistencyCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const { consistencyAsked, logConsistency, USAGE } = await import("../cli/log-consistency.ts");
  const wanted = consistencyAsked(argv);
  if (wanted === null) {
    io.err(USAGE);
    return 2;
  }
  const asked = await logConsistency(readerAddress(io), wanted);
  if (!asked.ok) return failed(io, asked);
  io.out(asked.value.line);
  return asked.value.ok ? 0 : 1;
}

/** `teams package` */
export async function teamsPackageCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const { teamsPackage } = await import("../cli/teams-package.ts");
  return teamsPackage(argv, { out: io.out, app: readTeamsApp });
}

/** `doctor` */
export async function doctorCommand(io: Io): Promise<Exit> {
  const { doctor } = await import("../cli/doctor.ts");
  return doctor(serverOf(io), io);
}

/** `rehearse` */
export async function rehearseCommand(deployment: string, io: Io): Promise<Exit> {
  const { rehearse } = await import("../cli/operator-client.ts");
  const asked = await rehearse(serverOf(io), deployment);
  if (!asked.ok) return failed(io, asked);
  io.out(asked.value.told);
  return 0;
}

/** A question as in a chat. The auditor token is enough to read. */
export async function askCommand(words: readonly string[], io: Io): Promise<Exit> {
  const { askLine } = await import("../cli/ask.ts");
  const asked = await askLine(readerAddress(io), words, io);
  return asked.ok ? 0 : failed(io, asked);
}

/** `log restored` */
export async function logRestoredCommand(because: string, io: Io): Promise<Exit> {
  const { restored } = await import("../cli/operator-client.ts");
  const asked = await restored(serverOf(io), because);
  if (!asked.ok) return failed(io, asked);
  io.out(asked.value.told);
  return 0;
}

const rotateUsage =
  "Usage: holdpoint log rotate-key --because <reason> [--stolen-after <entries>]\n<entries>: up to how many entries the old key's checkpoints are surely yours.";

/** `log rotate-key` */
export async function logRotateKeyCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const [flag, because = "", stolen, after = ""] = argv;
  const isPlain = flag === "--because" && /\S/.test(because) && argv.length === 2;
  const isStolen = argv.length === 4 && stolen === "--stolen-after" && /^\d{1,15}$/.test(after);
  if (!isPlain && !(flag === "--because" && /\S/.test(because) && isStolen)) {
    io.err(rotateUsage);
    return 2;
  }
  const { rotateKey } = await import("../cli/operator-client.ts");
  const wanted = isStolen ? { because, distrusted: Number(after) } : { because };
  const asked = await rotateKey(serverOf(io), wanted);
  if (!asked.ok) return failed(io, asked);
  io.out(asked.value.told);
  return 0;
}

/** `prove` */
export async function proveCommand(argv: readonly string[], io: Io): Promise<Exit> {
  const { proofAsked, proveCheck, USAGE, writeProof } = await import("../cli/prove.ts");
  const asked = proofAsked(argv);
  if (asked === null) {
    io.err(USAGE);
    return 2;
  }
  if (asked.do === "check") return proveCheck(asked, io);
  const written = await writeProof(serverOf(io), asked);
  if (!written.ok) return failed(io, written);
  io.out(written.value);
  return 0;
}

/** `login-link` */
export async function loginLinkCommand(person: string, io: Io): Promise<Exit> {
  const { loginLink } = await import("../cli/operator-client.ts");
  const asked = await loginLink(serverOf(io), person);
  if (!asked.ok) return failed(io, asked);
  io.out(asked.value.url);
  io.out(`Valid once, until ${asked.value.expires}.`);
  return 0;
}
