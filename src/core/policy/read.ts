import { checkPolicy } from "./check/check-policy.ts";
import type { Finding, Names, Section } from "./check/findings.ts";
import { shapeFindings } from "./check/shape.ts";
import { type PolicyDoc, policySchema } from "./schema/policy-schema.ts";

/** A policy, unless a finding is an error. */
export interface ReadPolicy {
  readonly doc: PolicyDoc | null;
  readonly findings: readonly Finding[];
}

/**
 * Checks what a policy file says: its shape, then what its names mean to each other. Everything is
 * found at once: parts of a wrong shape are set aside, and the rest is checked as if they were
 * there.
 */
export function readPolicy(raw: unknown): ReadPolicy {
  const shaped = policySchema.safeParse(raw);
  if (shaped.success) {
    const findings = checkPolicy(shaped.data, namesIn(raw), "whole");
    const failed = findings.some(({ level }) => level === "error");
    return { doc: failed ? null : shaped.data, findings };
  }
  const findings = shapeFindings(policySchema, raw, shaped.error.issues);
  const rest = whatIsLeft(raw, findings);
  const further = rest ? checkPolicy(rest, namesIn(raw), "part") : [];
  return { doc: null, findings: [...findings, ...further.filter(isApartFrom(findings))] };
}

/**
 * Without what is wrong; where something cannot be without it, without the whole person, schedule,
 * trigger… it is in.
 */
function whatIsLeft(raw: unknown, findings: readonly Finding[]): PolicyDoc | null {
  const trimmed = without(
    raw,
    findings.map(({ path }) => path),
  );
  const numbered = isMapping(trimmed) ? { ...trimmed, holdpoint: 1 } : trimmed;
  const once = policySchema.safeParse(numbered);
  if (once.success) return once.data;
  const holes = once.error.issues.map(({ path }) => path.slice(0, 2).map(String));
  return policySchema.safeParse(without(numbered, holes)).data ?? null;
}

/**
 * What is said of a place that something was taken from, like “has no deputies”, would not be true
 * of the file.
 */
const isApartFrom =
  (findings: readonly Finding[]) =>
  ({ path }: Finding): boolean =>
    !findings.some((finding) => path.every((part, at) => part === finding.path[at]));

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** List elements stay: what comes after them would stand at another place. */
function without(value: unknown, paths: readonly Finding["path"][]): unknown {
  const gone = new Set(paths.map((path) => JSON.stringify(path)));
  const rest = (item: unknown, at: Finding["path"]): unknown => {
    if (Array.isArray(item)) return item.map((inner, k) => rest(inner, [...at, k]));
    if (!isMapping(item)) return item;
    const kept = Object.entries(item).filter(([key]) => !gone.has(JSON.stringify([...at, key])));
    return Object.fromEntries(kept.map(([key, inner]) => [key, rest(inner, [...at, key])]));
  };
  return rest(value, []);
}

function namesIn(raw: unknown): Names {
  const under = (value: unknown, key: string): unknown =>
    isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  const keysOf = (value: unknown): readonly string[] =>
    isMapping(value) ? Object.keys(value) : [];
  const of = (section: Section): readonly string[] => keysOf(under(raw, section));
  const deployments = of("deployments");
  return {
    people: of("people"),
    schedules: of("schedules"),
    channels: of("channels"),
    deployments,
    scopes: new Map(
      deployments.map((id) => [id, keysOf(under(under(under(raw, "deployments"), id), "scopes"))]),
    ),
  };
}
