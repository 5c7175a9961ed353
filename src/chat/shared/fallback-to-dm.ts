import { SendFault } from "../../app/ports.ts";
import type { PersonId } from "../../core/ids.ts";

/** Posts in a channel, or, where the channel cannot be used, sends it to each person it is for. */
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
 * Tells each person, whatever happens with the others. Throws the fault of somebody who is to be
 * tried again, and `nobody` where no one can be told.
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
  // All of them are one outbox row: if one person may have received it, the whole row is in doubt.
  const worst = again.find(mayHaveArrived) ?? again[0];
  if (worst !== undefined) throw worst;
  if (faults.length === people.length) throw nobody;
}

const mayHaveArrived = (fault: unknown): boolean =>
  !(fault instanceof SendFault) || fault.arrived === "perhaps";
