import { createServer, type IncomingMessage, type Server } from "node:http";
import { type Checkpoint, parseVkey } from "../core/log/checkpoint.ts";
import { cosign, type WitnessKey } from "../core/log/cosignature.ts";
import { judged, type KnownLog } from "../core/log/witness.ts";

/**
 * `holdpoint witness`: a C2SP witness (c2sp.org/tlog-witness) for the audit team's own machine. It
 * cosigns checkpoints of the logs that it was told, and no checkpoint that takes back an entry of
 * one that it cosigned before.
 */

export const USAGE =
  "usage: holdpoint witness <directory> --name <name> --log <vkey> [--log <vkey>]… [--listen <host>:<port>]";

export interface WitnessAsked {
  /** Where its key and the newest checkpoint of each log are kept. */
  readonly directory: string;
  readonly name: string;
  /** vkeys of logs. */
  readonly logs: readonly string[];
  readonly host: string;
  readonly port: number;
}

/** What the arguments ask for; else what is wrong with them, "" where the usage says it. */
export function witnessAsked(argv: readonly string[]): WitnessAsked | string {
  const words = argv.flatMap(
    (word) => /^(--(?:name|log|listen))=(.*)$/s.exec(word)?.slice(1) ?? word,
  );
  const given: Record<string, string[]> = { "--name": [], "--log": [], "--listen": [] };
  const rest: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const list = given[words[i] ?? ""];
    if (list) i += 1;
    (list ?? rest).push(words[i] ?? "");
  }
  const [directory = ""] = rest;
  const [name = "", more] = given["--name"] ?? [];
  const [listen = "127.0.0.1:8095", other] = given["--listen"] ?? [];
  const logs = given["--log"] ?? [];
  const isWhole = rest.length === 1 && directory !== "" && !directory.startsWith("-");
  if (!isWhole || name === "" || logs.length === 0 || more !== undefined || other !== undefined)
    return "";
  return settled({ directory, name, logs, listen });
}

function settled({
  directory,
  name,
  logs,
  listen,
}: Pick<WitnessAsked, "directory" | "name" | "logs"> & {
  readonly listen: string;
}): WitnessAsked | string {
  const unread = logs.find((vkey) => parseVkey(vkey) === undefined);
  if (unread !== undefined)
    return `--log: “${unread}” is not the key of a log, as log.pub of an export has it.`;
  const origins = logs.map((vkey) => parseVkey(vkey)?.name);
  if (new Set(origins).size < origins.length) return "--log: one log is there twice.";
  const [, host = "", port = ""] = /^(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/i.exec(listen) ?? [];
  if (host === "" || Number(port) > 65_535)
    return `--listen: “${listen}” is not <host>:<port>, such as 127.0.0.1:8095.`;
  return { directory, name, logs, host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** What a witness needs besides the request. */
export interface WitnessParts {
  readonly logs: readonly string[];
  readonly key: WitnessKey;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The newest checkpoint of an origin that was cosigned; null = none. */
  readonly latest: (origin: string) => Checkpoint | null;
  /** Keeps it durably; called before its cosignature leaves. Throws where that fails. */
  readonly keep: (checkpoint: Checkpoint, note: string) => void;
  readonly out: (line: string) => void;
}

/** A submission has at most 63 hashes and a checkpoint with some signatures. */
const largestBody = 64 * 1024;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** The HTTP server, not yet listening. */
export function witnessServer(parts: WitnessParts): Server {
  return createServer(async (request, response) => {
    const answer = await answerTo(parts, request).catch(() => null);
    if (answer === null) return void response.destroy(); // whoever sent it went away
    response.writeHead(answer.status, {
      "content-type": answer.type ?? "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...(request.complete ? {} : { connection: "close" }),
    });
    response.end(answer.body);
  });
}

async function answerTo(parts: WitnessParts, request: IncomingMessage): Promise<Answer> {
  const path = request.url?.split("?")[0] ?? "";
  if (!path.endsWith("/add-checkpoint"))
    return { status: 404, body: "A witness takes POST …/add-checkpoint, and nothing else.\n" };
  if (request.method !== "POST") return { status: 405, body: "It takes POST only.\n" };
  const body = await bodyOf(request);
  return body === null
    ? { status: 413, body: `A submission has at most ${largestBody} bytes.\n` }
    : submitted(parts, body);
}

/** Null where it is larger than any submission. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Judges and keeps without waiting in between, so that of two submissions at once the second is
 * judged against the first.
 */
function submitted({ logs, key, now, latest, keep, out }: WitnessParts, body: string): Answer {
  const known = new Map<string, KnownLog>();
  for (const vkey of logs) {
    const origin = parseVkey(vkey)?.name ?? "";
    known.set(origin, { vkey, latest: latest(origin) });
  }
  const verdict = judged(body, known);
  if (verdict.is === "behind")
    return { status: 409, body: `${verdict.size}\n`, type: "text/x.tlog.size" };
  if (verdict.is === "refused") {
    out(`Refused (${verdict.status}): ${verdict.say.trim()}`);
    return { status: verdict.status, body: verdict.say };
  }
  const { checkpoint, note } = verdict;
  try {
    keep(checkpoint, note);
  } catch (error) {
    out(`Not cosigned, since the checkpoint cannot be kept: ${String(error)}`);
    return { status: 500, body: "The checkpoint could not be kept, so it was not cosigned.\n" };
  }
  out(`Cosigned ${checkpoint.origin} with ${checkpoint.size} entries.`);
  return { status: 200, body: cosign(checkpoint, { key, seconds: Math.floor(now() / 1_000) }) };
}
