import { canonicalText } from "../core/log/bytes.ts";
import { type LogKey, parseCheckpoint, signCheckpoint } from "../core/log/checkpoint.ts";
import { root } from "../core/log/merkle.ts";
import type { ProofBody, Store } from "./ports.ts";
import { proofOf } from "./proof.ts";

/** The log as others check it: signed checkpoints, proofs, and the whole of it as files. */
export interface Record {
  /** Signs the head if it has moved; answers with the newest note, null while the log is empty. */
  sign(): Promise<string | null>;
  checkpoint(): Promise<string | null>;
  proof(index: number): Promise<ProofBody | undefined>;
  export(): AsyncIterable<{ readonly file: string; readonly chunk: Uint8Array }>;
}

const page = 500;
const utf8 = new TextEncoder();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

export const createRecord = (store: Store, key: LogKey): Record => {
  const sign = async (): Promise<string | null> => {
    const [head, last] = await Promise.all([store.head(), store.checkpoint()]);
    if (head.size === 0) return null;
    if (last && last.size >= head.size) return last.note;
    const note = signCheckpoint({ origin: key.origin, size: head.size, root: root(head) }, key);
    await store.saveCheckpoint(head.size, note);
    return note;
  };

  return {
    sign,
    checkpoint: async () => (await store.checkpoint())?.note ?? null,
    proof: async (index) => {
      const proof = await proofOf(store, index);
      const [recorded] = proof ? await store.entriesFrom(index, index + 1) : [];
      const [leaf] = proof ? await store.leafHashes(index, index + 1) : [];
      if (!proof || !recorded || !leaf) return undefined;
      return {
        index,
        size: proof.size,
        entry: new TextDecoder().decode(recorded.bytes),
        leafHash: base64(leaf),
        hashes: proof.hashes.map(base64),
        checkpoint: proof.note,
      };
    },
    export: () => exported(store, key, sign),
  };
};

const commitmentsIn = (text: string): readonly string[] => text.match(/c_[0-9a-f]{64}/g) ?? [];

/** Entries, leaves, policies and disclosures up to one checkpoint, so that a log that grows meanwhile exports whole. */
async function* exported(
  store: Store,
  key: LogKey,
  sign: () => Promise<string | null>,
): AsyncGenerator<{ file: string; chunk: Uint8Array }> {
  const note = await sign();
  const size = note === null ? 0 : (parseCheckpoint(note)?.size ?? 0);
  for (let from = 0; from < size; from += page) {
    const to = Math.min(size, from + page);
    const entries = await store.entriesFrom(from, to);
    yield {
      file: "entries.jsonl",
      chunk: Buffer.concat(entries.flatMap(({ bytes }) => [bytes, Buffer.from("\n")])),
    };
    const leaves = await store.leafHashes(from, to);
    yield {
      file: "leaves",
      chunk: utf8.encode(leaves.map((leaf) => `${Buffer.from(leaf).toString("hex")}\n`).join("")),
    };
    const commitments = entries.flatMap(({ bytes }) =>
      commitmentsIn(new TextDecoder().decode(bytes)),
    );
    yield { file: "disclosures.jsonl", chunk: await disclosures(store, commitments) };
  }
  for (const { digest, canonical } of await store.policies()) {
    yield { file: `policies/${digest}.json`, chunk: canonical };
    yield {
      file: "disclosures.jsonl",
      chunk: await disclosures(store, commitmentsIn(new TextDecoder().decode(canonical))),
    };
  }
  const people = (await store.people()).map(
    ({ id, name }) => `${canonicalText({ person: id, name })}\n`,
  );
  yield { file: "disclosures.jsonl", chunk: utf8.encode(people.join("")) };
  yield { file: "log.pub", chunk: utf8.encode(`${key.vkey}\n`) };
  yield { file: "checkpoint", chunk: utf8.encode(note ?? "") };
}

const disclosures = async (store: Store, commitments: readonly string[]): Promise<Uint8Array> => {
  const texts = await store.texts([...new Set(commitments)]);
  const lines = [...texts.values()].map(
    ({ commitment, salt, text }) => `${canonicalText({ commitment, salt: base64(salt), text })}\n`,
  );
  return utf8.encode(lines.join(""));
};
