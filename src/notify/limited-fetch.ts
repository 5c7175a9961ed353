import type { Dispatcher } from "undici";
import { SendFault } from "../app/ports.ts";
import type { Millis } from "../core/ids.ts";
import { connectionFor, faultOf, type Resolve } from "./post.ts";

/** What is asked of `fetch`; a library's requests have no more. */
interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FetchLimits {
  /**
   * The address that the operator configured: its host may be anywhere, every other host that it
   * leads to only at a public address, by https.
   */
  readonly own: URL;
  /** The host's name, for the text of a fault. */
  readonly to: string;
  /** For the whole of an answer. */
  readonly timeout: Millis;
  /** Bytes of an answer that are read at most. */
  readonly most: number;
  readonly resolve: Resolve;
}

/**
 * `fetch` for a library: by the same rules as webhooks are sent, without redirects, and with an end
 * to what is read. Throws SendFault.
 */
export function limitedFetch({ own, to, timeout, most, resolve }: FetchLimits) {
  return async (address: string, { method, headers, body }: Asked): Promise<Response> => {
    const url = new URL(address);
    const privateAddresses = url.origin === own.origin ? null : [];
    const client = connectionFor({ url, privateAddresses, timeout, to }, resolve);
    try {
      const path = `${url.pathname}${url.search}`;
      const signal = AbortSignal.timeout(timeout);
      const sent = body === undefined || body === null ? null : String(body);
      const verb = method === "POST" ? "POST" : "GET";
      const answer = await client.request({ method: verb, path, headers, body: sent, signal });
      answer.body.on("error", () => undefined); // it is destroyed below
      const bytes = await bytesOf(answer.body, most);
      if (bytes === null) throw tooLong(to, most);
      return responseOf(answer, bytes);
    } catch (error) {
      throw faultOf(error, { to, timeout });
    } finally {
      await client.destroy();
    }
  };
}

function responseOf(
  { statusCode: status, headers }: Pick<Dispatcher.ResponseData, "statusCode" | "headers">,
  bytes: Uint8Array<ArrayBuffer>,
): Response {
  const type = String(headers["content-type"] ?? "");
  return new Response(bytes.length === 0 ? null : bytes, {
    status,
    headers: { "content-type": type },
  });
}

const tooLong = (to: string, most: number): SendFault =>
  new SendFault(`${to} answered with more than ${most} bytes`, {
    retry: "later",
    arrived: "perhaps",
  });

/** Null where there are more. */
async function bytesOf(
  body: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
