import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import {
  createUnauthenticatedBodies,
  type UnauthenticatedBodies,
} from "./unauthenticated-bodies.ts";

/**
 * Reads request bodies: each within a limit, all together within another, and none that is not
 * needed.
 */

/** The largest body that is kept whole. */
export const largestBody = 1024 * 1024;
/** The largest webhook that is read to its end, so that its signature can be checked. */
const largestRead = 16 * 1024 * 1024;
/** What is kept of a webhook that is larger than `largestBody`. */
const keptOfLarge = 64 * 1024;
/** The limit for all bodies being read together; their senders are not authenticated yet. */
const heldAtMost = 32 * 1024 * 1024;

/** Why a body was not read to its end. */
export class BodyProblem extends Error {
  readonly statusCode: 400 | 413 | 503;
  /** Fastify's code for the same problem, which every error handler knows; "" for the others. */
  readonly code: "FST_ERR_CTP_BODY_TOO_LARGE" | "HOLDPOINT_BUSY" | "";
  constructor(statusCode: BodyProblem["statusCode"], message: string) {
    super(message);
    this.name = "BodyProblem";
    this.statusCode = statusCode;
    this.code = codes[statusCode];
  }
}

const codes = { 400: "", 413: "FST_ERR_CTP_BODY_TOO_LARGE", 503: "HOLDPOINT_BUSY" } as const;

/** Reads request bodies. Rejects with `BodyProblem`; the connection is then to be closed. */
export interface Bodies {
  /** All of it, at most `largest` bytes. */
  whole(payload: Incoming, largest: number): Promise<Buffer>;
  /**
   * The whole body up to 1 MiB, the first 64 KiB of a larger one. `passing` gets every byte, up to
   * 16 MiB; `size` is the number of bytes sent.
   */
  webhook(
    payload: Incoming,
    passing: (chunk: Buffer) => void,
  ): Promise<{ readonly kept: Buffer; readonly size: number }>;
}

type Incoming = Readable & { readonly headers?: IncomingHttpHeaders };

/** A reader with its own limit for all bodies that it reads at the same time. */
export function createBodies(
  held: UnauthenticatedBodies = createUnauthenticatedBodies(heldAtMost),
): Bodies {
  /** Passes on each chunk; `hold` reports how many bytes are still kept. */
  const read = (
    payload: Incoming,
    most: number,
    take: (chunk: Buffer, hold: (bytes: number) => void) => void,
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      if (Number(payload.headers?.["content-length"] ?? 0) > most) throw tooLarge(most);
      let size = 0;
      // What is left unread stays where it is: the answer still goes over this connection.
      const stop = (): void => {
        payload.pause();
        payload.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
        holding.end();
      };
      const giveUp = (why: unknown): void => {
        stop();
        reject(why);
      };
      const holding = held.begin(() => giveUp(tooMuch()));
      const onData = (chunk: Buffer): void => {
        size += chunk.length;
        try {
          if (size > most) throw tooLarge(most);
          take(chunk, holding.holds);
        } catch (error) {
          giveUp(error);
        }
      };
      const onEnd = (): void => {
        stop();
        resolve(size);
      };
      const onBroken = (cause?: unknown): void => giveUp(brokenOff(cause));
      if (payload.destroyed) return onBroken();
      payload.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
    });

  return {
    whole: async (payload, largest) => {
      const body = growing();
      await read(payload, largest, (chunk, hold) => hold(body.add(chunk)));
      return body.bytes();
    },

    webhook: async (payload, passing) => {
      const body = growing();
      let sent = 0;
      const size = await read(payload, largestRead, (chunk, hold) => {
        passing(chunk);
        sent += chunk.length;
        if (sent <= largestBody) hold(body.add(chunk));
        else hold(body.keep(chunk, keptOfLarge));
      });
      return { kept: body.bytes(), size };
    },
  };
}

/**
 * A growing buffer, so that a body in a million chunks of one byte takes no more memory than one in
 * a single chunk.
 */
function growing() {
  let buffer = Buffer.alloc(0);
  let length = 0;
  const add = (chunk: Buffer): number => {
    if (length + chunk.length > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, length + chunk.length));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    chunk.copy(buffer, length);
    length += chunk.length;
    return length;
  };
  return {
    /** Returns the number of bytes. */
    add,
    /** Adds only up to `most` bytes and drops the rest. */
    keep: (chunk: Buffer, most: number): number => {
      if (length < most) add(chunk.subarray(0, most - length));
      if (length > most) {
        buffer = Buffer.from(buffer.subarray(0, most));
        length = most;
      }
      return length;
    },
    bytes: (): Buffer => buffer.subarray(0, length),
  };
}

const tooLarge = (most: number): BodyProblem =>
  new BodyProblem(413, `The body is above ${sizeText(most)}.`);

const tooMuch = (): BodyProblem =>
  new BodyProblem(503, "Too much is being sent at the same time; try again in a moment.");

const brokenOff = (cause: unknown): BodyProblem =>
  new BodyProblem(400, cause instanceof Error ? cause.message : "The body broke off.");

const sizeText = (bytes: number): string =>
  bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes / 1024} KiB`;

/** Whether a request's body has not been read to its end: then the connection cannot be reused. */
export function isUnread({ headers, complete }: IncomingMessage): boolean {
  return (
    !complete &&
    (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0)
  );
}
