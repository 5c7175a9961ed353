import type { DeploymentBody } from "../app/ports.ts";

/** Whether a request to a model may pass now, for every protocol that gateways use. */

/** `because` is for the people who run the gateway; it names no person. */
export interface AuthorizeRequest {
  readonly passes: boolean;
  readonly because: string;
}

/**
 * Whether a posture lets a request pass. `needs` is the scope that the request needs: it passes
 * while that scope, or a wider one, is in force; null = it passes unless the deployment is paused.
 * An unknown scope does not pass.
 */
export function authorizeRequest(
  id: string,
  posture: DeploymentBody | undefined,
  needs: string | null,
): AuthorizeRequest {
  if (!posture) return { passes: false, because: `No policy knows a deployment "${id}".` };
  if (posture.state === "paused") return { passes: false, because: `${id} is paused.` };
  const level = posture.scopes.findIndex((scope) => scope.id === posture.scope);
  const needed = needs === null ? level : posture.scopes.findIndex((scope) => scope.id === needs);
  if (needed < 0) {
    const known = posture.scopes.map((scope) => scope.id).join(", ");
    return { passes: false, because: `"${needs}" is no scope of ${id}; these are: ${known}.` };
  }
  return level >= 0 && level <= needed
    ? { passes: true, because: `${id} is ${posture.state}: ${posture.scope}.` }
    : { passes: false, because: `${id} is narrowed to ${posture.scope}; this needs ${needs}.` };
}
