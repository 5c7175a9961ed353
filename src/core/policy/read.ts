import { checkPolicy } from "./check.ts";
import type { Finding, Names } from "./findings.ts";
import { type PolicyDoc, policySchema } from "./schema.ts";
import { shapeFindings } from "./shape.ts";

/** A policy, unless a finding is an error. */
export interface ReadPolicy {
  readonly doc: PolicyDoc | null;
  readonly findings: readonly Finding[];
}

/**
 * Checks what a policy file says: its shape, then what its names mean to each other. Everything is found at once:
 * parts of a wrong shape are set aside, and the rest is checked as if they were there.
 */
export const readPolicy = (raw: unknown): ReadPolicy => {
  const shaped = policySchema.safeParse(raw);
  if (shaped.success) {
    const findings = checkPolicy(shaped.data, namesIn(raw), "whole");
    const failed = findings.some(({ level }) => level === "error");
    return { doc: failed ? null : shaped.data, findings };
  }
  const findings = shapeFindings(policySchema, raw, shaped.error.issues);
  const rest = policySchema.safeParse(findings.reduce(without, raw));
  const further = rest.success ? checkPolicy(rest.data, namesIn(raw), "part") : [];
  return { doc: null, findings: [...findings, ...further] };
};

/** Sets aside what a finding is about: the unknown key, else the whole person, schedule, trigger… it is in. */
const without = (raw: unknown, { path, message }: Finding): unknown => {
  if (path[0] === "holdpoint") return isMapping(raw) ? { ...raw, holdpoint: 1 } : raw;
  return removed(raw, message.startsWith("is not a key") ? path : path.slice(0, 2));
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const removed = (value: unknown, [key, ...rest]: Finding["path"]): unknown => {
  if (Array.isArray(value)) return value.map((one, at) => (at === key ? removed(one, rest) : one));
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).flatMap(([name, one]) => {
    if (name !== String(key)) return [[name, one]];
    return rest.length === 0 ? [] : [[name, removed(one, rest)]];
  });
  return Object.fromEntries(entries);
};

const namesIn = (raw: unknown): Names => {
  const of = (section: keyof Names): readonly string[] => {
    const found = isMapping(raw) && Object.hasOwn(raw, section) ? raw[section] : undefined;
    return isMapping(found) ? Object.keys(found) : [];
  };
  return {
    people: of("people"),
    schedules: of("schedules"),
    channels: of("channels"),
    deployments: of("deployments"),
  };
};
