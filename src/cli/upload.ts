import { createHash } from "node:crypto";
import type { Instant, Millis } from "../core/ids.ts";
import { authOf, secretsOf } from "../core/policy/source-auth.ts";
import { storable } from "../core/text.ts";
import { argumentsIn, flagIn } from "./arguments.ts";
import { errorText } from "./error-text.ts";
import { contentTypeOf, type Sent, type SignalToSend, signalSend, wayOf } from "./signal-send.ts";
import { sourceNamed } from "./source-named.ts";
import { bodyOf, type Trim } from "./upload-body.ts";
import { toldLines } from "./upload-told.ts";

const usage =
  "usage: holdpoint upload <source> <file…> [--url <address>] [--policy <file>] [--auth bearer|standardWebhooks]";

/** The dependencies of the command. */
export interface UploadEnvironment {
  readonly out: (line: string) => void;
  /** The server's address, without --url. */
  readonly url: string;
  /** The default policy, without --policy. */
  readonly policyFile: string;
  /** The secret a policy names as `env:NAME`. */
  readonly secretFor: (reference: string) => string | undefined;
  /** HOLDPOINT_UPLOAD_SECRET, which takes precedence over the policy's. */
  readonly uploadSecret: string | null;
  /** Reduces the results of known programs; null where it does not know the file. */
  readonly trim: Trim;
  readonly now: () => Instant;
  readonly wait: (time: Millis) => Promise<void>;
}

/**
 * Posts result files as a source, for CI jobs. The same content is the same delivery, so that
 * repeating a job changes nothing. Exit code 0 all are stored and readable, 1 one cannot be read, 2
 * usage, or one could not be delivered.
 */
export async function upload(
  argv: readonly string[],
  environment: UploadEnvironment,
): Promise<0 | 1 | 2> {
  const asked = questionIn(argv, environment);
  if (!asked) {
    environment.out(usage);
    return 2;
  }
  try {
    const signing = await signingFor(asked, environment);
    if ("problem" in signing) {
      environment.out(signing.problem);
      return 2;
    }
    let worst: 0 | 1 | 2 = 0;
    for (const file of asked.files) {
      const { lines, exit } = await one(file, { ...asked, ...signing }, environment);
      for (const line of lines) environment.out(storable(line));
      worst = exit > worst ? exit : worst;
    }
    return worst;
  } catch (error) {
    environment.out(errorText(error));
    return 2;
  }
}

/** Sends one file, and reports the result. */
async function one(
  file: string,
  what: Pick<SignalToSend, "url" | "source" | "auth" | "secret">,
  environment: UploadEnvironment,
): Promise<{ readonly lines: readonly string[]; readonly exit: 0 | 1 | 2 }> {
  const read = await bodyOf(file, environment.trim);
  if ("problem" in read) return { lines: [`${file}: ${read.problem}`], exit: 2 };
  const sent = await delivered({ ...what, body: read.body }, environment);
  const { line, exit } = outcomeOf(sent);
  const said = read.said.map((sentence) => `${file}: ${sentence}`);
  return { lines: [...said, `${file}: ${line}`, ...(sent.ok ? toldLines(sent) : [])], exit };
}

interface Question {
  readonly source: string;
  readonly files: readonly string[];
  readonly url: string;
  readonly policy: string;
  readonly auth: string | null;
}

function questionIn(
  argv: readonly string[],
  { url, policyFile }: UploadEnvironment,
): Question | null {
  const given = argumentsIn(argv, ["--url", "--policy", "--auth"]);
  const [source, ...files] = given?.words ?? [];
  if (!given || source === undefined || files.length === 0) return null;
  const asked = flagIn(given, "--url") ?? url;
  if (!URL.canParse(asked)) return null;
  return {
    source,
    files,
    url: asked,
    policy: flagIn(given, "--policy") ?? policyFile,
    auth: flagIn(given, "--auth") ?? null,
  };
}

type Signing = Pick<SignalToSend, "auth" | "secret"> | { readonly problem: string };

/**
 * The authentication of the source: as --auth says, for jobs without a policy, else as the policy
 * says.
 */
const signingFor = (asked: Question, environment: UploadEnvironment): Promise<Signing> | Signing =>
  asked.auth === null ? byPolicy(asked, environment) : byFlag(asked.auth, environment);

function byFlag(asked: string, { uploadSecret }: UploadEnvironment): Signing {
  const auth = (["bearer", "standardWebhooks"] as const).find((name) => name === asked);
  if (!auth) return { problem: "--auth is bearer or standardWebhooks." };
  if (uploadSecret === null) return { problem: "HOLDPOINT_UPLOAD_SECRET is not set." };
  return { auth, secret: uploadSecret };
}

async function byPolicy(
  { policy, source: name }: Question,
  { uploadSecret, secretFor }: UploadEnvironment,
): Promise<Signing> {
  const found = await sourceNamed(policy, name);
  if ("problem" in found) return found;
  const auth = wayOf(authOf(found.source));
  const { reference = "" } = secretsOf(authOf(found.source))[0] ?? {};
  const secret = uploadSecret ?? secretFor(reference);
  if (auth === undefined || secret === undefined)
    return { problem: `${reference} is not set, nor is HOLDPOINT_UPLOAD_SECRET.` };
  return { auth, secret };
}

const attempts = 5;
const longestWait: Millis = 60_000;

/**
 * Sends until it is accepted or refused. Each attempt is signed again, since a signature is valid
 * only for minutes.
 */
async function delivered(
  what: Pick<SignalToSend, "url" | "source" | "auth" | "secret" | "body">,
  { now, wait }: UploadEnvironment,
): Promise<Sent> {
  const contentType = contentTypeOf(what.body);
  const id = deliveryId(what.source, what.body);
  for (let attempt = 1; ; attempt += 1) {
    const sent = await signalSend({ ...what, contentType, id, now: now() });
    if (sent.ok || sent.again === null || attempt === attempts) return sent;
    await wait(Math.min(sent.again.after ?? 1000 * 2 ** (attempt - 1), longestWait));
  }
}

/** The same content to the same source has the same id. */
const deliveryId = (source: string, body: Uint8Array): string =>
  `upload_${createHash("sha256").update(`${source}\n`).update(body).digest("hex").slice(0, 40)}`;

function outcomeOf(sent: Sent): { readonly line: string; readonly exit: 0 | 1 | 2 } {
  if (!sent.ok) return { line: sent.because, exit: 2 };
  if (sent.unmapped !== null) return { line: `stored, unmapped: ${sent.unmapped}`, exit: 1 };
  const what = sent.duplicate ? "already stored" : "stored";
  return { line: `${what} as ${sent.delivery}`, exit: 0 };
}
