import type { FastifyInstance } from "fastify";
import type { DeploymentBody } from "../../app/ports.ts";
import type { Gate } from "../access.ts";
import type { Reads } from "../ports.ts";
import { bodyOf } from "../webhooks.ts";
import { etagOf, unchanged } from "./etag.ts";

/** OpenFeature Remote Evaluation Protocol 0.3: https://github.com/open-feature/protocol */

interface Flag {
  readonly key: string;
  readonly value: unknown;
  readonly variant: string;
  readonly reason: "STATIC";
  readonly metadata: Readonly<Record<string, string | number>>;
}

type ByKey = { readonly Params: { readonly key: string } };

const root = "/ofrep/v1/evaluate/flags";

/**
 * The postures as flags. They exist while a deployment is paused too: a missing flag would mean the
 * caller's default.
 */
export function flagRoutes(app: FastifyInstance, reads: Reads, gate: Gate): void {
  app.post<ByKey>(`${root}/:key`, { onRequest: gate }, async (request, reply) => {
    const { key } = request.params;
    if (!isRequest(bodyOf(request))) return reply.code(400).send({ key, ...unreadable });
    const [, deployment = ""] = /^[a-z]+\.(.+)$/.exec(key) ?? [];
    const posture = await reads.deployment(deployment, null);
    const flag = (posture ? flagsOf(posture) : []).find((flag) => flag.key === key);
    if (flag) return flag;
    const errorDetails = `There is no flag "${key}": serving., allowed. and posture. are followed by a deployment of the policy.`;
    return reply.code(404).send({ key, errorCode: "FLAG_NOT_FOUND", errorDetails });
  });

  app.post(root, { onRequest: gate }, async (request, reply) => {
    if (!isRequest(bodyOf(request))) return reply.code(400).send(unreadable);
    const flags = (await reads.deployments(null)).flatMap(flagsOf);
    const tag = etagOf(JSON.stringify(flags));
    reply.header("etag", tag);
    if (unchanged(request.headers["if-none-match"], tag)) return reply.code(304).send();
    return { flags };
  });
}

/** Three flags for each deployment: a string, a boolean, and an object with everything. */
function flagsOf(posture: DeploymentBody): readonly Flag[] {
  const { id, state, scope, version, decision, decidedAt, scopes } = posture;
  const metadata = {
    version,
    ...(decision === null ? {} : { decision }),
    ...(decidedAt === null ? {} : { decidedAt }),
  };
  const allows = scopes.find((scopeBody) => scopeBody.id === scope)?.allows ?? null;
  const flag = (name: string, value: unknown, variant: string = state): Flag => ({
    key: `${name}.${id}`,
    value,
    variant,
    reason: "STATIC",
    metadata,
  });
  return [
    flag("serving", state),
    flag("allowed", state !== "paused", state === "paused" ? "no" : "yes"),
    flag("posture", { state, scope, allows, version }),
  ];
}

const unreadable = { errorCode: "PARSE_ERROR", errorDetails: "The body is not a JSON object." };

/** The context does not affect a posture, but without one the body is no OFREP request. */
function isRequest(bytes: Buffer): boolean {
  try {
    const read: unknown = JSON.parse(bytes.toString());
    return typeof read === "object" && read !== null && !Array.isArray(read);
  } catch {
    return false;
  }
}
