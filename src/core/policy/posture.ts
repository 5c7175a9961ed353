import type { ScopeId } from "../ids.ts";
import type { Deployment, Response } from "./model.ts";

/**
 * What a deployment may do now, as a level: 0 is the widest scope, one more than the narrowest
 * scope is "paused".
 */

export const paused = "paused";

/** A scope this policy does not know counts as paused: never wider than was decided. */
export function levelOf(deployment: Deployment, scope: ScopeId): number {
  const found = deployment.scopes.findIndex((candidate) => candidate.id === scope);
  return found < 0 ? deployment.scopes.length : found;
}

/** The scope at a level, or "paused". */
export function scopeAt(deployment: Deployment, level: number): ScopeId {
  return deployment.scopes[level]?.id ?? paused;
}

/** The narrower of two scopes: what a restriction sets, so that it never widens. */
export function narrower(deployment: Deployment, a: ScopeId, b: ScopeId): ScopeId {
  return levelOf(deployment, a) >= levelOf(deployment, b) ? a : b;
}

/** How /v1/deployments names a scope. */
export function stateWord(deployment: Deployment, scope: ScopeId): "open" | "narrowed" | "paused" {
  const level = levelOf(deployment, scope);
  if (level === 0) return "open";
  return level >= deployment.scopes.length ? "paused" : "narrowed";
}

/** The word for one scope narrower than what is in force; a scope of that name counts as itself. */
export const nextScope = "next";

/** What a response of the policy means where this scope is in force. */
export function meantNow(deployment: Deployment, response: Response, scope: ScopeId): Response {
  const isNext =
    response.kind === "narrow" &&
    response.scope === nextScope &&
    !deployment.scopes.some(({ id }) => id === nextScope);
  if (!isNext) return response;
  const next = scopeAt(deployment, levelOf(deployment, scope) + 1);
  return next === paused ? { kind: "pause" } : { kind: "narrow", scope: next };
}

/**
 * How strong a response is: re-test and monitor restrict nothing (-1), narrow is its scope's level,
 * pause the last.
 */
export function strengthOf(deployment: Deployment, response: Response): number {
  switch (response.kind) {
    case "retest":
    case "monitor":
      return -1;
    case "narrow":
      return levelOf(deployment, response.scope);
    case "pause":
      return deployment.scopes.length;
  }
}
