/** An answer with its tag; null where the deployment does not exist. */
export type WatchResult = { readonly text: string; readonly tag: string } | null;

/**
 * Gets each answer that differs from the one before; `ended` when there are no more, and the client
 * must connect again.
 */
interface Listener {
  seen: string | null;
  readonly heard: (answer: WatchResult) => void;
  readonly ended: () => void;
}

interface Watched {
  readonly listeners: Set<Listener>;
  reading: boolean;
  again: boolean;
}

/** The most gateways that wait at the same time. */
const mostListeners = 1_000;
/**
 * The longest delay for a decision of another process; decisions of this process are noticed at
 * once.
 */
const everySecond = 1_000;

/**
 * Waits for answers to change. Each question is read once for all subscribers: at every commit of
 * this process and, for commits of others, every second while there are subscribers.
 */
export function createPostureSubscriptions(
  read: (question: string) => Promise<WatchResult>,
  subscribe: (changed: () => void) => () => void,
) {
  const questions = new Map<string, Watched>();
  let listening = 0;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const tell = (watched: Watched, answer: WatchResult): void => {
    for (const listener of [...watched.listeners]) {
      if (listener.seen === (answer?.tag ?? "")) continue;
      listener.seen = answer?.tag ?? "";
      listener.heard(answer);
    }
  };
  const look = async (question: string, watched: Watched): Promise<void> => {
    watched.again = watched.reading;
    if (watched.reading) return;
    watched.reading = true;
    try {
      tell(watched, await read(question));
    } catch {
      // Subscribers must not rely on the last answer any longer.
      for (const listener of [...watched.listeners]) listener.ended();
    }
    watched.reading = false;
    if (watched.again) await look(question, watched);
  };
  const lookAtAll = (): void => {
    for (const [question, watched] of questions) void look(question, watched);
  };
  const stop = subscribe(lookAtAll);

  return {
    full: (): boolean => closed || listening >= mostListeners,
    /**
     * Subscribes to answers whose tag is not `seen`, beginning with the present one if it differs.
     * Answers how to stop.
     */
    listen: (question: string, listener: Listener): (() => void) => {
      const watched = questions.get(question) ?? {
        listeners: new Set(),
        reading: false,
        again: false,
      };
      questions.set(question, watched);
      watched.listeners.add(listener);
      listening += 1;
      timer ??= setInterval(lookAtAll, everySecond).unref();
      void look(question, watched);
      return () => {
        if (!watched.listeners.delete(listener)) return;
        listening -= 1;
        if (watched.listeners.size === 0) questions.delete(question);
        if (listening > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
    /** Ends every wait, so that the server can close. */
    close: (): void => {
      closed = true;
      stop();
      if (timer !== null) clearInterval(timer);
      for (const { listeners } of questions.values())
        for (const listener of [...listeners]) listener.ended();
    },
  };
}

/** See createPostureSubscriptions. */
export type Watch = ReturnType<typeof createPostureSubscriptions>;
