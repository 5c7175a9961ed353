import {
  type CheckpointReceiver,
  type Clock,
  EndpointGone,
  type Outward,
  type Pace,
  SendFault,
  type Submission,
} from "../app/ports.ts";
import { rangeOf } from "../core/address.ts";
import type { Millis } from "../core/ids.ts";
import { submissionText } from "../core/log/witness.ts";
import type { WitnessAddress } from "../core/policy/model.ts";
import { checkpointEventOf, eventOf, headersOf, type Origin } from "./notice.ts";
import { ringAt } from "./pager.ts";
import { type Posted, type Posting, post, type Resolve } from "./post.ts";
import { askedFor, type PageTimes, pageAgainIn, retryIn } from "./schedule.ts";

/** The timeout of an endpoint, and the pauses between attempts. */
export interface OutwardTimes {
  readonly timeout: Millis;
  readonly schedule: readonly Millis[];
  readonly page: PageTimes;
  readonly pace: Pace;
}

export interface OutwardParts extends Origin {
  readonly clock: Clock;
  /** The value of a secret that the policy names; undefined where it is not set. */
  readonly secretFor: (reference: string) => string | undefined;
  /** A random number from 0 to 1. */
  readonly jitter: () => number;
  readonly resolve: Resolve;
  readonly times: OutwardTimes;
  /** Another base URL of PagerDuty's Events API; null = PagerDuty's own. */
  readonly pagerdutyUrl: string | null;
}

/** Sends outbound webhooks and pages. */
export function createOutward(parts: OutwardParts): Outward {
  const { clock, jitter, times } = parts;
  /** Answers what was posted where the status is one of `welcome`. */
  const attempt = async (
    postingOf: () => Posting,
    attempts: number,
    isWelcome: (status: number) => boolean,
  ): Promise<Posted> => {
    const again = (asked: Millis | null) =>
      retryIn(times.schedule, { attempts, jitter: jitter(), asked });
    const { to, ...posted } = await orAgain(again, async () => {
      const posting = postingOf();
      return { to: posting.to, ...(await post(posting, parts.resolve)) };
    });
    if (isWelcome(posted.status)) return posted;
    const { status, retryAfter } = posted;
    throw unwelcome(to, { status, asked: askedFor(retryAfter, clock.now()), again });
  };
  const postTo = async (what: EventPosting, attempts: number): Promise<number> => {
    const isWelcome = (status: number) => (status >= 200 && status < 300) || status === 410;
    return (await attempt(() => postingOf(parts, what), attempts, isWelcome)).status;
  };
  return {
    pace: times.pace,
    notify: async (endpoint, notice, attempts) => {
      const body = eventOf(notice, parts);
      const status = await postTo({ endpoint, id: notice.recorded.entry.id, body }, attempts);
      if (status === 410) throw new EndpointGone(endpoint.id);
    },
    checkpoint: async (endpoint, { id, note }, attempts) => {
      const body = checkpointEventOf({ id, note, time: clock.now() }, parts);
      const status = await postTo({ endpoint, id, body }, attempts);
      if (status === 410) throw new EndpointGone(endpoint.id);
    },
    cosign: async (witness, submission, attempts) => {
      const isWelcome = (status: number) => status === 200 || status === 409;
      const asking = () => submissionTo(witness, submission, times.timeout);
      const { status, text } = await attempt(asking, attempts, isWelcome);
      if (status === 200) return { is: "cosigned", lines: text };
      const size = /^(0|[1-9]\d{0,14})\n$/.exec(text)?.[1];
      if (size !== undefined) return { is: "at", size: Number(size) };
      const again = retryIn(times.schedule, { attempts, jitter: jitter(), asked: null });
      throw scheduled(`${witness.id} answered HTTP 409`, { again, arrived: "no" });
    },
    page: async (pager, page, attempts) => {
      const again = (asked: Millis | null) =>
        pageAgainIn(times.page, { attempts, jitter: jitter(), asked });
      const { status, retryAfter } = await orAgain(again, () => ringAt(parts, pager, page));
      if (status >= 200 && status < 300) return;
      const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
      if (isRefusal)
        throw new SendFault(`PagerDuty refuses pages of ${pager.id} (HTTP ${status})`, {
          retry: "never",
          arrived: "no",
        });
      throw unwelcome(`PagerDuty (${pager.id})`, {
        status,
        asked: askedFor(retryAfter, clock.now()),
        again,
      });
    },
  };
}

type Again = (asked: Millis | null) => Millis | null;

/** An event for an endpoint. */
interface EventPosting {
  readonly endpoint: CheckpointReceiver;
  readonly id: string;
  readonly body: string;
}

function postingOf(
  { secretFor, clock, times }: OutwardParts,
  { endpoint: { id: to, url, secrets, privateAddresses }, id, body }: EventPosting,
): Posting {
  const keys = secrets.map((reference) => {
    const secret = secretFor(reference);
    if (secret !== undefined) return secret;
    const name = reference.replace(/^env:/, "");
    throw new SendFault(`${name} is not set: the secret of ${to}`, {
      retry: "later",
      arrived: "no",
    });
  });
  return {
    url: new URL(url),
    body,
    to,
    timeout: times.timeout,
    headers: headersOf(id, { body, secrets: keys, now: clock.now() }),
    privateAddresses: privateAddresses.flatMap((privateAddress) => rangeOf(privateAddress) ?? []),
  };
}

/** A witness answers with a few lines. */
const longestAnswer = 16 * 1024;

function submissionTo(
  { id, url, privateAddresses }: WitnessAddress,
  submission: Submission,
  timeout: Millis,
): Posting {
  return {
    url: new URL(`${url.replace(/\/+$/, "")}/add-checkpoint`),
    body: submissionText(submission),
    to: id,
    timeout,
    headers: { "content-type": "text/plain; charset=utf-8", "user-agent": "holdpoint" },
    privateAddresses: privateAddresses.flatMap((privateAddress) => rangeOf(privateAddress) ?? []),
    read: longestAnswer,
  };
}

/** Gives a failed attempt its place in the schedule. */
async function orAgain<P extends Posted>(again: Again, attempt: () => Promise<P>): Promise<P> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SendFault) || error.retry === "never") throw error;
    throw scheduled(error.message, { again: again(null), arrived: error.arrived, cause: error });
  }
}

function unwelcome(
  to: string,
  {
    status,
    asked,
    again,
  }: { readonly status: number; readonly asked: Millis | null; readonly again: Again },
): SendFault {
  const what =
    status >= 300 && status < 400
      ? `${to} answered with a redirect (HTTP ${status}), which is not followed`
      : `${to} answered HTTP ${status}`;
  const wait = status === 429 || status === 503 ? asked : null;
  return scheduled(what, { again: again(wait), arrived: "no", hold: wait !== null });
}

function scheduled(
  message: string,
  what: {
    readonly again: Millis | null;
    readonly arrived: SendFault["arrived"];
    /** Whether the other messages of the lane wait as long. */
    readonly hold?: boolean;
    readonly cause?: unknown;
  },
): SendFault {
  const { again, arrived, hold, cause } = what;
  if (again === null)
    return new SendFault(`${message}; it was the last attempt`, { retry: "never", arrived, cause });
  const wait = { retryIn: again, ...(hold ? { holdLane: again } : {}) };
  return new SendFault(message, { retry: "later", arrived, cause, ...wait });
}
