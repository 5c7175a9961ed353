import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { bearerIn } from "./demo-guard.ts";
import type { DemoGuard, Reader, Role, ServerDeps } from "./ports.ts";
import { refuse } from "./problem.ts";

/** A Fastify onRequest hook: answers a request that is not allowed, before its body is read. */
export type Gate = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Access by role: tokens, and in demo mode its key, which counts as the operator's token; the
 * browser's cookie for it may only read.
 */
export function createAccess(deps: Pick<ServerDeps, "demo" | "tokens">, guard: DemoGuard) {
  const decide = (
    role: Role | null,
    roles: readonly Role[],
  ): { readonly status: 401 | 403; readonly detail: string } | null => {
    const needed = roles.map((role) => `HOLDPOINT_${role.toUpperCase()}_TOKEN`).join(" or ");
    const orKey = deps.demo ? ", or demo mode's key (the file demo-key in HOLDPOINT_DATA)" : "";
    if (role === null)
      return { status: 401, detail: `This needs a bearer token: ${needed}${orKey}.` };
    if (roles.includes(role)) return null;
    return { status: 403, detail: `The ${role} token may not do this: use ${needed}.` };
  };
  const byToken =
    (
      roles: readonly Role[],
      sentBy: (request: FastifyRequest) => readonly string[] = bearer,
    ): Gate =>
    async (request, reply) => {
      const inDemo = (token: string): Role | null =>
        deps.demo?.matches(token) && guard(request) === null ? "operator" : null;
      const found = sentBy(request).map((token) => roleOf(token, deps.tokens) ?? inDemo(token));
      const role =
        found.find((role) => role !== null && roles.includes(role)) ?? found.find(Boolean);
      const refusal = decide(role ?? null, roles);
      if (refusal === null) return undefined;
      if (refusal.status === 401) reply.header("www-authenticate", 'Bearer realm="holdpoint"');
      return refuse(reply, { status: refusal.status, detail: refusal.detail });
    };
  const openInDemo =
    (gate: Gate): Gate =>
    async (request, reply) => {
      if (deps.demo === null || request.headers.authorization !== undefined)
        return gate(request, reply);
      const refusal = guard(request);
      return refusal === null ? undefined : refuse(reply, { status: 403, detail: refusal.because });
    };
  return {
    /** Who reads, of a request that was let in to read; without a token, demo mode's user. */
    readerOf: (request: FastifyRequest): Reader =>
      roleOf(bearerIn(request.headers.authorization), deps.tokens) === "auditor"
        ? "auditor"
        : "operator",
    deployments: openInDemo(byToken(["operator", "auditor", "gateway"])),
    reads: openInDemo(byToken(["operator", "auditor"])),
    operator: byToken(["operator"]),
    /** Reports change what cards say, so they are never open without a token. */
    reports: byToken(["operator", "gateway"]),
    /**
     * What a gateway asks at each request. It forwards the headers of its own client, so each of
     * these may come from somebody else.
     */
    gatewayProtocols: byToken(["operator", "auditor", "gateway"], everyKey),
  };
}

const bearer = (request: FastifyRequest): readonly string[] => [
  bearerIn(request.headers.authorization),
];

const everyKey = (request: FastifyRequest): readonly string[] => [
  ...bearer(request),
  ...["x-api-key", "holdpoint-token"].flatMap((header) => request.headers[header] ?? []),
];

/** Compares with every role's token, so that the time taken reveals nothing. */
function roleOf(token: string, tokens: ServerDeps["tokens"]): Role | null {
  const sent = sha256(token);
  const matches = (["operator", "auditor", "gateway"] as const).filter((role) => {
    const ours = tokens[role];
    return timingSafeEqual(sent, sha256(ours ?? "")) && ours !== null && ours !== "";
  });
  return matches[0] ?? null;
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
