import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import { SendFault } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";

/** Slack's address, and our token. */
export interface SlackConnection {
  readonly token: string;
  readonly apiUrl: string;
  /** The timeout of one call. */
  readonly timeout?: Millis;
}

/** The SDK would print tokens and texts; what matters reaches us as errors. */
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/**
 * The client of a process. It never repeats a call by itself: with the SDK's repeats one lost
 * answer led to three messages.
 */
export function createApi({ token, apiUrl, timeout = 10_000 }: SlackConnection): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    allowAbsoluteUrls: false,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logger: silent,
  });
}

/** Slack's error code; null where Slack did not refuse the call. */
export function refusalOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}

/**
 * The pause before another attempt where somebody must first change something in Slack or in the
 * policy. Nothing is lost meanwhile.
 */
const untilMended: Millis = 300_000;

/**
 * Error codes of an internal problem of Slack. Slack documents that the call may have succeeded all
 * the same.
 */
const unwell: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
  "accesslimited",
]);

/** Slack's codes for a rate limit without a duration. */
const tooFast: ReadonlySet<string> = new Set(["ratelimited", "rate_limited"]);
const untilSlower: Millis = 30_000;

/** Errors of a connection that was never made. */
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** A failed call as a SendFault: whether Slack may have done it, and when to try again. */
export function sendFaultOf(error: unknown): SendFault {
  if (error instanceof SendFault) return error;
  if (error instanceof WebAPIRateLimitedError) {
    const wait = Math.max(1, error.retryAfter) * 1_000;
    const what = { arrived: "no", holdLane: wait, retryIn: wait, cause: error } as const;
    return new SendFault(`Slack asks to wait ${error.retryAfter} s`, { retry: "later", ...what });
  }
  const refusal = refusalOf(error);
  if (refusal !== null && tooFast.has(refusal))
    return new SendFault("Slack asks to go slower", {
      retry: "later",
      arrived: "no",
      cause: error,
      holdLane: untilSlower,
      retryIn: untilSlower,
    });
  if (refusal !== null && !unwell.has(refusal))
    return new SendFault(`Slack refused it: ${refusal}`, {
      retry: "later",
      arrived: "no",
      retryIn: untilMended,
      cause: error,
    });
  const arrived = wasNeverSent(error) ? "no" : "perhaps";
  return new SendFault(wordsOf(error), { retry: "later", arrived, cause: error });
}

/**
 * A failed read from Slack as a SendFault. It says nothing about the message, for which `arrived`
 * is already known.
 */
export function askFaultOf(
  error: unknown,
  arrived: SendFault["arrived"],
  what = "Slack could not be asked first",
): SendFault {
  const { message, retry, holdLane, retryIn } = sendFaultOf(error);
  return new SendFault(`${what}: ${message}`, {
    retry,
    arrived,
    cause: error,
    ...(holdLane === null ? {} : { holdLane }),
    ...(retryIn === null ? {} : { retryIn }),
  });
}

function wasNeverSent(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && neverSent.has(String(cause.code))) return true;
  return false;
}

/**
 * The text of an error; never that of the SDK for a failed connection, which may contain addresses
 * with what was sent.
 */
function wordsOf(error: unknown): string {
  if (error instanceof WebAPIHTTPError) return `Slack answered with HTTP ${error.statusCode}`;
  if (error instanceof WebAPIPlatformError) return `Slack is not well: ${error.data.error}`;
  if (error instanceof WebAPIRequestError)
    return `Slack could not be asked (${error.original.name}: ${error.original.message})`;
  return error instanceof Error ? error.message : String(error);
}
