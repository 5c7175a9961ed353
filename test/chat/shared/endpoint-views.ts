import type { Views } from "../../../src/app/ports.ts";
import type { People } from "../../../src/core/people/person.ts";
import { pageViews } from "../../support/page-views.ts";
import { now, postures } from "../console/cards.ts";
import { open, view } from "../slack/samples.ts";

/**
 * What can be read behind a chat's endpoint in its tests: one open card, which nobody withholds.
 */
export function endpointViews(people: () => People): Views {
  return {
    board: async () => ({
      open: 1,
      mine: 0,
      settled: 0,
      lastSignal: null,
      page: 1,
      pages: 1,
      rows: [{ card: open, withheld: [], mine: null, deadline: null, timezone: "Europe/London" }],
    }),
    ...pageViews,
    card: async (id) => (id === open.escalation ? open : undefined),
    cardFor: async (id) => (id === open.escalation ? { card: open, withheld: [] } : undefined),
    postures: async () => postures,
    answered: async () => undefined,
    record: async () => undefined,
    history: async () => [],
    notices: async () => [],
    people: async () => [...people().values()],
    forPerson: async () => view(),
    head: async () => ({ size: 1, note: null, at: now }),
  };
}
