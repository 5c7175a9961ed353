import type { AddressInfo, Socket } from "node:net";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { Fault } from "../app/ports.ts";
import { createAccess, type Gate } from "./access.ts";
import { type Bodies, BodyProblem, createBodies, isUnread, largestBody } from "./bodies.ts";
import { createDemoGuard } from "./demo-guard.ts";
import { createGatewayConfirmations } from "./gateway/gateway-confirmations.ts";
import { addGatewayProtocols } from "./gateway/gateway-protocols.ts";
import { postureRoutes } from "./gateway/posture-routes.ts";
import { healthRoutes } from "./operator/health-routes.ts";
import { createMetrics, type Metrics } from "./operator/metrics.ts";
import { operatorRoutes } from "./operator/operator-routes.ts";
import type { ServerDeps } from "./ports.ts";
import { problem, problemType, refuse } from "./problem.ts";
import { askRoute, recordRoute } from "./reads/ask-route.ts";
import { recordRoutes } from "./reads/log-routes.ts";
import { readRoutes } from "./reads/read-routes.ts";
import { tileRoutes } from "./reads/tile-routes.ts";
import { createRefusals, type OnceAMinute, onceAMinute } from "./refusals.ts";
import { webhookRoutes } from "./webhooks.ts";

/** The one HTTP server. */
export interface Server {
  /** Resolves with the port it listens on. */
  listen(): Promise<number>;
  /**
   * Accepts nothing new, answers what it has accepted, waits until that is stored, then resolves.
   */
  close(): Promise<void>;
}

/** How long a closing server waits for slow clients before it disconnects them. */
const closingPatience = 10_000;

const nothingHere = "There is nothing at this address.";

/** Builds the server; it listens only when told to. */
export async function createServer(deps: ServerDeps): Promise<Server> {
  const app = Fastify({
    bodyLimit: largestBody,
    trustProxy: false,
    logger: false,
    forceCloseConnections: "idle",
    connectionTimeout: 120_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200 },
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    frameworkErrors: (_error, _request, reply) => {
      void refuse(reply, { status: 400, detail: "The address cannot be read." });
    },
    clientErrorHandler: answerBrokenRequest,
  });
  const metrics = createMetrics(deps.health);
  const guard = createDemoGuard(deps);
  const access = createAccess(deps, guard);

  const bodies = createBodies();
  const refusals = createRefusals(deps.log);
  const failures = onceAMinute<Failure>((_key, { err, ...about }, further) =>
    further === 0
      ? deps.log.error({ err, ...about }, "request failed")
      : deps.log.error(
          { because: err.message, ...about, failed: further },
          "further requests failed",
        ),
  );
  readBytes(app, bodies);
  secureHeaders(app, deps.publicUrl.startsWith("https://"));
  answerErrors(app, deps, { metrics, failures });
  webhookRoutes(app, deps, { bodies, metrics, refusals });
  healthRoutes(app, { health: deps.health, metrics, gate: access.reads });
  postureRoutes(app, deps, access);
  const confirmations = createGatewayConfirmations(deps.reports, deps.log);
  addGatewayProtocols(
    app,
    { reads: deps.reads, confirm: confirmations.confirm },
    access.gatewayProtocols,
  );
  const reads = notedReads(deps, access);
  readRoutes(app, deps.reads, reads);
  askRoute(app, deps, access);
  recordRoute(app, deps, reads);
  recordRoutes(app, deps.record, reads);
  tileRoutes(app, deps.record, reads);
  operatorRoutes(app, deps.operator, access);
  await app.register((scope, _options, done) => {
    deps.register(scope, guard);
    done();
  });

  return {
    listen: async () => {
      await app.listen({ host: deps.host, port: deps.port });
      return (app.server.address() as AddressInfo).port;
    },
    close: async () => {
      const hangUp = setTimeout(() => app.server.closeAllConnections(), closingPatience);
      await app.close();
      clearTimeout(hangUp);
      refusals.close();
      failures.close();
      await deps.intake.idle();
      await confirmations.idle();
    },
  };
}

/** Signatures are over raw bytes, so bodies are not parsed before they are checked. */
function readBytes(app: FastifyInstance, bodies: Bodies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: FastifyRequest["raw"]) =>
    bodies.whole(payload, request.routeOptions.bodyLimit ?? largestBody),
  );
  // A body sent to an unknown address is not read.
  app.addHook("onRequest", (request, reply, done) => {
    if (request.is404) void refuse(reply, { status: 404, detail: nothingHere });
    else done();
  });
  // Otherwise Node would read the rest of the body, of any size, to reuse the connection.
  app.addHook("onSend", (request, reply, payload, done) => {
    if (isUnread(request.raw)) {
      reply.header("connection", "close");
      if (reply.statusCode === 503) reply.header("retry-after", "5");
    }
    done(null, payload);
  });
  // Fastify answers 415 to an invalid content type, but what an authenticated sender sends must be
  // stored, whatever its type.
  app.addHook("onRequest", (request, _reply, done) => {
    const type = request.headers["content-type"];
    if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(?:;|$)/.test(type)) {
      request.headers["content-type"] = "application/octet-stream";
    }
    done();
  });
}

/**
 * The gate of what an auditor reads: it goes on the record with its address, except checkpoints and
 * proofs, which programs fetch again and again. An export goes there whoever takes it.
 */
function notedReads(deps: ServerDeps, access: ReturnType<typeof createAccess>): Gate {
  return async (request, reply) => {
    const refused = await access.reads(request, reply);
    if (reply.sent) return refused;
    const reader = access.readerOf(request);
    const isExport = request.routeOptions.url === "/log/export";
    if (isExport) await deps.noteRead(reader, "export", request.url);
    else if (reader === "auditor" && request.url.startsWith("/v1/"))
      await deps.noteRead(reader, "question", request.url);
    return undefined;
  };
}

/** Default headers; a route may set others. */
function secureHeaders(app: FastifyInstance, https: boolean): void {
  const defaults = Object.entries({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    ...(https ? { "strict-transport-security": "max-age=31536000" } : {}),
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    for (const [name, value] of defaults) if (!reply.hasHeader(name)) reply.header(name, value);
    done(null, payload);
  });
}

/**
 * How the server answers faults and bugs: a sentence and a reference for the client, everything
 * else in our own log.
 */
function answerErrors(
  app: FastifyInstance,
  deps: Pick<ServerDeps, "log" | "random" | "sources">,
  { metrics, failures }: { metrics: Metrics; failures: Failures },
): void {
  const said = saying(deps, failures);
  app.setNotFoundHandler((_request, reply) => refuse(reply, { status: 404, detail: nothingHere }));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const webhook = request.routeOptions.url === "/webhooks/:source";
    if (error instanceof BodyProblem) {
      if (webhook) countUnread(metrics, error.statusCode);
      return refuse(reply, { status: error.statusCode, detail: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500)
      return refuse(reply, { status, detail: "The request cannot be read." });
    if (webhook) metrics.webhook("not stored");
    return answerFault(request, { reply, error, reference: said(request, error) });
  });
}

/** Logs a failure and returns its reference. */
const saying =
  ({ log, random, sources }: Pick<ServerDeps, "log" | "random" | "sources">, failures: Failures) =>
  (request: FastifyRequest, err: Error): Reference => {
    const reference = random.id("ref_");
    const route = request.routeOptions.url ?? "";
    const named: unknown = Object(request.params).source;
    const source = typeof named === "string" && sources.find(named) ? named : "";
    const failure = { err, reference, route, source };
    const isAway = err instanceof Fault && err.retry === "later";
    if (!isAway) log.error(failure, "request failed");
    // While the database is away or full, every request fails; a line for each would fill our own
    // disk as well.
    else if (!failures.note(`${route} ${source}`, failure)) return {};
    return { reference };
  };

/** Empty where a request was only counted. */
interface Reference {
  readonly reference?: string;
}

type Failures = OnceAMinute<Failure>;

/** A request that failed because of the database, for our log. */
interface Failure {
  readonly err: Error;
  readonly reference: string;
  readonly route: string;
  /** The webhook source of the policy; "" for everything else. */
  readonly source: string;
}

/** A webhook whose body was cut off is not counted. */
function countUnread(metrics: Metrics, status: number): void {
  if (status === 400) return;
  metrics.webhook(status === 413 ? "too large" : "not stored");
}

function answerFault(
  { method }: FastifyRequest,
  {
    reply,
    error,
    reference,
  }: { readonly reply: FastifyReply; readonly error: Error; readonly reference: Reference },
): FastifyReply {
  if (!(error instanceof Fault))
    return refuse(reply, { status: 500, detail: "Something went wrong here.", more: reference });
  if (error.retry === "later") reply.header("retry-after", "5");
  const detail = method === "GET" || method === "HEAD" ? notRead : notConfirmed;
  return refuse(reply, { status: 503, detail, more: reference });
}

const notRead = "This cannot be read now: the database did not answer. Try again.";
/** The commit may have succeeded although its answer was lost. */
const notConfirmed =
  "This could not be confirmed: the database did not answer. Look whether it was recorded, or send it again.";

/** A request that is not valid HTTP gets the same kind of answer, and the connection ends. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? 408
      : error.code === "HPE_HEADER_OVERFLOW"
        ? 431
        : 400;
  const body = JSON.stringify(problem(status, "The request is not HTTP as it should be."));
  socket.end(
    `HTTP/1.1 ${status} ${problem(status, "").title}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
