/** What is known of something that somebody waits for while it is being stored. */

/** What became of one attempt to store something. */
export function createAttempt() {
  let sent = false;
  let isOver = false;
  return {
    mayCommit: (): boolean => {
      sent = !isOver;
      return sent;
    },
    /** Nothing is sent from now on; answers whether something was before. */
    giveUp: (): boolean => {
      isOver = true;
      return sent;
    },
  };
}

/**
 * Keys of which it was said that they may yet be stored: they are not said later not to be, without
 * a look.
 */
export function createUnsettled() {
  const keys = new Set<string>();
  return {
    has: (key: string): boolean => keys.has(key),
    add: (key: string): void => {
      keys.add(key);
      const [oldest = ""] = keys;
      if (keys.size > mostUnsettled) keys.delete(oldest);
    },
    delete: (key: string): void => void keys.delete(key),
  };
}

const mostUnsettled = 1_000;
