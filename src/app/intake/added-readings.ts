import type { Reading, WantedReadings } from "../../core/escalation/readings.ts";

/**
 * What a batch adds to what rules remember, found again as the database finds it by its indexes: a
 * batch of a thousand signals asks once for each of them.
 */
export interface AddedReadings {
  /** Of what is said twice the last counts. */
  put(reading: Reading): void;
  /** Those that may be asked for; {@link newestOf} says which of them are. */
  asked(wanted: WantedReadings): readonly Reading[];
}

export function addedReadings(): AddedReadings {
  const places = new Map<string, Map<string, Reading>>();
  return {
    put: (reading) => {
      for (const place of placesOf(reading)) {
        const readings = places.get(place) ?? new Map<string, Reading>();
        readings.set(reading.seen, reading);
        places.set(place, readings);
      }
    },
    asked: ({ by, rule, deployments, key }) =>
      deployments.flatMap((deployment) => [
        ...(places.get(placeOf([by, rule, deployment, by === "met" ? "" : key]))?.values() ?? []),
      ]),
  };
}

const placeOf = (parts: readonly string[]): string => parts.join("\n");

const placesOf = ({ rule, deployment, ...reading }: Reading): readonly string[] => [
  ...(["series", "group", "run", "seen"] as const).map((by) =>
    placeOf([by, rule, deployment, reading[by]]),
  ),
  placeOf(["met", rule, deployment, ""]),
];

/** Of these what is asked for, newest first. */
export function newestOf(all: readonly Reading[], wanted: WantedReadings): readonly Reading[] {
  const asked = all.filter((reading) => isWanted(reading, wanted));
  return asked.toSorted((a, b) => b.at - a.at).slice(0, wanted.limit);
}

/** As the database answers it. */
function isWanted(reading: Reading, wanted: WantedReadings): boolean {
  const { rule, deployments, by, key, notModel, since, until } = wanted;
  const isOf =
    reading.rule === rule &&
    deployments.includes(reading.deployment) &&
    reading.at >= since &&
    reading.at <= until &&
    (notModel === "" || (reading.model !== notModel && reading.model !== ""));
  if (!isOf) return false;
  if (by === "met") return reading.met;
  return reading[by] === key && (by !== "group" || reading.met);
}
