import { z } from "zod";
import { severities } from "../policy/severity.ts";
import { parseRfc3339 } from "../time.ts";

/** The values that keys of entries may have (docs/log-format.md §4). Keys unknown here are ignored. */

const ourTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A time that exists: the form alone allows February 30. */
export const time = z
  .string()
  .refine((text) => ourTime.test(text) && parseRfc3339(text) !== null, "no time that exists");
const none = z.literal("");
export const timeOrNone = z.union([none, time]);
const starting = (prefix: string, what: string) => z.string().startsWith(prefix, `not ${what}`);
export const entryId = starting("e_", "the id of an entry");
export const person = starting("p_", "the id of a person");
export const personOrNone = z.union([none, person]);
export const commitment = starting("c_", "a commitment");
export const commitmentOrNone = z.union([none, commitment]);
export const escalationId = z.string().regex(/^HP-[1-9]\d*$/, "not the id of an escalation");
export const escalationOrNone = z.union([none, escalationId]);
export const count = z.int().min(0);
export const text = z.string();
export const severity = z.enum(severities);
export const accountChat = z.enum(["slack", "teams"]);
export const identityPart = z.enum(["name", "slack", "teams", "pagerduty"]);

/** The rules by which a decision may be allowed; of a resume that of its starter, with its second. */
const rules = [
  "restrict.decider",
  "restrict.deputy",
  "restrict.alsoMay",
  "widen.decider",
  "widen.deputy",
  "breakGlass",
] as const;
export const startRule = z.enum(rules);
export const authority = z.enum([
  ...rules,
  "onTimeout.respond",
  "undo",
  "widen.decider+widen.confirm",
  "widen.deputy+widen.confirm",
]);

export const surface = z.enum([
  "console",
  "slack",
  "teams",
  "pagerduty",
  "http",
  "cli",
  "webhook",
  "tick",
  "start",
]);

export const actor = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("person"), person }),
  z.looseObject({ type: z.literal("policy") }),
  z.looseObject({ type: z.literal("operator") }),
  z.looseObject({ type: z.literal("gateway") }),
  z.looseObject({ type: z.literal("stranger"), account: z.optional(commitment) }),
]);

export const response = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("retest") }),
  z.looseObject({ kind: z.literal("monitor") }),
  z.looseObject({ kind: z.literal("narrow"), scope: text }),
  z.looseObject({ kind: z.literal("pause") }),
]);

export const onCall = z.array(z.looseObject({ schedule: text, person }));
export const agreed = z.array(z.looseObject({ person, reason: commitment }));
/** What was measured is not judged here: only that it is there. */
export const evidence = z.nullable(z.looseObject({ signal: commitment }));
const digest = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256");
export const references = z.optional(
  z.array(z.looseObject({ delivery: text, body: digest, model: text, value: text })),
);
export const namedSignals = z.array(
  z.looseObject({ source: text, name: text, severity, signal: commitment }),
);
