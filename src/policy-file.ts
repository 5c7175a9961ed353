import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { Finding } from "./core/policy/check/findings.ts";
import { syntaxWords } from "./core/policy/check/yaml-syntax-errors.ts";
import { readPolicy } from "./core/policy/read.ts";
import type { PolicyDoc } from "./core/policy/schema/policy-schema.ts";
import { sampleFindings } from "./sources/sample.ts";

/** One thing about a policy file, with its place. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly allowed: string | null;
  readonly level: "error" | "warning";
}

/** A policy with what is likely a mistake in it, or everything that is wrong with the file. */
export type ReadPolicyText =
  | { readonly ok: true; readonly doc: PolicyDoc; readonly warnings: readonly PolicyProblem[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

const largest = 256_000;
const deepest = 40;

/** `file:line:column level: message (allowed: …)`. */
export function problemLine({
  file,
  line,
  column,
  level,
  message,
  allowed,
}: PolicyProblem): string {
  return `${file}:${line}:${column} ${level}: ${message}${allowed === null ? "" : ` (allowed: ${allowed})`}`;
}

/**
 * Reads a policy file's text: YAML, its shape, then what it means. Answers with every mistake at
 * once, each with its place; `more` is what is known of it besides.
 */
export function readPolicyText(
  file: string,
  text: string,
  more: readonly Finding[] = [],
): ReadPolicyText {
  const lines = new LineCounter();
  const at = (offset: number, about: About): PolicyProblem => {
    const { line, col } = lines.linePos(offset);
    return {
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      allowed: null,
      level: "error",
      ...about,
    };
  };
  if (Buffer.byteLength(text) > largest) {
    return {
      ok: false,
      problems: [at(0, { message: `the file is larger than ${largest / 1000} kB` })],
    };
  }
  const odd = unkeepable.exec(text);
  if (odd) {
    const before = text.slice(0, odd.index).split("\n");
    const place = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
    return { ok: false, problems: [at(0, { ...place, message: refusal(odd[0]) })] };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    merge: false,
    version: "1.2",
    schema: "core",
    logLevel: "error",
  });
  const broken = brokenIn(document, text, at);
  if (broken.length > 0) return { ok: false, problems: broken };

  const strange = strangeIn(document, at);
  const { doc, findings } = readPolicy(document.toJS({ maxAliasCount: 0 }));
  const tried = doc ? sampleFindings(doc) : [];
  const lineOf = (path: Finding["path"]): number =>
    at(offsetOf(document.contents, path), { message: "" }).line;
  const found = [...findings, ...tried, ...more].map(({ path, message, allowed, level, also }) =>
    at(offsetOf(document.contents, path), {
      message: `${path.join(".") || "the file"}: ${message}${also ? ` (line ${lineOf(also)})` : ""}`,
      allowed,
      level,
    }),
  );
  const problems = inOrder([...strange, ...found]);
  const fits = !tried.some(({ level }) => level === "error");
  return doc && fits && strange.length === 0
    ? { ok: true, doc, warnings: problems }
    : { ok: false, problems };
}

/**
 * Controls and halves of characters, which a database or a hash cannot hold, and the mark that
 * bytes were no UTF-8.
 */
const unkeepable = /[^\P{Cc}\t\n\r]|\p{Cs}|\uFFFD/u;

const refusal = (character: string): string =>
  character === "\uFFFD"
    ? "is not UTF-8 here"
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} is not allowed`;

type About = Partial<PolicyProblem> & { readonly message: string };
type At = (offset: number, about: About) => PolicyProblem;

const inOrder = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);

/**
 * What leaves nothing to read: syntax, warnings of the parser, depths, and names that stand for
 * other parts of the file.
 */
function brokenIn(
  { errors, warnings, contents }: Document.Parsed,
  text: string,
  at: At,
): readonly PolicyProblem[] {
  const said = [...errors, ...warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const tooDeep = said.find(({ message }) => message.includes("call stack"));
  if (tooDeep) return [at(tooDeep.pos[0], { message: "nested too deeply" })];
  if (said.length > 0) return syntaxProblems(said, { text, contents, at });
  if (!isMap(contents))
    return [at(0, { message: "a policy is a mapping that begins with holdpoint: 1" })];
  const problems: PolicyProblem[] = [];
  visit(contents, {
    Alias: (_key, node) =>
      void problems.push(
        at(startOf(node), { message: "aliases (*name) are not allowed: write it out" }),
      ),
    Node: (_key, node, path) => {
      if ("anchor" in node && node.anchor)
        problems.push(
          at(startOf(node), { message: "anchors (&name) are not allowed: write it out" }),
        );
      if (path.length <= 2 * deepest) return undefined;
      problems.push(at(startOf(node), { message: "nested too deeply" }));
      return visit.BREAK;
    },
  });
  return problems;
}

/**
 * Keys given twice, and the first other mistake: what the parser says after that one mostly follows
 * from it.
 */
function syntaxProblems(
  said: readonly YAMLError[],
  { text, contents, at }: { readonly text: string; readonly contents: unknown; readonly at: At },
): readonly PolicyProblem[] {
  const others = said.filter(({ code }) => code !== "DUPLICATE_KEY");
  const first = others.slice(0, 1).map(({ code, message, pos: [offset] }) => {
    const [line = ""] = message.split("\n");
    const bare = line.replace(/ at line \d+, column \d+:?$/, "");
    return at(offset, { message: syntaxWords({ code, message: bare, offset }, text) });
  });
  return inOrder([...givenTwice(contents, at), ...first]);
}

function givenTwice(contents: unknown, at: At): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const look = (_key: unknown, { items }: YAMLMap): void => {
    const places = new Map<string, unknown[]>();
    for (const { key } of items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      places.set(name, [...(places.get(name) ?? []), key]);
    }
    for (const [name, keys] of places) {
      const [, ...again] = keys;
      const lines = keys.map((key) => at(startOf(key), { message: "" }).line);
      for (const key of again.slice(-1))
        problems.push(at(startOf(key), { message: twice(name, lines) }));
    }
  };
  if (isNode(contents)) visit(contents, { Map: look });
  return problems;
}

function twice(name: string, lines: readonly number[]): string {
  const often = lines.length === 2 ? "twice" : `${lines.length} times`;
  const where = `${lines.slice(0, -1).join(", ")} and ${lines.at(-1)}`;
  return `${name} is defined ${often} (lines ${where}): keep one`;
}

/**
 * What YAML would quietly make something else of: tags, keys that are no text, and the one key
 * JavaScript swallows.
 */
function strangeIn({ contents }: Document.Parsed, at: At): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  visit(contents, {
    Node: (_key, node) => {
      if (node.tag) problems.push(at(startOf(node), { message: "tags (!name) are not allowed" }));
      const odd = isScalar(node) ? unkeepable.exec(String(node.value)) : null;
      if (odd) problems.push(at(startOf(node), { message: refusal(odd[0]) }));
    },
    Pair: (_key, { key }) => {
      if (!isNode(key)) return;
      const name = isScalar(key) ? key.value : null;
      if (name === "__proto__")
        problems.push(at(startOf(key), { message: "__proto__ cannot be a key" }));
      if (typeof name === "string") return;
      const source = isScalar(key) && key.source !== undefined ? key.source : "this";
      problems.push(at(startOf(key), { message: `a key must be text: write ${source} in quotes` }));
    },
  });
  return problems;
}

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** Where a path stands in the file: its key, or the nearest thing around it that is there. */
function offsetOf(contents: unknown, path: Finding["path"]): number {
  let node: unknown = contents;
  let offset = startOf(contents);
  for (const part of path) {
    const next = step(node, part);
    if (!next) return offset;
    offset = startOf(next.at);
    node = next.value;
  }
  return offset;
}

interface Step {
  readonly at: Node;
  readonly value: unknown;
}

function step(node: unknown, part: string | number): Step | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(part),
    );
    return pair && isNode(pair.key) ? { at: pair.key, value: pair.value } : undefined;
  }
  const items = isNode(node) && "items" in node && Array.isArray(node.items) ? node.items : [];
  const item: unknown = typeof part === "number" ? items[part] : undefined;
  return isNode(item) ? { at: item, value: item } : undefined;
}
