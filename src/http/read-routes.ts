import type { FastifyInstance } from "fastify";
import type { Page } from "../app/ports.ts";
import type { EscalationId } from "../core/ids.ts";
import type { createAccess } from "./access.ts";
import type { Reads } from "./ports.ts";
import { refuse } from "./problem.ts";
import { decisionQuery, escalationQuery, readQuery } from "./query.ts";

type ById = { readonly Params: { readonly id: string } };

/** GET /v1/escalations, /v1/decisions. */
export const readRoutes = (
  app: FastifyInstance,
  reads: Reads,
  access: ReturnType<typeof createAccess>,
): void => {
  escalationRoutes(app, reads, access);
  app.get("/v1/decisions", { onRequest: access.reads }, async (request, reply) => {
    const asked = readQuery(decisionQuery, request, reply);
    if (!asked) return reply;
    const { cursor, ...filter } = asked;
    return pageOf(await reads.decisions({ ...filter, below: cursor }));
  });
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
