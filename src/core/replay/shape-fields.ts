import { severities } from "../policy/severity.ts";
import { parseRfc3339 } from "../time.ts";

/**
 * The values that keys of entries may have (docs/log-format.md §4). Keys unknown here are ignored.
 * A log has millions of entries, so a check is a closure and builds nothing.
 */

/** Where a value is wrong, as keys with dots between them, "" = itself; null = it is right. */
export type Check = (value: unknown) => string | null;

/** A check of a key that may be missing. */
export interface Optional {
  readonly may: Check;
}

type Keys = Readonly<Record<string, Check | Optional>>;

const right = (isRight: boolean): string | null => (isRight ? null : "");

export const text: Check = (value) => right(typeof value === "string");
export const flag: Check = (value) => right(typeof value === "boolean");
export const count: Check = (value) => right(Number.isSafeInteger(value) && Number(value) >= 0);

export function optional(check: Check): Optional {
  return { may: check };
}

export function oneOf(...words: readonly string[]): Check {
  const known = new Set<unknown>(words);
  return (value) => right(known.has(value));
}

function like(pattern: RegExp): Check {
  return (value) => right(typeof value === "string" && pattern.test(value));
}

/** The value, or "" for none. */
export function orNone(check: Check): Check {
  return (value) => (value === "" ? null : check(value));
}

export function orNull(check: Check): Check {
  return (value) => (value === null ? null : check(value));
}

export function each(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return "";
    for (let n = 0; n < value.length; n += 1) {
      const at = check(value[n]);
      if (at !== null) return joined(String(n), at);
    }
    return null;
  };
}

interface Key {
  readonly key: string;
  readonly check: Check;
  readonly may: boolean;
}

/** An object with these keys, and whatever others. */
export function having(keys: Keys): Check {
  const all = Object.entries(keys).map(
    ([key, check]): Key =>
      typeof check === "function"
        ? { key, check, may: false }
        : { key, check: check.may, may: true },
  );
  return (value) => {
    if (typeof value !== "object" || value === null) return "";
    for (const key of all) {
      const at = wrongUnder(key, value as Readonly<Record<string, unknown>>);
      if (at !== null) return at;
    }
    return null;
  };
}

function wrongUnder(
  { key, check, may }: Key,
  object: Readonly<Record<string, unknown>>,
): string | null {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === undefined && may) return null;
  const at = check(value);
  return at === null ? null : joined(key, at);
}

const joined = (key: string, rest: string): string => (rest === "" ? key : `${key}.${rest}`);

/** An object that has other keys depending on one of them. */
function byKey(key: string, kinds: Readonly<Record<string, Check>>): Check {
  const known = new Map<unknown, Check>(Object.entries(kinds));
  return (value) => {
    if (typeof value !== "object" || value === null) return "";
    const check = known.get(Reflect.get(value, key));
    return check ? check(value) : key;
  };
}

const timeForm = /^[^t]{23}Z$/;

/** A time that exists: the form alone allows February 30, and a second 60. */
export const time: Check = (value) =>
  right(
    typeof value === "string" &&
      timeForm.test(value) &&
      value[19] === "." &&
      value[17] !== "6" &&
      parseRfc3339(value) !== null,
  );

const starting =
  (prefix: string): Check =>
  (value) =>
    right(typeof value === "string" && value.startsWith(prefix));

export const subject = like(/^(?:org$|deployment:)/);
export const entryId = starting("e_");
export const person = starting("p_");
export const commitment = starting("c_");
export const escalationId = like(/^HP-[1-9]\d*$/);
export const digest = like(/^[0-9a-f]{64}$/);
export const severity = oneOf(...severities);
export const accountChat = oneOf("slack", "teams");
export const signInAccount = oneOf("slack", "teams", "oidc");
export const identityPart = oneOf("name", "slack", "teams", "pagerduty", "oidc");

/**
 * The rules by which a decision may be allowed; of a resume that of its starter, with its second.
 */
const rules = [
  "restrict.decider",
  "restrict.deputy",
  "restrict.alsoMay",
  "widen.decider",
  "widen.deputy",
  "breakGlass",
];
export const startRule = oneOf(...rules);
export const authority = oneOf(
  ...rules,
  "onTimeout.respond",
  "act.first",
  "reassess.onOverdue",
  "undo",
  "widen.decider+widen.confirm",
  "widen.deputy+widen.confirm",
);

export const surface = oneOf(
  "console",
  "slack",
  "teams",
  "pagerduty",
  "http",
  "cli",
  "webhook",
  "tick",
  "start",
);

export const actor = byKey("type", {
  person: having({ person }),
  policy: having({}),
  operator: having({}),
  gateway: having({}),
  auditor: having({}),
  stranger: having({ account: optional(commitment) }),
});

export const response = byKey("kind", {
  retest: having({}),
  monitor: having({}),
  narrow: having({ scope: text }),
  pause: having({}),
});

export const onCall = each(having({ schedule: text, person }));
export const agreed = each(having({ person, reason: commitment }));
/** What was measured is not judged here: only that it is there. */
export const evidence = orNull(having({ signal: commitment }));
export const references = optional(
  each(having({ delivery: text, body: digest, model: text, value: text })),
);
export const namedSignals = each(
  having({ source: text, name: text, severity, signal: commitment }),
);
