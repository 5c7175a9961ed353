import { historyLine } from "../../core/card/history-line.ts";
import type { Digest } from "../../core/ids.ts";
import { waitingProposal } from "../../core/people/policy-proposal.ts";
import { policyChanges } from "../../core/policy/policy-words.ts";
import { timeOf } from "../../core/time.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { AdoptionView, PoliciesView, Recorded, Store } from "../ports.ts";
import { adoptionWords } from "./policy-adopted.ts";
import { looserAndStricter, wordsOf } from "./policy-then.ts";
import { textsOf } from "./recorded-texts.ts";

interface PolicyParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
}

/** As many adoptions as a page lists, the newest. */
const mostListed = 100;

/** As many entries of shadow triggers as a page lists, the newest. */
const mostShadowed = 20;

/**
 * The policies that were adopted, and one of them in words with what it changed: the newest whose
 * digest begins so, or the one in force. Undefined where no adoption listed is of such a policy.
 */
export async function policiesView(
  parts: PolicyParts,
  asked: string,
): Promise<PoliciesView | undefined> {
  const found = await parts.store.entries({ kinds: ["policy.adopted"], limit: mostListed + 1 });
  const texts = await textsOf(parts.store, found);
  const view = { ...(await parts.journal.look([])).viewContext(""), texts };
  const adoptions = found.map(
    (recorded): AdoptionView => ({
      index: recorded.index,
      at: timeOf(recorded.entry),
      digest: digestOf(recorded),
      line: adoptionWords(view, recorded),
    }),
  );
  const at = adoptions.findIndex(({ digest }) => digest.startsWith(asked));
  const shown = adoptions[at];
  if (shown === undefined || at >= mostListed) return undefined;
  const before = adoptions[at + 1] ?? null;
  const words = await wordsOf(parts, shown.digest);
  const proposed = await proposedView(parts);
  const shadowed = await parts.store.entries({ kinds: ["trigger.shadowed"], limit: mostShadowed });
  return {
    adoptions: adoptions.slice(0, mostListed),
    isCut: adoptions.length > mostListed,
    proposed,
    shadows: shadowed.map((recorded) => historyLine(view, recorded)),
    shown: {
      adoption: shown,
      until: adoptions[at - 1]?.at ?? null,
      words,
      before,
      ...(before === null
        ? { looser: [], stricter: [], changes: [] }
        : {
            ...(await looserAndStricter(parts, before.digest, shown.digest)),
            changes: policyChanges(await wordsOf(parts, before.digest), words),
          }),
    },
  };
}

async function proposedView(parts: PolicyParts): Promise<PoliciesView["proposed"]> {
  const work = await parts.journal.look([]);
  const waiting = waitingProposal(work.org, work.now);
  const [recorded] = await parts.store.entries({ kinds: ["policy.proposed"], limit: 1 });
  if (!waiting || recorded?.entry.id !== waiting.entry) return null;
  const view = { ...work.viewContext(""), texts: await textsOf(parts.store, [recorded]) };
  const [was, is] = [await wordsOf(parts, waiting.before), await wordsOf(parts, waiting.digest)];
  return {
    line: historyLine(view, recorded),
    changes: policyChanges(was, is),
    command: `adopt ${waiting.digest.slice(0, 12)}`,
  };
}

const digestOf = ({ entry }: Recorded): Digest =>
  entry.kind === "policy.adopted" ? entry.digest : "";
