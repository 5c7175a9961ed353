import type { signalSend } from "../../src/cli/signal-send.ts";
import type { RunningServer } from "../../src/composition/start-server.ts";
import type { Card } from "../../src/core/card/card.ts";
import type { EscalationId, Instant } from "../../src/core/ids.ts";
import type { FreshStore, Kind } from "./databases.ts";
import type { Answered } from "./process.ts";

/**
 * The whole program over loopback HTTP with a clock that the story moves. People give commands
 * through the port that every chat uses; senders post signed webhooks. After every story the
 * invariants of test/support/invariants.ts are checked.
 */
export interface World {
  readonly clock: { now(): Instant; set(at: string): void; advance(by: string): Promise<void> };
  readonly kind: Kind;
  server(): RunningServer;
  database(): FreshStore;
  /** Signs and posts; resolves when it is evaluated and every chat is up to date. */
  send(
    source: "signals" | "alertmanager" | "inspect",
    body: object | string | Uint8Array,
    id?: string,
  ): Promise<Sent>;
  /**
   * Runs a line as a person of the policy (by their key or the start of their name), or "stranger".
   */
  say(person: string, line: string): Promise<Told>;
  /**
   * The same in the console's page, as a browser sends and reads it: where a story is about the
   * page.
   */
  sayOnPage(person: string, line: string): Promise<Answered>;
  /** The console's card. */
  card(id: EscalationId): Promise<Shown>;
  posture(deployment?: string): Promise<string>;
  get(
    path: string,
  ): Promise<{ readonly status: number; readonly body: unknown; readonly text: string }>;
  settle(): Promise<void>;
  /** Stops and starts again over the same data. */
  restart(): Promise<void>;
  /** A second server over the same data, at the same time. */
  twin(env?: Readonly<Record<string, string>>): Promise<RunningServer>;
  adopt(
    change: (yaml: string) => string,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  kinds(): Promise<readonly string[]>;
}

export type Sent = Awaited<ReturnType<typeof signalSend>>;

export interface Told {
  readonly ok: boolean;
  /** The answer and its lines, one below the other. */
  readonly text: string;
}

export interface Shown {
  readonly card: Card;
  readonly title: string;
  readonly lines: readonly string[];
  readonly text: string;
  readonly buttons: readonly string[];
}
