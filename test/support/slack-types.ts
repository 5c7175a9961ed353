/** The types of the Slack tests. */

/** Any JSON; these are the fields that tests read. */
export interface Json {
  readonly [name: string]: unknown;
  readonly channel?: unknown;
  readonly ts?: unknown;
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly thread_ts?: unknown;
  readonly metadata?: unknown;
  readonly user?: unknown;
  readonly users?: unknown;
  readonly user_id?: unknown;
  readonly oldest?: unknown;
  readonly latest?: unknown;
  readonly cursor?: unknown;
  readonly limit?: unknown;
  readonly include_all_metadata?: unknown;
  readonly view?: unknown;
  readonly view_id?: unknown;
  readonly trigger_id?: unknown;
  readonly error?: unknown;
}

/** A message as Slack stores it. */
export interface SlackMessageKept {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly thread_ts?: string;
  readonly metadata?: { readonly event_type: string; readonly event_payload: Json };
  readonly edits: number;
  readonly app_id: string;
  readonly bot_id: string;
}

/** What only one person sees: an ephemeral message, or an answer to a response_url. */
export interface EphemeralMessage {
  readonly to: string;
  readonly channel: string;
  readonly thread: string;
  readonly text: string;
  readonly blocks: readonly Json[];
}

export interface SlackView {
  readonly id: string;
  readonly user: string;
  /** As it was last opened or updated. */
  readonly view: Json;
}

export interface SlackCall {
  readonly method: string;
  /** How many of this method came before. */
  readonly nth: number;
  readonly body: Json;
}

/**
 * A fault of a call: whether Slack does it all the same, and its answer; null = the connection
 * ends.
 */
export interface SlackFault {
  readonly done: boolean;
  readonly answer: { readonly status: number; readonly body: Json; readonly wait?: number } | null;
  /** The connection stays open without an answer. */
  readonly silent?: true;
  /** The answer comes after this delay. */
  readonly held?: Promise<unknown>;
}

export const slackFaults = {
  before: { done: false, answer: null },
  after: { done: true, answer: null },
  silence: { done: true, answer: null, silent: true },
  error: (error: string): SlackFault => ({
    done: false,
    answer: { status: 200, body: { ok: false, error } },
  }),
  wait: (seconds: number): SlackFault => ({
    done: false,
    answer: { status: 429, body: { ok: false, error: "ratelimited" }, wait: seconds },
  }),
  status: (status: number, done: boolean): SlackFault => ({
    done,
    answer: { status, body: { ok: false } },
  }),
} as const;
