/**
 * What strangers make the server hold. Bodies are read before anybody is known, so all that is
 * being read counts together. Where it is too much, the largest is given up, of several the oldest:
 * many who send slowly keep out nobody who sends little.
 */
export interface Held {
  /** Begins to count a body; `giveUp` is called once at most, when its memory is wanted. */
  begin(giveUp: () => void): Holding;
  /** Bytes held now. */
  total(): number;
}

/** The count of one body. */
interface Holding {
  /** How many of its bytes are held now. */
  holds(bytes: number): void;
  /** Ends the count; any number of times. */
  end(): void;
}

interface Body {
  bytes: number;
  readonly giveUp: () => void;
}

/** Counts bodies up to `most` bytes together. */
export function createHeld(most: number): Held {
  const bodies = new Set<Body>(); // in the order in which they began
  let total = 0;

  const set = (body: Body, bytes: number): void => {
    total += bytes - body.bytes;
    body.bytes = bytes;
  };

  const drop = (body: Body): void => {
    if (bodies.delete(body)) set(body, 0);
  };

  const makeRoom = (): void => {
    while (total > most) {
      const largest = largestOf(bodies);
      if (largest === null) return;
      drop(largest);
      largest.giveUp();
    }
  };

  return {
    begin: (giveUp) => {
      const body: Body = { bytes: 0, giveUp };
      bodies.add(body);
      return {
        holds: (bytes) => {
          if (!bodies.has(body)) return;
          set(body, bytes);
          makeRoom();
        },
        end: () => drop(body),
      };
    },
    total: () => total,
  };
}

/** Of several the oldest; null = there is none. */
function largestOf(bodies: ReadonlySet<Body>): Body | null {
  let largest: Body | null = null;
  for (const body of bodies) if (largest === null || body.bytes > largest.bytes) largest = body;
  return largest;
}
