import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Delivery } from "../app/ports.ts";
import type { Instant } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { attributesOf } from "./attributes.ts";
import type { Metrics } from "./metrics.ts";
import type { ServerDeps } from "./ports.ts";
import { refuse } from "./problem.ts";

type Needs = Pick<ServerDeps, "clock" | "random" | "log" | "intake" | "sources">;
type SourceRoute = { readonly Params: { readonly source: string } };

/**
 * POST /webhooks/:source. Answers 2xx only after the row is durable; what it means is worked out later. Whatever an
 * authenticated sender says is kept: what cannot be read is answered 202 all the same, because senders drop what gets a 4xx.
 */
export const webhookRoutes = (app: FastifyInstance, deps: Needs, metrics: Metrics): void => {
  app.post<SourceRoute>(
    "/webhooks/:source",
    {
      onRequest: async (request, reply) => {
        if (!deps.sources.find(request.params.source)) {
          metrics.webhook("unknown source");
          return refuse(reply, 404, "There is no such source.");
        }
        const encoding = request.headers["content-encoding"];
        if (encoding !== undefined && encoding !== "identity") {
          metrics.webhook("encoded");
          return refuse(reply, 415, "Send the body without a content-encoding.");
        }
        return undefined;
      },
    },
    async (request, reply) => {
      const source = deps.sources.find(request.params.source);
      if (!source) return refuse(reply, 404, "There is no such source.");
      const body = bodyOf(request);
      const now = deps.clock.now();
      const sender = deps.sources.authenticate(source, request.headers, body, now);
      if (!sender.ok) {
        metrics.webhook("unauthenticated");
        deps.log.warn({ source: source.id, because: sender.because }, "webhook refused");
        return refuse(reply, 401, "The sender could not be authenticated.");
      }

      const { delivery, stored } = await keep(deps, request, {
        source,
        body,
        now,
        identity: sender.identity,
      });
      metrics.webhook(stored.duplicate ? "duplicate" : "stored");
      const unmapped = deps.sources.unmapped(source, delivery);
      return reply.code(stored.duplicate ? 200 : 202).send({
        delivery: stored.id,
        duplicate: stored.duplicate,
        ...(unmapped === null ? {} : { unmapped }),
      });
    },
  );
};

/** Makes an authenticated body durable. */
const keep = async (
  deps: Needs,
  request: FastifyRequest,
  said: {
    readonly source: Source;
    readonly body: Buffer;
    readonly now: Instant;
    readonly identity: string | null;
  },
) => {
  const delivery: Delivery = {
    id: deps.random.id("d_"),
    source: said.source.id,
    receivedAt: said.now,
    contentType: (request.headers["content-type"] ?? "").slice(0, 200),
    body: said.body,
    identity: said.identity,
    attributes: attributesOf(request.headers, said.source),
  };
  return { delivery, stored: await deps.intake.accept(delivery) };
};

/** The body's raw bytes; none where there was no body. */
export const bodyOf = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
