/** How far CEL may go, and what it says when it cannot: shared by conditions and mappings. */

/** Expressions are short: these limits bound what one evaluation can cost. */
export const celLimits = {
  maxAstNodes: 500,
  maxDepth: 30,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

interface EngineError {
  readonly summary: string;
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly source: string;
}

/**
 * The engine's errors carry a one-line summary and a place; anything else that is thrown has only
 * its message.
 */
export function engineError(error: unknown): EngineError {
  if (!(error instanceof Error)) return { summary: String(error), range: null, source: "" };
  const {
    summary = error.message,
    range = null,
    node = null,
  } = error as Error & {
    readonly summary?: string;
    readonly range?: EngineError["range"];
    readonly node?: { readonly input?: string } | null;
  };
  return { summary, range, source: node?.input ?? "" };
}

/** The field an error did not find, or undefined where it is about something else. */
export function missingKey(error: unknown): string | undefined {
  return /^No such key: (.+)$/.exec(engineError(error).summary)?.[1];
}

/**
 * What is too large about an expression, as the end of a sentence; undefined where that is not it.
 */
export function tooLarge(error: unknown): string | undefined {
  const [, limit, most] = /^Exceeded max(\w+) \((\d+)\)/.exec(engineError(error).summary) ?? [];
  return limit && `is too large: more than ${most} ${partWords[limit] ?? limit}.`;
}

const partWords: Readonly<Record<string, string>> = {
  AstNodes: "steps",
  Depth: "levels",
  ListElements: "elements in a list",
  MapEntries: "entries in a map",
  CallArguments: "arguments",
};

/** Why an evaluation gave nothing, in a few words. */
export function missing(error: unknown): string {
  const { summary, range, source } = engineError(error);
  const key = missingKey(error);
  if (key === undefined) return summary;
  // The range begins at the last name of a path, or at the whole `signal.labels["x"]`: the path is
  // what stands before its end.
  const path = /\b(?:signal|deployment|before|over|spread|item|body)(?:\.\w+|\[[^\]]*\])+$/.exec(
    source.slice(0, range?.end ?? 0),
  );
  return `${path?.[0] ?? key} is missing`;
}
