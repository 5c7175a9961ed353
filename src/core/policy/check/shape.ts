import { z } from "zod";
import { closest } from "../../did-you-mean.ts";
import { asId, isId } from "../schema/field-schemas.ts";
import type { Finding } from "./findings.ts";

/** What zod found wrong with the shape, in words a person can act on. */

type Issue = z.core.$ZodIssue;
type Path = Finding["path"];

/**
 * Every issue as findings: where, what is wrong, what may stand there. `raw` is what was read,
 * before any check.
 */
export function shapeFindings(
  schema: z.ZodType,
  raw: unknown,
  issues: readonly Issue[],
): readonly Finding[] {
  return issues.flatMap((issue) => {
    const path: Path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    return inWords(schema, { raw, path, issue }).map((inWord) => ({
      path,
      level: "error",
      allowed: null,
      ...inWord,
    }));
  });
}

type Words = { readonly message: string; readonly allowed?: string; readonly path?: Path };

function inWords(
  schema: z.ZodType,
  { raw, path, issue }: { readonly raw: unknown; readonly path: Path; readonly issue: Issue },
): readonly Words[] {
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
      return issue.issues.map(({ message }) => ({
        message: `this name ${message}${nameFor(path)}`,
      }));
    case "invalid_type":
      if (found === undefined) return [{ message: "is missing" }];
      return [
        {
          message: `must be ${kinds[issue.expected] ?? issue.expected}, and is ${inShort(found)} here${toWrite(schema, { path, expected: issue.expected, found })}`,
        },
      ];
    default:
      return [{ message: found === undefined ? "is missing" : ourOwn(issue, found) }];
  }
}

const allowedOf = (values: readonly unknown[]) => ({ allowed: values.map(String).join(", ") });

function unknownKey(keys: readonly string[], path: Path, key: string): Words {
  const close = closest(key, keys);
  return {
    path: [...path, key],
    message: `is not a key here${close ? `; did you mean ${close}?` : ""}`,
    ...(keys.length > 0 ? { allowed: keys.join(", ") } : {}),
  };
}

function notOneOf(
  { message, values }: Extract<Issue, { code: "invalid_value" }>,
  found: unknown,
): Words {
  const names = values.map(String);
  if (names.length === 1)
    return { message: message.startsWith("Invalid") ? `must be ${names[0]}` : message };
  const close = typeof found === "string" ? closest(found, names) : undefined;
  return {
    message: `cannot be ${inShort(found)}${close ? `; did you mean ${close}?` : ""}`,
    ...allowedOf(values),
  };
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/** A name that may stand in the place of one that may not. */
function nameFor(path: Path): string {
  const name = String(path.at(-1));
  const usable = asId(name);
  return usable !== name && isId(usable) ? `: write ${usable}` : "";
}

/**
 * What to write in the place of something of the wrong kind. YAML makes a number of `id: 0123` and
 * nothing of `id:`.
 */
function toWrite(
  schema: z.ZodType,
  {
    path,
    expected,
    found,
  }: { readonly path: Path; readonly expected: string; readonly found: unknown },
): string {
  const key = typeof path.at(-1) === "string" ? `${path.at(-1)}: ` : "";
  if (expected === "object" || expected === "record") {
    const instead = mappingFor(schema, path, found);
    return instead === null ? "" : `: write ${key}${instead}`;
  }
  if (expected === "array")
    return ["string", "number"].includes(typeof found) ? `: write ${key}[${found}]` : "";
  return expected === "string" ? textFor(schema, path, found) : "";
}

function textFor(schema: z.ZodType, path: Path, found: unknown): string {
  if (found === null) return ": write a text, in quotes if it begins with #";
  if (typeof found !== "object") {
    const [like] = schemasAt(schema, path).flatMap(unwrapped).flatMap(examplesOf);
    return like === undefined ? ": write it in quotes" : `: write it with its unit, like ${like}`;
  }
  const [[key, value] = []] = Object.entries(found);
  return key === "schedule" ? `: write schedule:${value}, without the space` : "";
}

function examplesOf(schema: unknown): readonly unknown[] {
  const given = schema instanceof z.ZodType ? schema.meta()?.["examples"] : undefined;
  return Array.isArray(given) ? given : [];
}

/** Mappings that are often written shorter. `found` is what stands there. */
const mappings: readonly (readonly [place: RegExp, instead: (found: string) => string])[] = [
  [/^people\.[^.]+$/, (name) => `{ name: ${name}, slack: U0ANA00001 }`],
  [/^channels\.[^.]+$/, (id) => `{ slack: ${/^[CG][A-Z0-9]+$/.test(id) ? id : "C0RISK0001"} }`],
  [/\.scopes\.[^.]+$/, (words) => `{ audience: ${words.split(",")[0]}, tools: true }`],
  [/\.scopes$/, () => "{ full: { audience: everyone, tools: true } }"],
  [/\.confirm$/, (by) => `{ by: [${by}], people: 1 }`],
  [/\.(?:handoff|every)$/, () => '{ every: 1w, on: monday, at: "10:00" }'],
  [/\.hours$/, () => '{ timezone: Europe/London, days: mon-fri, from: "09:00", to: "17:00" }'],
  [/\.within$/, () => "{ narrow: 3d, pause: 1d }"],
];

/**
 * What the policy would be, rather than what was written: the usual mapping at this place, or its
 * keys.
 */
function mappingFor(schema: z.ZodType, path: Path, found: unknown): string | null {
  const place = path.join(".");
  const words = Array.isArray(found) ? found.join(", ") : String(found ?? "…");
  const [, instead] = mappings.find(([pattern]) => pattern.test(place)) ?? [];
  if (instead) return instead(/^[\w ,@-]{1,60}$/.test(words) ? words : "…");
  const keys = keysAt(schema, path).slice(0, 3);
  return keys.length === 0 ? null : `{ ${keys.map((key) => `${key}: …`).join(", ")} }`;
}

const ourOwn = ({ message }: Issue, found: unknown): string =>
  /^(Invalid|Too|Unrecognized)/.test(message)
    ? `cannot be ${inShort(found)}: ${message.toLowerCase()}`
    : message;

function inShort(found: unknown): string {
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
}

const valueAt = (raw: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    raw,
  );

/** The keys the schema knows at a path; none where any name may stand. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  return [
    ...new Set(
      schemasAt(schema, path)
        .flatMap(unwrapped)
        .flatMap((item) => (item instanceof z.ZodObject ? Object.keys(item.shape) : [])),
    ),
  ];
}

const schemasAt = (schema: z.ZodType, path: Path): readonly unknown[] =>
  path.reduce<readonly unknown[]>((all, part) => all.flatMap((item) => into(item, part)), [schema]);

const into = (schema: unknown, part: string | number): readonly unknown[] =>
  unwrapped(schema).flatMap((item): readonly unknown[] => {
    if (item instanceof z.ZodObject) return [item.shape[part]];
    if (item instanceof z.ZodRecord) return [item.valueType];
    return item instanceof z.ZodArray ? [item.element] : [];
  });

function unwrapped(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrapped);
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? unwrapped(schema.unwrap()) : [schema];
}
