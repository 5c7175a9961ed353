import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Adoption, AdoptionSaid } from "../../app/ports.ts";
import type { createAccess } from "../access.ts";
import type { Operator } from "../ports.ts";
import { refuse } from "../problem.ts";
import { bodyOf } from "../webhooks.ts";
import { jsonOf } from "./json-body.ts";
import { logChangeRoutes } from "./log-changes.ts";

const longestPolicy = 256 * 1024;
const linkRequest = z.strictObject({ person: z.string().min(1).max(300) });

/** A policy with for whom it is adopted, and why. No policy has a key `policy`. */
const adoptionRequest = z.strictObject({
  policy: z.string(),
  as: z.string().max(300),
  because: z.string(),
  confirmedBy: z.string().max(300).nullable().default(null),
  basis: z.string().max(1_000).nullable().default(null),
});

const rehearsalRequest = z.strictObject({ deployment: z.string().min(1).max(300) });

/**
 * GET and POST /v1/policy, GET /v1/policy/coverage, POST /v1/policy/backtest, POST /v1/login-links, POST /v1/rehearse, POST
 * /v1/log/restored, POST /v1/log/rotate-key, GET /v1/doctor.
 */
export function operatorRoutes(
  app: FastifyInstance,
  operator: Operator,
  access: ReturnType<typeof createAccess>,
): void {
  app.get("/v1/policy", { onRequest: access.reads }, async (_request, reply) => {
    const policy = await operator.policy();
    if (!policy) return refuse(reply, { status: 404, detail: "No policy has been adopted yet." });
    return reply.header("etag", `"${policy.digest}"`).send(policy);
  });

  app.get("/v1/policy/coverage", { onRequest: access.reads }, async (_request, reply) => {
    const found = await operator.coverage();
    return found ?? refuse(reply, { status: 404, detail: "No policy has been adopted yet." });
  });

  app.post("/v1/policy", { onRequest: access.operator }, async (request, reply) => {
    const current = /^\s*"?([0-9a-f]{64})"?\s*$/.exec(request.headers["if-match"] ?? "")?.[1];
    if (current === undefined) {
      return refuse(reply, {
        status: 428,
        detail:
          "Say in If-Match which policy this replaces: its digest is the ETag of GET /v1/policy.",
      });
    }
    const text = utf8(bodyOf(request));
    if (text === null)
      return refuse(reply, { status: 422, detail: "The policy is not UTF-8, or above 256 KiB." });
    const asked = adoptionIn(text);
    if (asked === null)
      return refuse(reply, {
        status: 400,
        detail:
          'Send the policy as YAML, or {"policy": "<YAML>", "as": "<person>", "because": "…", "confirmedBy": "<person>"}; confirmedBy may be left out.',
      });
    const { yaml, said } = asked;
    return answerAdopted(reply, await operator.adopt(yaml, current, said));
  });

  backtestRoute(app, operator, access);

  app.post("/v1/login-links", { onRequest: access.operator }, async (request, reply) => {
    const asked = linkRequest.safeParse(jsonOf(bodyOf(request)));
    if (!asked.success) return refuse(reply, { status: 400, detail: 'Send {"person": "…"}.' });
    const link = await operator.loginLink(asked.data.person);
    if (!("unknown" in link)) return reply.code(201).send(link);
    return refuse(reply, {
      status: 404,
      detail: `The policy does not name “${asked.data.person}”. Nearest: ${link.nearest.join(", ")}.`,
    });
  });

  app.post("/v1/rehearse", { onRequest: access.operator }, async (request, reply) => {
    const asked = rehearsalRequest.safeParse(jsonOf(bodyOf(request)));
    if (!asked.success) return refuse(reply, { status: 400, detail: 'Send {"deployment": "…"}.' });
    const rehearsing = await operator.rehearse(asked.data.deployment);
    if (rehearsing.is === "open") {
      const { escalation, told } = rehearsing;
      return reply.code(201).send({ escalation, told });
    }
    return refuse(reply, {
      status: rehearsing.is === "unknown" ? 404 : 409,
      detail: rehearsing.told,
    });
  });

  logChangeRoutes(app, operator, access);

  app.get("/v1/doctor", { onRequest: access.operator }, async () => ({
    findings: await operator.doctor(),
  }));
}

function backtestRoute(
  app: FastifyInstance,
  operator: Operator,
  access: ReturnType<typeof createAccess>,
): void {
  app.post("/v1/policy/backtest", { onRequest: access.operator }, async (request, reply) => {
    const days = daysIn(request.query);
    if (days === null)
      return refuse(reply, { status: 400, detail: "days is a whole number from 1 to 365." });
    const yaml = utf8(bodyOf(request));
    if (yaml === null)
      return refuse(reply, { status: 422, detail: "The policy is not UTF-8, or above 256 KiB." });
    const found = await operator.backtest(yaml, days);
    if (found === null)
      return refuse(reply, { status: 404, detail: "No policy has been adopted yet." });
    if ("problems" in found)
      return refuse(reply, {
        status: 422,
        detail: "The policy has mistakes; nothing was replayed.",
        more: { errors: found.problems },
      });
    return found;
  });
}

/** 30 where nothing is said; null where it is no number of days. */
function daysIn(query: unknown): number | null {
  const read = z.object({ days: z.coerce.number().int().min(1).max(365).default(30) });
  return read.safeParse(query).data?.days ?? null;
}

interface Asked {
  readonly yaml: string;
  readonly said: AdoptionSaid | null;
}

/**
 * The policy in a body: the body itself, or in JSON beside who wanted it and why. Null: JSON with a
 * policy in it, but without the rest.
 */
function adoptionIn(text: string): Asked | null {
  const json = jsonOf(text);
  const isEnvelope = typeof json === "object" && json !== null && "policy" in json;
  if (!isEnvelope) return { yaml: text, said: null };
  const read = adoptionRequest.safeParse(json);
  if (!read.success) return null;
  const { policy, ...said } = read.data;
  return { yaml: policy, said };
}

function answerAdopted(reply: FastifyReply, adopted: Adoption): FastifyReply {
  switch (adopted.is) {
    case "adopted":
    case "same":
      return reply.header("etag", `"${adopted.digest}"`).send(adopted);
    case "proposed":
      return reply.code(202).send(adopted);
    case "moved":
      return refuse(reply, {
        status: 412,
        detail: `Another policy is in force meanwhile: ${adopted.current}.`,
      });
    case "invalid":
      return refuse(reply, {
        status: 422,
        detail: "The policy has mistakes; nothing was adopted.",
        more: {
          errors: adopted.problems,
        },
      });
  }
}

function utf8(bytes: Buffer): string | null {
  if (bytes.length > longestPolicy) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
