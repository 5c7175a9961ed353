import { expect, test } from "vitest";
import { askWitness } from "../../../src/app/outbox/witnesses.ts";
import type { Cosignature, WitnessAnswer } from "../../../src/app/ports.ts";
import { entryBytes } from "../../../src/core/log/bytes.ts";
import { parseCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { cosign } from "../../../src/core/log/cosignature.ts";
import { leafHash, subtreesOf } from "../../../src/core/log/merkle.ts";
import { entriesOf, exportOf, noteOf, testWitness } from "../../core/log/support.ts";

/** What is believed of a witness's answers. */

const entries = entriesOf(9);
const note = noteOf(exportOf(entries));
const subtree = subtreesOf(entries.map((entry) => leafHash(entryBytes(entry))));
const witness = testWitness("audit.test/w", 3);
const head = parseCheckpoint(note);
if (!head) throw new Error("this is no checkpoint");
const line = cosign(head, { key: witness, seconds: 7 });
const other = cosign(head, { key: testWitness("other.test", 4), seconds: 7 });

async function asked(last: number, ...answers: readonly WitnessAnswer[]) {
  const olds: number[] = [];
  const saved: Cosignature[] = [];
  const left = [...answers];
  const done = askWitness(
    {
      store: {
        lastCosigned: async () =>
          last === 0 ? undefined : { witness: witness.vkey, size: last, note: "", line: "" },
        saveCosignature: async (row) => void saved.push(row),
        subtree: async (level, index) => subtree(level, index),
      },
      outward: {
        cosign: async (_to, { old }) => {
          olds.push(old);
          const answer = left.shift();
          if (!answer) throw new Error("asked too often");
          return answer;
        },
      },
    },
    {
      address: {
        id: "w",
        kind: "witness",
        vkey: witness.vkey,
        url: "https://w.test",
        privateAddresses: [],
      },
      note,
      attempts: 1,
    },
  );
  const because = await done.then(
    () => null,
    (error: Error) => error.message,
  );
  return { olds, because, saved: saved.map((row) => row.line) };
}

test("its own line is kept, whatever else it sends", async () => {
  const lines = `${other}nonsense\n${line}`;

  expect(await asked(4, { is: "cosigned", lines })).toEqual({
    olds: [4],
    because: null,
    saved: [line],
  });
});

test("one that is elsewhere is asked once more, from where it says it is", async () => {
  const cosigned = { is: "cosigned", lines: line } as const;

  expect(await asked(0, { is: "at", size: 6 }, cosigned)).toMatchObject({
    olds: [0, 6],
    saved: [line],
  });
  expect(await asked(6, { is: "at", size: 0 }, cosigned)).toMatchObject({ olds: [6, 0] });
  expect(await asked(6, { is: "at", size: 3 }, { is: "at", size: 2 })).toMatchObject({
    because: "w answered with two different sizes",
    saved: [],
  });
});

test("one that knows more entries than the checkpoint covers is told of, and not asked again", async () => {
  expect(await asked(0, { is: "at", size: 10 })).toMatchObject({
    olds: [0],
    because: expect.stringMatching(/has cosigned 10 entries .* covers 9: .*cut or restored/),
    saved: [],
  });
});

test.each([
  ["nothing", ""],
  ["another's line", other],
  ["its line for another checkpoint", cosign({ ...head, size: 8 }, { key: witness, seconds: 7 })],
  ["half a line", line.slice(0, 40)],
])("%s is no cosignature", async (_what, lines) => {
  expect(await asked(4, { is: "cosigned", lines })).toMatchObject({
    because: "w answered with no cosignature by the key that the policy names",
    saved: [],
  });
});

test("what it has cosigned already is not asked again", async () => {
  expect(await asked(9)).toEqual({ olds: [], because: null, saved: [] });
});
