import type { ServerResponse } from "node:http";
import type { Changes } from "../ports.ts";

/** The most pages that listen at once; more get 503 and stay as they were loaded. */
const mostListeners = 100;
/** A burst of commits is sent as one event at its start and one at its end. */
const quiet = 250;
/** Shorter than the idle timeout of proxies and of our own server. */
const heartbeat = 25_000;
/** A page that does not read is disconnected. */
const mostUnread = 64 * 1024;

interface Listener {
  readonly response: ServerResponse;
  /** Asked at each heartbeat: an ended session ends its stream. */
  readonly stillIn: () => Promise<boolean>;
}

/** Tells open pages that something changed (Server-Sent Events); the pages fetch it themselves. */
export function createLive(changes: Changes) {
  const listeners = new Set<Listener>();
  let waiting: NodeJS.Timeout | null = null;
  let again = false;

  const tell = (text: string): void => {
    for (const { response } of listeners) {
      if (response.writableLength > mostUnread) response.destroy();
      else response.write(text);
    }
  };
  const changed = (): void => {
    if (waiting !== null) {
      again = true;
      return;
    }
    tell("event: change\ndata: \n\n");
    waiting = setTimeout(() => {
      waiting = null;
      if (!again) return;
      again = false;
      changed();
    }, quiet);
    waiting.unref();
  };
  const beat = setInterval(() => {
    tell(": still here\n\n");
    for (const { response, stillIn } of listeners) {
      stillIn().then(
        (still) => still || response.end(),
        () => response.end(),
      );
    }
  }, heartbeat);
  beat.unref();
  const stop = changes.subscribe(changed);

  return {
    full: (): boolean => listeners.size >= mostListeners,
    /** The response's headers are already sent. */
    add: (listener: Listener): void => {
      listeners.add(listener);
      listener.response.on("close", () => listeners.delete(listener));
      listener.response.write("retry: 2000\n\n");
    },
    /** Ends every stream, so that the server can close. */
    close: (): void => {
      stop();
      clearInterval(beat);
      if (waiting !== null) clearTimeout(waiting);
      for (const { response } of listeners) response.end();
    },
  };
}

/** See createLive. */
export type Live = ReturnType<typeof createLive>;
