import type { Commitment, EntryId, PersonId } from "../ids.ts";
import type { Timestamp } from "./entry-fields.ts";

/** Entries about the log itself, which belong to no deployment. */
export type LogBody =
  | {
      /**
       * The operator restored the database on purpose: a checkpoint over `size` entries with `root`
       * (hex) was signed before, and the entries above are not those.
       */
      readonly kind: "log.restored";
      readonly size: number;
      readonly root: string;
      readonly reason: Commitment;
    }
  | {
      /** The key `before` hands the log over to `key`; both sign that (see core/log/key-chain). */
      readonly kind: "key.rotated";
      readonly before: string;
      readonly key: string;
      /** After a theft: checkpoints of the old key count up to this many entries. */
      readonly distrusted?: number;
      readonly signed: string;
      readonly proof: string;
      readonly reason: Commitment;
    }
  | {
      /** Somebody asked that a person (`entry` is "") or the texts of an entry be erased. */
      readonly kind: "redaction.asked";
      readonly person: PersonId | "";
      readonly entry: EntryId | "";
      readonly reason: Commitment;
      readonly expires: Timestamp;
    }
  | {
      /** Somebody else agreed: what opens these commitments is erased. */
      readonly kind: "log.redacted";
      readonly asked: EntryId;
      readonly person: PersonId | "";
      readonly entry: EntryId | "";
      readonly commitments: readonly Commitment[];
      readonly reason: Commitment;
    }
  | {
      /**
       * What is held is neither removed nor erased until it is lifted; `target` is "" for
       * everything.
       */
      readonly kind: "hold.placed";
      readonly what: "everything" | "person" | "deployment" | "escalation";
      readonly target: string;
      readonly reason: Commitment;
    }
  | {
      /** Somebody who may erase lifted the hold of that entry. */
      readonly kind: "hold.lifted";
      readonly hold: EntryId;
      readonly reason: Commitment;
    }
  | {
      /**
       * Somebody read the record as an auditor, or took a part of it away as a file. The same by
       * the same is written once in ten minutes.
       */
      readonly kind: "record.read";
      readonly what: "question" | "export";
      /** The line or the address that asked for it. */
      readonly question: Commitment;
    };
