import { isMap, isNode, isPair, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { nearest } from "./core/nearest.ts";
import { checkPolicy, type Finding } from "./core/policy/check.ts";
import { type PolicyDoc, policySchema } from "./core/policy/schema.ts";

/** One thing about a policy file, with its place. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly allowed: string | null;
  readonly level: "error" | "warning";
}

export type ReadPolicy =
  | { readonly ok: true; readonly doc: PolicyDoc; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const largest = 256_000;

/** `file:line:column level message (allowed: …)`. */
export const problemLine = ({ file, line, column, level, message, allowed }: Problem): string =>
  `${file}:${line}:${column} ${level}: ${message}${allowed === null ? "" : ` (allowed: ${allowed})`}`;

/** Reads a policy file's text: YAML, its shape, then what it means. Answers with every mistake at once, each with its place. */
export const readPolicyText = (file: string, text: string): ReadPolicy => {
  const at = (
    line: number,
    column: number,
    message: string,
    allowed: string | null = null,
  ): Problem => ({ file, line, column, message, allowed, level: "error" });
  if (Buffer.byteLength(text) > largest)
    return { ok: false, problems: [at(1, 1, `the file is larger than ${largest / 1000} kB`)] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    merge: false,
    version: "1.2",
    schema: "core",
    strict: true,
  });
  const broken = [...document.errors, ...document.warnings].map((error) => {
    const [start] = error.linePos ?? [{ line: 1, col: 1 }];
    return at(
      start.line,
      start.col,
      (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""),
    );
  });
  const refused = [
    ...broken,
    ...forbidden(document.contents, (offset, message) => {
      const { line, col } = lines.linePos(offset);
      return at(line, col, message);
    }),
  ];
  if (refused.length > 0) return { ok: false, problems: refused };

  const place = (finding: Omit<Finding, "level">, level: Finding["level"]): Problem => {
    const offset = offsetOf(document.contents, finding.path);
    const { line, col } = lines.linePos(offset);
    return {
      file,
      line,
      column: col,
      message: `${finding.path.join(".") || "the file"}: ${finding.message}`,
      allowed: finding.allowed,
      level,
    };
  };
  const shaped = policySchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!shaped.success)
    return {
      ok: false,
      problems: inOrder(shaped.error.issues.flatMap(findingsOf).map((one) => place(one, "error"))),
    };
  const findings = inOrder(checkPolicy(shaped.data).map((one) => place(one, one.level)));
  const problems = findings.filter(({ level }) => level === "error");
  return problems.length > 0
    ? { ok: false, problems: findings }
    : { ok: true, doc: shaped.data, warnings: findings };
};

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);

/** Aliases, anchors and tags make a file mean more than it shows; deep nesting is no policy. */
const forbidden = (
  contents: unknown,
  problem: (offset: number, message: string) => Problem,
): readonly Problem[] => {
  const problems: Problem[] = [];
  if (!isMap(contents)) return [problem(0, "a policy is a mapping that begins with holdpoint: 1")];
  visit(contents, {
    Alias: (_key, node) =>
      void problems.push(
        problem(node.range?.[0] ?? 0, "aliases (*name) are not allowed: write it out"),
      ),
    Node: (_key, node, path) => {
      if (node.tag && !node.tag.startsWith("tag:yaml.org,2002:"))
        problems.push(problem(node.range?.[0] ?? 0, `the tag ${node.tag} is not allowed`));
      if ("anchor" in node && node.anchor)
        problems.push(
          problem(node.range?.[0] ?? 0, "anchors (&name) are not allowed: write it out"),
        );
      if (path.length > 40) {
        problems.push(problem(node.range?.[0] ?? 0, "nested too deeply"));
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return problems;
};

type Issue = z.core.$ZodIssue;

const own = (path: readonly PropertyKey[]): Finding["path"] =>
  path.map((part) => (typeof part === "number" ? part : String(part)));

/** zod's issues as findings with our words; what is allowed is said where it is known. */
const findingsOf = (issue: Issue): readonly Omit<Finding, "level">[] => {
  const path = own(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: "is not a key of a policy here",
        allowed: null,
      }));
    case "invalid_value":
      return [{ path, message: "is not one of the values", allowed: closestFirst(issue) }];
    case "invalid_key":
      return issue.issues.map((inner) => ({
        path,
        message: `the name ${inner.message}`,
        allowed: null,
      }));
    case "invalid_type": {
      const missing = issue.input === undefined && issue.message.includes("received undefined");
      const message = missing ? "is missing" : issue.message.replace(/^Invalid input: /, "");
      return [{ path, message, allowed: null }];
    }
    default:
      return [{ path, message: issue.message, allowed: null }];
  }
};

const closestFirst = (issue: Extract<Issue, { code: "invalid_value" }>): string => {
  const values = issue.values.map(String);
  return typeof issue.input === "string"
    ? [...new Set([...nearest(issue.input, values), ...values])].join(", ")
    : values.join(", ");
};

/** Where a path stands in the file: its key, or the nearest thing around it that is there. */
const offsetOf = (contents: unknown, path: Finding["path"]): number => {
  let node: unknown = contents;
  let offset = isNode(contents) ? (contents.range?.[0] ?? 0) : 0;
  for (const part of path) {
    const next = step(node, part);
    if (!next) return offset;
    offset = next.offset;
    node = next.value;
  }
  return offset;
};

const step = (
  node: unknown,
  part: string | number,
): { readonly offset: number; readonly value: unknown } | undefined => {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) =>
        isPair(item) &&
        isNode(item.key) &&
        "value" in item.key &&
        String(item.key.value) === String(part),
    );
    const key = pair?.key as Node | undefined;
    return pair ? { offset: key?.range?.[0] ?? 0, value: pair.value } : undefined;
  }
  const items = isNode(node) && "items" in node && Array.isArray(node.items) ? node.items : [];
  const item: unknown = typeof part === "number" ? items[part] : undefined;
  return isNode(item) ? { offset: item.range?.[0] ?? 0, value: item } : undefined;
};
