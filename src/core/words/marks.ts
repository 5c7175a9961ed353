import type { Severity } from "../policy/severity.ts";

/** The marks of severities and outcomes, and what a scope means. */

export const severityMark: Readonly<Record<Severity, string>> = {
  critical: "🔴",
  high: "🟠",
  warning: "🟡",
  info: "🔵",
};

export function outcomeMark(state: "open" | "narrowed" | "paused"): string {
  return { open: "🟢", narrowed: "🔽", paused: "⏸" }[state];
}

interface Scope {
  readonly id: string;
  readonly audience: string;
  readonly tools: boolean | null;
  readonly more: Readonly<Record<string, string | number | boolean>>;
}

/** What a scope means, in words: "open to everyone, tools on". */
export function scopeWords(state: "open" | "narrowed" | "paused", scope: Scope | null): string {
  if (state === "paused" || !scope) return "paused for everyone";
  const { id, audience } = scope;
  const allowed = allowedWords(scope);
  if (state === "narrowed") return `narrowed to ${id} (${allowed})`;
  return audience === "" ? `open (${allowed})` : `open to ${allowed}`;
}

const mostSaid = 3;

/** "everyone, tools on"; of a scope that says neither, its own keys: "compute evals". */
function allowedWords({ audience, tools, more }: Scope): string {
  const usual = [audience, tools === null ? "" : `tools ${tools ? "on" : "off"}`].filter(Boolean);
  const own = Object.entries(more).map(([key, value]) => `${key} ${saidOf(value)}`);
  return usual.length > 0 ? usual.join(", ") : own.slice(0, mostSaid).join(", ");
}

const saidOf = (value: string | number | boolean): string =>
  typeof value === "boolean" ? (value ? "on" : "off") : String(value);
