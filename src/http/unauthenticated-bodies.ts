/**
 * Limits the memory for request bodies of senders who are not authenticated yet. All bodies being
 * read count together; where they exceed the limit, the largest is given up, of several the oldest,
 * so that many slow senders cannot keep out small requests.
 */
export interface UnauthenticatedBodies {
  /** Begins to count a body; `giveUp` is called at most once, when its memory is needed. */
  begin(giveUp: () => void): Holding;
  /** Bytes held now. */
  total(): number;
}

/** The count of one body. */
interface Holding {
  /** Sets the number of bytes that are held now. */
  holds(bytes: number): void;
  /** Ends the count; may be called repeatedly. */
  end(): void;
}

interface Body {
  bytes: number;
  readonly giveUp: () => void;
}

/** Counts bodies up to `most` bytes together. */
export function createUnauthenticatedBodies(most: number): UnauthenticatedBodies {
  const bodies = new Set<Body>(); // oldest first
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

/** The largest body, of several the oldest; null = there is none. */
function largestOf(bodies: ReadonlySet<Body>): Body | null {
  let largest: Body | null = null;
  for (const body of bodies) if (largest === null || body.bytes > largest.bytes) largest = body;
  return largest;
}
