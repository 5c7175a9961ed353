import type { FastifyInstance, FastifyReply } from "fastify";
import type { Page, Unfit } from "../../app/ports.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { Gate } from "../access.ts";
import type { Reads } from "../ports.ts";
import { refuse } from "../problem.ts";
import {
  decisionQuery,
  decisionsAsked,
  escalationQuery,
  noQuery,
  readQuery,
  refuseQuestion,
} from "./query.ts";

type ById = { readonly Params: { readonly id: string } };

/** GET /v1/escalations, /v1/decisions. */
export function readRoutes(app: FastifyInstance, reads: Reads, gate: Gate): void {
  escalationRoutes(app, reads, gate);
  app.get("/v1/decisions", { onRequest: gate }, async (request, reply) => {
    const query = readQuery(decisionQuery, request, reply);
    if (!query) return reply;
    const read = decisionsAsked(query);
    if ("problems" in read) return refuseQuestion(reply, read.problems);
    return answer(reply, await reads.decisions(read.asked));
  });
}

function escalationRoutes(app: FastifyInstance, reads: Reads, gate: Gate): void {
  app.get("/v1/escalations", { onRequest: gate }, async (request, reply) => {
    const asked = readQuery(escalationQuery, request, reply);
    if (!asked) return reply;
    const { cursor, ...filter } = asked;
    return answer(reply, await reads.escalations({ ...filter, below: cursor }));
  });

  app.get<ById>("/v1/escalations/:id", { onRequest: gate }, async (request, reply) => {
    if (!readQuery(noQuery, request, reply)) return reply;
    const { id } = request.params;
    const escalation = isEscalationId(id) ? await reads.escalation(id) : undefined;
    return escalation ?? refuse(reply, { status: 404, detail: "There is no such escalation." });
  });
}

/** Whether a text is an escalation's id. */
export function isEscalationId(text: string): text is EscalationId {
  return /^HP-[1-9]\d{0,14}$/.test(text);
}

/**
 * A page; or 400 with every name that matches nothing, so that an empty page is not taken for an
 * answer.
 */
function answer<T>(reply: FastifyReply, found: Page<T> | Unfit) {
  if ("unfit" in found) return refuseQuestion(reply, found.unfit);
  const { items, next } = found;
  return reply.send({ items, next: next === null ? null : String(next) });
}
