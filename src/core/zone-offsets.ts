import type { Instant, Millis } from "./ids.ts";

const day: Millis = 86_400_000;

/**
 * For how long a zone's offset from UTC stays as it is: from one change of its clocks to the next.
 */
export interface Stretch {
  readonly from: Instant;
  readonly until: Instant;
  readonly offset: Millis;
}

/** A local day, counted from 1970-01-01, and what its wall clock shows since its midnight. */
export interface LocalTime {
  readonly day: number;
  readonly time: Millis;
}

/** The ISO weekday of a local day. 1970-01-01 was a Thursday. */
export function weekdayOfDay(count: number): 1 | 2 | 3 | 4 | 5 | 6 | 7 {
  return (((((count + 3) % 7) + 7) % 7) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
}

/** No offset is larger than this, not even of local mean times. */
const largest: Millis = 57_600_000;

/** More than any policy has; a log may be about any. */
const mostZones = 200;

/**
 * Wall clocks as arithmetic: a zone is asked once for each stretch, and everything between two
 * changes is addition. Replaying a log asks millions of times about the same few.
 */
export class ZoneOffsets {
  readonly #ask: (at: Instant, zone: string) => Stretch;
  readonly #zones = new Map<string, Stretch[]>();
  #last = { zone: "", stretch: { from: 0, until: 0, offset: 0 } };

  constructor(ask: (at: Instant, zone: string) => Stretch) {
    this.#ask = ask;
  }

  offsetAt(at: Instant, zone: string): Millis {
    return this.#stretchOf(at, zone).offset;
  }

  /**
   * The instant at which a wall clock shows this, in milliseconds as if the zone were UTC. In a gap
   * the first instant after it, of two the first.
   */
  resolve(shown: Millis, zone: string): Instant {
    for (let stretch = this.#stretchOf(shown - largest, zone); ; ) {
      const at = shown - stretch.offset;
      if (at < stretch.from) return stretch.from;
      if (at < stretch.until) return at;
      stretch = this.#stretchOf(stretch.until, zone);
    }
  }

  localIn(at: Instant, zone: string): LocalTime {
    const shown = at + this.offsetAt(at, zone);
    const count = Math.floor(shown / day);
    return { day: count, time: shown - count * day };
  }

  /** The instant of a wall-clock time `HH:MM` on a local day. */
  onDay(count: number, time: string, zone: string): Instant {
    const since = Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3, 5)) * 60_000;
    return this.resolve(count * day + since, zone);
  }

  #stretchOf(at: Instant, zone: string): Stretch {
    const { zone: lastZone, stretch: last } = this.#last;
    if (lastZone === zone && last.from <= at && at < last.until) return last;
    const known = this.#knownOf(zone);
    const stretch =
      known.find(({ from, until }) => from <= at && at < until) ?? this.#ask(at, zone);
    if (!known.includes(stretch)) known.push(stretch);
    this.#last = { zone, stretch };
    return stretch;
  }

  #knownOf(zone: string): Stretch[] {
    const known = this.#zones.get(zone);
    if (known) return known;
    if (this.#zones.size >= mostZones) this.#zones.clear();
    const made: Stretch[] = [];
    this.#zones.set(zone, made);
    return made;
  }
}
