import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type DeploymentBody, withTimeout } from "../../app/ports.ts";
import type { Gate } from "../access.ts";
import { authorizeRequest } from "../authorize-request.ts";
import type { Reads } from "../ports.ts";
import { refuse } from "../problem.ts";
import { type Confirm, isGatewayName } from "./gateway-confirmations.ts";
import { flagRoutes } from "./ofrep.ts";

/** The longest that a gateway waits for the database; meanwhile it delays a client's request. */
const patience = 2_000;

type Needing = {
  readonly Params: { readonly deployment: string; readonly scope?: string; readonly "*"?: string };
  readonly Querystring: {
    readonly needs?: unknown;
    readonly gateway?: unknown;
    readonly at?: unknown;
  };
};

interface Needs {
  readonly reads: Reads;
  readonly confirm: Confirm;
}

/**
 * The posture in protocols of existing gateways: /authz for proxies that ask before each request,
 * OpenFeature's remote evaluation, LiteLLM's guardrail. Each answer reads the database, so none is
 * out of date.
 */
export function addGatewayProtocols(
  app: FastifyInstance,
  { reads, confirm }: Needs,
  gate: Gate,
): void {
  void app.register((scope, _options, done) => {
    drainBodies(scope);
    authzRoutes(scope, { reads, confirm, gate });
    guardrailRoutes(scope, reads, gate);
    done();
  });
  void app.register((scope, _options, done) => {
    scope.addHook("preHandler", async (request, reply) =>
      new URLSearchParams(request.url.split("?")[1] ?? "").has("at")
        ? refuse(reply, { status: 400, detail: onlyNow })
        : undefined,
    );
    flagRoutes(scope, reads, gate);
    done();
  });
}

/**
 * These routes do not need the body, which is a client's prompt: it is discarded, whatever its
 * size.
 */
function drainBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, body, done) => {
    body.on("end", () => done(null)).on("error", done);
    body.resume();
  });
}

/**
 * `/authz/:deployment` answers 200 or 403, and 503 where the posture is not known. The rest of the
 * path is that of the proxy's client.
 */
function authzRoutes(
  app: FastifyInstance,
  {
    reads,
    confirm,
    gate,
  }: { readonly reads: Reads; readonly confirm: Confirm; readonly gate: Gate },
): void {
  const answer = async (request: FastifyRequest<Needing>, reply: FastifyReply) => {
    const { deployment: id } = request.params;
    const asked = questionOf(request);
    if ("refusal" in asked) return refuse(reply, { status: 403, detail: asked.refusal });
    const { needs, gateway } = asked;
    const posture = await now(reads, id, reply);
    if (posture === "unknown") return reply;
    if (posture && gateway !== null) confirm(id, gateway, posture.version);
    const { passes, because } = authorizeRequest(id, posture, needs);
    if (posture) reply.headers(headersOf(posture));
    return passes
      ? reply.header("content-type", "text/plain; charset=utf-8").send(`${because}\n`)
      : refuse(reply, { status: 403, detail: because });
  };
  for (const url of ["/authz/:deployment", "/authz/:deployment/*"])
    app.all<Needing>(url, { onRequest: gate }, answer);
}

/**
 * The parameters that the proxy's configuration sends. A mistake in them lets nothing pass, so that
 * it is noticed. The query after the client's path belongs to the client, who must not act as a
 * gateway.
 */
function questionOf({ params, query }: Pick<FastifyRequest<Needing>, "params" | "query">) {
  const { needs = null, gateway = null, at } = params["*"] === undefined ? query : {};
  if (at !== undefined) return { refusal: onlyNow };
  if (needs !== null && typeof needs !== "string")
    return { refusal: "Say `needs` once: the one scope that the request is part of." };
  if (gateway !== null && !isGatewayName(gateway))
    return { refusal: "Say `gateway` once: small letters, digits, dots and dashes." };
  return { needs, gateway };
}

/** A gateway that took the past for the present would let pass what has been stopped since. */
const onlyNow = "Gateways are told the present: `at` is asked of /v1/deployments.";

/**
 * LiteLLM's generic guardrail: https://docs.litellm.ai/docs/adding_provider/generic_guardrail_api
 */
function guardrailRoutes(app: FastifyInstance, reads: Reads, gate: Gate): void {
  const answer = async (request: FastifyRequest<Needing>, reply: FastifyReply) => {
    const { deployment: id, scope } = request.params;
    if (request.query.at !== undefined) return refuse(reply, { status: 400, detail: onlyNow });
    const posture = await now(reads, id, reply);
    if (posture === "unknown") return reply;
    const { passes, because } = authorizeRequest(id, posture, scope ?? null);
    return passes ? { action: "NONE" } : { action: "BLOCKED", blocked_reason: because };
  };
  const tail = "beta/litellm_basic_guardrail_api";
  for (const url of [`/litellm/:deployment/${tail}`, `/litellm/:deployment/needs/:scope/${tail}`])
    app.post<Needing>(url, { onRequest: gate }, answer);
}

/** The posture now, or "unknown" after answering 503: then a gateway must let nothing pass. */
async function now(
  reads: Reads,
  id: string,
  reply: FastifyReply,
): Promise<DeploymentBody | undefined | "unknown"> {
  try {
    return await withTimeout(reads.deployment(id, null), patience);
  } catch {
    reply.header("holdpoint-state", "unknown").header("retry-after", "1");
    void refuse(reply, {
      status: 503,
      detail: "The posture cannot be read now. Let nothing pass until it can.",
    });
    return "unknown";
  }
}

/** Headers that a proxy may forward to the model's server: only ids and times. */
const headersOf = (posture: DeploymentBody): Readonly<Record<string, string>> => ({
  "holdpoint-deployment": posture.id,
  "holdpoint-state": posture.state,
  ...(posture.scope === null ? {} : { "holdpoint-scope": posture.scope }),
  "holdpoint-version": String(posture.version),
});
