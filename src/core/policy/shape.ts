import { z } from "zod";
import { closest } from "./closest.ts";
import type { Finding } from "./findings.ts";

/** What zod found wrong with the shape, in words a person can act on. */

type Issue = z.core.$ZodIssue;
type Path = Finding["path"];

/** Every issue as findings: where, what is wrong, what may stand there. `raw` is what was read, before any check. */
export const shapeFindings = (
  schema: z.ZodType,
  raw: unknown,
  issues: readonly Issue[],
): readonly Finding[] =>
  issues.flatMap((issue) => {
    const path: Path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    return inWords(schema, raw, path, issue).map((one) => ({
      path,
      level: "error",
      allowed: null,
      ...one,
    }));
  });

type Words = { readonly message: string; readonly allowed?: string; readonly path?: Path };

const inWords = (schema: z.ZodType, raw: unknown, path: Path, issue: Issue): readonly Words[] => {
  const found = valueAt(raw, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(keysAt(schema, path), path, key));
    case "invalid_value":
      return [
        found === undefined
          ? { message: "is missing", ...allowedOf(issue.values) }
          : notOneOf(issue, found),
      ];
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ message: `this name ${message}` }));
    case "invalid_type":
      return [{ message: found === undefined ? "is missing" : wrongType(issue.expected, found) }];
    default:
      return [{ message: found === undefined ? "is missing" : ourOwn(issue, found) }];
  }
};

const allowedOf = (values: readonly unknown[]) => ({ allowed: values.map(String).join(", ") });

const unknownKey = (keys: readonly string[], path: Path, key: string): Words => {
  const close = closest(key, keys);
  return {
    path: [...path, key],
    message: `is not a key here${close ? `; did you mean ${close}?` : ""}`,
    ...(keys.length > 0 ? { allowed: keys.join(", ") } : {}),
  };
};

const notOneOf = (
  { message, values }: Extract<Issue, { code: "invalid_value" }>,
  found: unknown,
): Words => {
  const names = values.map(String);
  if (names.length === 1)
    return { message: message.startsWith("Invalid") ? `must be ${names[0]}` : message };
  const close = typeof found === "string" ? closest(found, names) : undefined;
  return {
    message: `cannot be ${inShort(found)}${close ? `; did you mean ${close}?` : ""}`,
    ...allowedOf(values),
  };
};

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/** YAML makes a number of `id: 0123` and nothing of `id:`; the answer says what it made. */
const wrongType = (expected: string, found: unknown): string => {
  const scalar = typeof found !== "object" || found === null;
  const quotes = expected === "string" && scalar ? `: write it in quotes` : "";
  return `must be ${kinds[expected] ?? expected}, and is ${inShort(found)} here${quotes}`;
};

const ourOwn = ({ message }: Issue, found: unknown): string =>
  /^(Invalid|Too|Unrecognized)/.test(message)
    ? `cannot be ${inShort(found)}: ${message.toLowerCase()}`
    : message;

const inShort = (found: unknown): string => {
  if (Array.isArray(found)) return "a list";
  if (found === null) return "empty";
  switch (typeof found) {
    case "object":
      return "a mapping";
    case "string":
      return `“${[...found].slice(0, 60).join("")}”`;
    case "number":
      return `the number ${found}`;
    default:
      return String(found);
  }
};

const valueAt = (raw: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    raw,
  );

/** The keys the schema knows at a path; none where any name may stand. */
const keysAt = (schema: z.ZodType, path: Path): readonly string[] => {
  const places = path.reduce<readonly unknown[]>(
    (all, part) => all.flatMap((one) => into(one, part)),
    [schema],
  );
  return [
    ...new Set(
      places
        .flatMap(unwrapped)
        .flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : [])),
    ),
  ];
};

const into = (schema: unknown, part: string | number): readonly unknown[] =>
  unwrapped(schema).flatMap((one): readonly unknown[] => {
    if (one instanceof z.ZodObject) return [one.shape[part]];
    if (one instanceof z.ZodRecord) return [one.valueType];
    return one instanceof z.ZodArray ? [one.element] : [];
  });

const unwrapped = (schema: unknown): readonly unknown[] => {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrapped);
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? unwrapped(schema.unwrap()) : [schema];
};
