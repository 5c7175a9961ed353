import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Client } from "undici";
import { SendFault } from "../app/ports.ts";
import { isAmong, isPublic, type Range } from "../core/address.ts";
import type { Millis } from "../core/ids.ts";

/** A POST to an address that the policy names. */
export interface Posting {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Private addresses that may be reached; null = any address, for a place that the operator
   * configured.
   */
  readonly privateAddresses: readonly Range[] | null;
  readonly timeout: Millis;
  /** The receiver's name, for the text of a fault. */
  readonly to: string;
  /** How many bytes of the answer are read; 0 = it is not read. */
  readonly read?: number;
}

/** The answer. */
export interface Posted {
  readonly status: number;
  readonly retryAfter: string | null;
  /** "" where it was not to be read, or is longer than that. */
  readonly text: string;
}

/** Resolves a name, as `dns.lookup` does. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** The system's resolver. */
export const systemResolve: Resolve = (hostname, options, callback) =>
  systemLookup(hostname, options, callback);

/**
 * Resolves as soon as the status is known, and what is to be read was. Follows no redirect, keeps
 * no connection. Throws SendFault.
 */
export async function post(posting: Posting, resolve: Resolve): Promise<Posted> {
  const { url, headers, body, timeout } = posting;
  const client = connectionFor(posting, resolve);
  try {
    const answer = await client.request({
      method: "POST",
      path: `${url.pathname}${url.search}`,
      headers,
      body,
      signal: AbortSignal.timeout(timeout),
    });
    answer.body.on("error", () => undefined); // it is destroyed below
    const asked = answer.headers["retry-after"];
    return {
      status: answer.statusCode,
      retryAfter: (Array.isArray(asked) ? asked[0] : asked) ?? null,
      text: await textOf(answer.body, posting.read ?? 0),
    };
  } catch (error) {
    throw faultOf(error, posting);
  } finally {
    await client.destroy();
  }
}

type Destination = Pick<Posting, "url" | "privateAddresses" | "timeout" | "to">;

/** A connection that is made only to an address which may be reached. Throws SendFault. */
export function connectionFor(destination: Destination, resolve: Resolve): Client {
  const { url, timeout, to } = destination;
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && !mayReach(destination, literal)) throw forbidden(to, url, [literal]);
  return new Client(url.origin, {
    connect: { lookup: guarded(destination, resolve), rejectUnauthorized: true, timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    pipelining: 0,
  });
}

async function textOf(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (most === 0) return "";
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Without TLS only listed addresses are reached. */
const mayReach = ({ url, privateAddresses }: Destination, address: string): boolean =>
  privateAddresses === null ||
  isAmong(address, privateAddresses) ||
  (url.protocol === "https:" && isPublic(address));

/**
 * Resolves the name and returns only addresses that may be reached. The connection uses one of
 * these, so that a name that resolves differently between check and connection gains nothing.
 */
const guarded =
  (posting: Destination, resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "", 0);
      const good = found.filter(({ address }) => mayReach(posting, address));
      const [first] = good;
      if (!first) {
        const addresses = found.map(({ address }) => address);
        return callback(forbidden(posting.to, posting.url, addresses), "", 0);
      }
      if (options.all) return callback(null, [...good]);
      callback(null, first.address, first.family);
    });
  };

function forbidden(to: string, url: URL, addresses: readonly string[]): SendFault {
  const why =
    url.protocol === "https:"
      ? "is not a public address and not one of its privateAddresses"
      : "is not one of its privateAddresses, and http is for those alone";
  const which = addresses.slice(0, 3).join(", ") || "none";
  return new SendFault(`${to} is at ${which}, which ${why}`, { retry: "later", arrived: "no" });
}

/** Errors of a connection that was never made. */
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What went wrong with a request, in words. */
export function faultOf(
  error: unknown,
  { to, timeout }: Pick<Posting, "to" | "timeout">,
): SendFault {
  if (error instanceof SendFault) return error;
  if (error instanceof Error && error.name === "TimeoutError")
    return new SendFault(`${to} gave no answer within ${timeout / 1_000} s`, {
      retry: "later",
      arrived: "perhaps",
      cause: error,
    });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const arrived = neverSent.has(code) ? "no" : "perhaps";
  const what = code || (error instanceof Error ? error.message : String(error));
  return new SendFault(`${to} could not be reached (${what})`, {
    retry: "later",
    arrived,
    cause: error,
  });
}
