import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Page } from "../app/ports.ts";
import type { EscalationId } from "../core/ids.ts";
import type { createAccess } from "./access.ts";
import type { Reads } from "./ports.ts";
import { refuse } from "./problem.ts";
import { decisionQuery, deploymentQuery, escalationQuery, readQuery } from "./query.ts";

type ById = { readonly Params: { readonly id: string } };

/** GET /v1/deployments, /v1/escalations, /v1/decisions. */
export const readRoutes = (
  app: FastifyInstance,
  reads: Reads,
  access: ReturnType<typeof createAccess>,
): void => {
  deploymentRoutes(app, reads, access);
  escalationRoutes(app, reads, access);
  app.get("/v1/decisions", { onRequest: access.reads }, async (request, reply) => {
    const asked = readQuery(decisionQuery, request, reply);
    if (!asked) return reply;
    const { cursor, ...filter } = asked;
    return pageOf(await reads.decisions({ ...filter, below: cursor }));
  });
};

const deploymentRoutes = (
  app: FastifyInstance,
  reads: Reads,
  access: ReturnType<typeof createAccess>,
): void => {
  app.get("/v1/deployments", { onRequest: access.deployments }, async (request, reply) => {
    const asked = readQuery(deploymentQuery, request, reply);
    if (!asked) return reply;
    return tagged(request, reply, { items: await reads.deployments(asked.at), next: null });
  });

  app.get<ById>(
    "/v1/deployments/:id",
    { onRequest: access.deployments },
    async (request, reply) => {
      const asked = readQuery(deploymentQuery, request, reply);
      if (!asked) return reply;
      const deployment = await reads.deployment(request.params.id, asked.at);
      if (!deployment) return refuse(reply, 404, "There is no such deployment, or was none then.");
      return tagged(request, reply, deployment);
    },
  );
};

const escalationRoutes = (
  app: FastifyInstance,
  reads: Reads,
  access: ReturnType<typeof createAccess>,
): void => {
  app.get("/v1/escalations", { onRequest: access.reads }, async (request, reply) => {
    const asked = readQuery(escalationQuery, request, reply);
    if (!asked) return reply;
    const { cursor, ...filter } = asked;
    return pageOf(await reads.escalations({ ...filter, below: cursor }));
  });

  app.get<ById>("/v1/escalations/:id", { onRequest: access.reads }, async (request, reply) => {
    const { id } = request.params;
    const escalation = isEscalationId(id) ? await reads.escalation(id) : undefined;
    return escalation ?? refuse(reply, 404, "There is no such escalation.");
  });
};

const isEscalationId = (text: string): text is EscalationId => /^HP-[1-9]\d{0,14}$/.test(text);

const pageOf = <T>({ items, next }: Page<T>) => ({
  items,
  next: next === null ? null : String(next),
});

/** Gateways ask often: the tag is of the answer itself, so 304 means that nothing they could read has changed (RFC 9110 §13.1.2). */
const tagged = (request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply => {
  const text = JSON.stringify(body);
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
  reply.header("etag", tag).header("cache-control", "private, no-cache");
  if (matches(request.headers["if-none-match"], tag)) return reply.code(304).send();
  return reply.header("content-type", "application/json; charset=utf-8").send(text);
};

const matches = (header: string | undefined, tag: string): boolean =>
  (header ?? "").split(",").some((one) => ["*", tag].includes(one.trim().replace(/^W\//, "")));
