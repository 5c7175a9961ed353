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

/** Where Slack is, and how it knows us. */
export interface SlackConnection {
  readonly token: string;
  readonly apiUrl: string;
  /** How long one call is waited for. */
  readonly timeout?: Millis;
}

/** What the SDK would print holds tokens and texts; what matters of it reaches us as errors. */
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
 * The one client of a process. It never repeats a call by itself: with its own repeats one lost
 * answer left three messages.
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

/** Slack's own word for a refusal, or null where it did not refuse. */
export function refusalOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}

/**
 * What only somebody at Slack or in the policy can put right: nothing is lost meanwhile, and it is
 * tried again now and then.
 */
const untilMended: Millis = 300_000;

/**
 * Refusals that say nothing about the message: Slack is not well. It says beforehand that it may
 * have done it all the same.
 */
const unwell: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
  "accesslimited",
]);

/** Slack's words for a limit where it does not say how long it lasts. */
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

/**
 * A failed call as the outbox understands it: whether Slack may have done it, and when to try
 * again.
 */
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
 * A failed question to Slack: it says nothing of the message, of which `arrived` is known already.
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
 * Never the SDK's own words for a failed connection: they may name addresses with what was sent.
 */
function wordsOf(error: unknown): string {
  if (error instanceof WebAPIHTTPError) return `Slack answered with HTTP ${error.statusCode}`;
  if (error instanceof WebAPIPlatformError) return `Slack is not well: ${error.data.error}`;
  if (error instanceof WebAPIRequestError)
    return `Slack could not be asked (${error.original.name}: ${error.original.message})`;
  return error instanceof Error ? error.message : String(error);
}
