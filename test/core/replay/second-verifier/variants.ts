import type { Kept } from "../../../../src/core/log/verdict.ts";
import type { Export } from "../../../../src/core/log/verify.ts";
import { instantOf, rfc3339 } from "../../../../src/core/time.ts";
import { forged, log, once, second, seen, stolen, third } from "../../../core/log/rotations.ts";
import { exportOf, key, noteOf, testKey } from "../../../core/log/support.ts";
import {
  exportedAs,
  type History,
  histories,
  type Line,
  linesOf,
} from "../../../support/histories.ts";
import { numbersFrom } from "../../../support/random.ts";
import { ofDecisions } from "../rewrites/of-decisions.ts";
import { ofPeople } from "../rewrites/of-people.ts";
import { ofResumes } from "../rewrites/of-resumes.ts";
import { ofRules } from "../rewrites/of-rules.ts";
import { anyEntry } from "./any-entry.ts";
import { anyLog } from "./any-log.ts";
import { policies } from "./any-policy.ts";
import { Pick } from "./pick.ts";

/** Exports, good and broken, that two verifiers have to judge alike. */
export interface Variant {
  readonly name: string;
  readonly exported: Export;
  readonly kept: Kept;
}

const nothing: Kept = { vkey: null, checkpoints: [] };
const signed = (lines: readonly Line[]): Export => exportedAs(lines, policies);

/** What other tests know: honest histories, and rewrites of them. */
export function knownVariants(): readonly Variant[] {
  const honest = (Object.keys(histories) as History[]).map((name) => ({
    name,
    exported: signed(linesOf(histories[name]())),
    kept: nothing,
  }));
  const rewritten = [...ofPeople, ...ofResumes, ...ofDecisions, ...ofRules].map((rewrite) => {
    const lines = linesOf(histories[rewrite.of]());
    rewrite.change(lines);
    return { name: rewrite.name, exported: signed(lines), kept: nothing };
  });
  return [...honest, ...rewritten];
}

/** Logs whose key changed, or so they say, each with every key that could have been kept. */
export function rotatedVariants(): readonly Variant[] {
  const keys = [key, second, third];
  const logs = [
    ["rotated", log(once), second] as const,
    ["stolen", log(stolen), second] as const,
    ...forged,
  ];
  return logs.flatMap(([name, entries, by]) =>
    [null, ...keys].map((kept, n) => ({
      name: `${name}, kept ${n}`,
      exported: exportOf(entries, by),
      kept: {
        vkey: kept?.vkey ?? null,
        checkpoints:
          kept === null ? [] : [3, 5, 7].slice(0, n).map((size) => seen(entries, size, kept)),
      },
    })),
  );
}

/** So many more, by a seed. */
export function* anyVariants(count: number, seed: number): Generator<Variant> {
  for (let n = 0; n < count; n += 1) {
    const pick = new Pick(numbersFrom(seed + n));
    const lines = linesOf(anyLog(pick));
    const [name, change] = pick.of(changes);
    yield { name: `${seed + n}: ${name}`, ...change(lines, pick) };
  }
}

type Change = (lines: Line[], pick: Pick) => { readonly exported: Export; readonly kept: Kept };

const asSigned =
  (change: (lines: Line[], pick: Pick) => void): Change =>
  (lines, pick) => {
    change(lines, pick);
    return { exported: signed(lines), kept: nothing };
  };

const asFiles =
  (
    change: (exported: Export, pick: Pick, lines: readonly Line[]) => Partial<Export & Kept>,
  ): Change =>
  (lines, pick) => {
    const exported = signed(lines);
    const { vkey = null, checkpoints = [], ...files } = change(exported, pick, lines);
    return { exported: { ...exported, ...files }, kept: { vkey, checkpoints } };
  };

/** Writes a value that another entry has under the same key, or that is a neighbour of its own. */
function otherValue(lines: Line[], pick: Pick): void {
  const decisions = lines.filter(({ kind }) => String(kind).startsWith("decision."));
  const line = pick.of(decisions.length > 0 && pick.rarely(2) ? decisions : lines);
  const key = pick.of(Object.keys(line).filter((name) => !fixed.has(name)));
  const pool = lines.flatMap((other) => (key in other ? [other[key]] : []));
  line[key] = pick.rarely(2) ? pick.of(pool) : neighbour(line[key], pick);
}

const fixed = new Set(["v", "origin", "at"]);
const names = ["p_ana", "p_bob", "p_chidi", "p_dana", "p_erin", "p_frank", "p_gina"];

function neighbour(value: unknown, pick: Pick): unknown {
  if (typeof value === "number") return value + pick.of([-1, 1]);
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return pick.of<unknown>([[], [...value, ...value], value.slice(1)]);
  if (typeof value !== "string") return pick.of<unknown>([null, "", {}, names[0]]);
  if (value.startsWith("p_")) return pick.of(names);
  if (/^\d{4}-.*Z$/.test(value))
    return rfc3339(instantOf(value) + pick.of([-86_400_000, -1, 1, 60_000, 86_400_000]));
  return pick.of([
    "",
    "full",
    "paused",
    "none",
    "HP-1",
    "HP-2",
    "other",
    "2026-02-30T00:00:00.000Z",
  ]);
}

/** What was done before is done again, otherwise. */
function again(lines: Line[], pick: Pick): void {
  const decisions = lines.filter(({ kind }) => /^(?:decision|escalation)\./.test(String(kind)));
  if (decisions.length === 0) return;
  const n = pick.below(lines.length);
  const { at, policy } = lines[n] ?? {};
  const copy: Line = { ...pick.of(decisions), at, id: "e_again", policy };
  if (copy["kind"] === "decision.made") {
    const last = lines.slice(0, n + 1).findLast(({ kind }) => kind === "decision.made");
    copy["before"] = last?.["after"] ?? "full";
    copy["version"] = Number(last?.["version"] ?? 1) + Number(copy["before"] !== copy["after"]);
  }
  lines.splice(n + 1, 0, copy);
  const key = pick.of(Object.keys(copy).filter((name) => !fixed.has(name)));
  if (pick.rarely(2)) copy[key] = neighbour(copy[key], pick);
}

/** Keeps the times in order, so that the meaning is asked. */
function move(lines: Line[], from: number, to: number): void {
  const times = lines.map((line) => line["at"]);
  const [line] = lines.splice(from, 1);
  if (line) lines.splice(to, 0, line);
  for (const [n, each] of lines.entries()) lines[n] = { ...each, at: times[n] ?? each["at"] };
}

const flipped = (bytes: Uint8Array, pick: Pick): Uint8Array => {
  const at = pick.below(bytes.length);
  const mask = 1 << pick.below(8);
  return bytes.map((byte, n) => (n === at ? byte ^ mask : byte));
};

const cut = (bytes: Uint8Array, pick: Pick) => bytes.subarray(0, pick.below(bytes.length + 1));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const disclosed = [
  "",
  '{"name":"Ada","person":"p_a"}\n',
  '{"name":"Ada","person":"p_a"}',
  '{"commitment":"c_","salt":"","text":""}\n',
  '{"commitment":"c_1","name":"Ada","person":"p_a"}\n',
  '{"person":"p_a","name":"Ada"}\n',
  "\n",
  "[]\n",
];

const changes: readonly (readonly [string, Change])[] = [
  ["honest", asSigned(() => undefined)],
  ["honest", asSigned(() => undefined)],
  ["another value", asSigned(otherValue)],
  ["another value", asSigned(otherValue)],
  ["another value", asSigned(otherValue)],
  ["another value", asSigned(otherValue)],
  [
    "two other values",
    asSigned((lines, pick) => {
      otherValue(lines, pick);
      otherValue(lines, pick);
    }),
  ],
  [
    "a key left out",
    asSigned((lines, pick) => {
      const line = pick.of(lines);
      delete line[pick.of(Object.keys(line).filter((key) => !fixed.has(key)))];
    }),
  ],
  ["a decision again", asSigned(again)],
  ["a decision again", asSigned(again)],
  ["a decision again", asSigned(again)],
  ["an entry left out", asSigned((lines, pick) => void lines.splice(pick.below(lines.length), 1))],
  ["an entry left out", asSigned((lines, pick) => void lines.splice(pick.below(lines.length), 1))],
  [
    "an entry moved",
    asSigned((lines, pick) => move(lines, pick.below(lines.length), pick.below(lines.length))),
  ],
  [
    "an entry twice",
    asSigned((lines, pick) => {
      const n = pick.below(lines.length);
      lines.splice(n + 1, 0, { ...lines[n], id: "e_again" });
    }),
  ],
  ...Array.from({ length: 6 }, (): readonly [string, Change] => [
    "an entry added",
    asSigned((lines, pick) => {
      const n = pick.below(lines.length);
      lines.splice(n + 1, 0, anyEntry(lines, n, pick));
    }),
  ]),
  [
    "a clock that was behind",
    asSigned((lines, pick) => {
      const line = pick.of(lines);
      line["clock"] = rfc3339(instantOf(String(line["at"])) - pick.of([-1, 0, 1, 60_000, 3e6]));
    }),
  ],
  [
    "everything later by days",
    asSigned((lines, pick) => {
      const [from, by] = [pick.below(lines.length), 86_400_000 * pick.below(9)];
      for (const line of lines.slice(from))
        line["at"] = rfc3339(instantOf(String(line["at"])) + by);
    }),
  ],
  [
    "a changed byte of the entries",
    asFiles(({ entries }, pick) => ({ entries: flipped(entries, pick) })),
  ],
  [
    "a changed byte, and no leaves",
    asFiles(({ entries }, pick) => ({ entries: flipped(entries, pick), leaves: null })),
  ],
  ["entries cut off", asFiles(({ entries }, pick) => ({ entries: cut(entries, pick) }))],
  [
    "entries cut off, and no leaves",
    asFiles(({ entries }, pick) => ({ entries: cut(entries, pick), leaves: null })),
  ],
  ["the last newline left out", asFiles(({ entries }) => ({ entries: entries.subarray(0, -1) }))],
  [
    "a piece of a line after the last",
    asFiles(({ entries }, pick) => ({
      entries: Buffer.concat([entries, cut(entries, pick).subarray(0, 40)]),
    })),
  ],
  [
    "changed leaves",
    asFiles(({ leaves }, pick) => ({ leaves: flipped(leaves ?? text(""), pick) })),
  ],
  ["leaves cut off", asFiles(({ leaves }, pick) => ({ leaves: cut(leaves ?? text(""), pick) }))],
  [
    "a changed checkpoint",
    asFiles(({ checkpoint }, pick) => ({ checkpoint: flipped(checkpoint, pick) })),
  ],
  ["a changed key", asFiles(({ key }, pick) => ({ key: flipped(key, pick) }))],
  [
    "another key kept",
    asFiles((_e, pick) => ({ vkey: testKey("holdpoint.test/log", pick.of([1, 2])).vkey })),
  ],
  [
    "a policy that was changed, or is missing",
    asFiles((exported, pick) => {
      const [digest = "", bytes = text("")] = pick.of([...exported.policies]);
      const others = [...exported.policies].filter(([name]) => name !== digest);
      return {
        policies: new Map(pick.rarely(2) ? others : [...others, [digest, flipped(bytes, pick)]]),
      };
    }),
  ],
  [
    "other disclosures",
    asFiles((_e, pick) => ({ disclosures: text(pick.of(disclosed) + pick.of(disclosed)) })),
  ],
  [
    "a kept checkpoint",
    asFiles((_e, pick, lines) => ({
      checkpoints: [noteOf(signed(lines.slice(0, pick.below(lines.length + 1))))],
    })),
  ],
  [
    "kept checkpoints of another history",
    asFiles((exported, pick, lines) => {
      const other = lines.map((line) => ({ ...line }));
      otherValue(other, pick);
      return { checkpoints: [noteOf(exported), noteOf(signed(other))] };
    }),
  ],
  [
    "an older export than was kept",
    (lines, pick) => ({
      exported: signed(lines.slice(0, 1 + pick.below(lines.length))),
      kept: { vkey: null, checkpoints: [noteOf(signed(lines))] },
    }),
  ],
];
