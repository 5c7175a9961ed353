import {
  type AuthTestResponse,
  type ConversationsInfoResponse,
  type FetchFunction,
  LogLevel,
  type UsersInfoResponse,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from "@slack/web-api";
import type { Instant, Millis } from "../../../core/ids.ts";

/** The result of a call to Slack, or the error. */
export type ApiAnswer<T> =
  | { readonly ok: true; readonly answer: T }
  | {
      readonly ok: false;
      /** Slack's error code; `ratelimited`; or `unreachable`, where it said nothing. */
      readonly error: string;
      /** The error as a sentence. */
      readonly because: string;
    };

/** The calls that the doctor makes. They only read, and each is made once. */
export interface Questions {
  self(): Promise<ApiAnswer<AuthTestResponse>>;
  channel(id: string): Promise<ApiAnswer<ConversationsInfoResponse>>;
  user(id: string): Promise<ApiAnswer<UsersInfoResponse>>;
  /**
   * The time in Slack's newest answer (to the second); null before the first answer, or where it
   * has none.
   */
  clock(): Instant | null;
}

export interface Connection {
  readonly token: string;
  readonly apiUrl: string;
  readonly timeout?: Millis;
}

/** The doctor's own client: its calls must not wait behind cards, nor be answered from a cache. */
export function questionsTo({ token, apiUrl, timeout = 10_000 }: Connection): Questions {
  let clock: Instant | null = null;
  // The library shows bodies and scopes, but not the Date header.
  const listening: FetchFunction = async (url, init) => {
    const response = await fetch(url, init);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) clock = date;
    return response;
  };
  const client = new WebClient(token, {
    slackApiUrl: apiUrl,
    allowAbsoluteUrls: false,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logLevel: LogLevel.ERROR,
    fetch: listening,
  });
  return {
    self: () => told(client.auth.test()),
    channel: (id) => told(client.conversations.info({ channel: id })),
    user: (id) => told(client.users.info({ user: id })),
    clock: () => clock,
  };
}

async function told<T>(asked: Promise<T>): Promise<ApiAnswer<T>> {
  try {
    return { ok: true, answer: await asked };
  } catch (error) {
    return { ok: false, ...reasonOf(error) };
  }
}

function reasonOf(error: unknown): { readonly error: string; readonly because: string } {
  if (error instanceof WebAPIPlatformError)
    return { error: error.data.error, because: `Slack says ${error.data.error}` };
  if (error instanceof WebAPIRateLimitedError)
    return {
      error: "ratelimited",
      because: `Slack asks to wait ${Math.ceil(error.retryAfter)} s`,
    };
  if (error instanceof WebAPIHTTPError)
    return { error: "unreachable", because: `Slack answered with HTTP ${error.statusCode}` };
  return {
    error: "unreachable",
    because: `Slack could not be asked (${error instanceof Error ? error.message : String(error)})`,
  };
}
