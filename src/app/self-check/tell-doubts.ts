import { digestOf } from "../../core/log/commitment.ts";
import { toldInDoubt } from "../../core/words/in-doubt.ts";
import { channelsOf } from "../channels-of.ts";
import type { Journal } from "../journal.ts";
import type { Doubt, Doubts } from "./doubts.ts";

/**
 * Tells every channel of the policy what makes the record doubtful: once, by whichever process
 * finds it first.
 */
export function createDoubtTeller(journal: Journal, doubts: Doubts): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    for (const doubt of doubts.all()) {
      const key = keyOf(doubt);
      if (told.has(key)) continue;
      const line = toldInDoubt(doubt.sentence);
      await journal.write({ key, surface: "tick", deployments: [] }, (work) => {
        work.tellChannels(channelsOf(work), { key, line });
      });
      told.add(key);
    }
  };
}

/** The same for the same thing, although the log has grown meanwhile. */
const keyOf = ({ about, sentence }: Doubt): string =>
  `in-doubt:${about}:${digestOf(new TextEncoder().encode(sentence.replace(/\d+/g, "#"))).slice(0, 16)}`;
