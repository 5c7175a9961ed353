import { SendFault } from "../../app/ports.ts";
import type { PersonId } from "../../core/ids.ts";

/**
 * Says something in a channel, or, where that is closed to us, to everybody it is meant for by
 * themselves.
 */
export async function orToEach(
  say: () => Promise<void>,
  {
    to,
    alone,
    isClosed,
  }: {
    readonly to: readonly PersonId[];
    readonly alone: (person: PersonId) => Promise<void>;
    readonly isClosed: (fault: unknown) => boolean;
  },
): Promise<void> {
  try {
    await say();
  } catch (fault) {
    if (!(fault instanceof SendFault) || !isClosed(fault) || to.length === 0) throw fault;
    await tellEach(to, alone, fault);
  }
}

/**
 * Tells each person, whatever happens with the others; throws if somebody is to be tried again, and
 * `nobody` where no one can be told.
 */
async function tellEach(
  people: readonly PersonId[],
  tell: (person: PersonId) => Promise<void>,
  nobody: SendFault,
): Promise<void> {
  const faults: unknown[] = [];
  for (const person of people)
    try {
      await tell(person);
    } catch (fault) {
      faults.push(fault);
    }
  const again = faults.filter((fault) => !(fault instanceof SendFault && fault.retry === "never"));
  // All of them are one row: one who may have it puts the whole row in doubt.
  const worst = again.find(mayHaveArrived) ?? again[0];
  if (worst !== undefined) throw worst;
  if (faults.length === people.length) throw nobody;
}

const mayHaveArrived = (fault: unknown): boolean =>
  !(fault instanceof SendFault) || fault.arrived === "perhaps";
