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

/** What a scope means, in words: "open to everyone, tools on". */
export function scopeWords(
  state: "open" | "narrowed" | "paused",
  scope: { id: string; audience: string; tools: boolean } | null,
): string {
  if (state === "paused" || !scope) return "paused for everyone";
  const to = `${scope.audience}, tools ${scope.tools ? "on" : "off"}`;
  return state === "open" ? `open to ${to}` : `narrowed to ${scope.id} (${to})`;
}
