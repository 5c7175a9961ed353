import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Delivery, Fault, withTimeout } from "../app/ports.ts";
import { sizeOf } from "../core/escalation/too-large.ts";
import type { Millis } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { type Bodies, largestBody } from "./bodies.ts";
import { attributesOf } from "./gateway/attributes.ts";
import type { Metrics } from "./operator/metrics.ts";
import type { Checking, ServerDeps } from "./ports.ts";
import { refuse } from "./problem.ts";
import type { Refusals } from "./refusals.ts";

type Needs = Pick<ServerDeps, "clock" | "random" | "log" | "intake" | "sources" | "senderWaits">;

/** Senders give up after 5 to 10 s, and would not know what became of it. */
const senderWaits: Millis = 4_000;

/**
 * It may be stored yet: a sender that tries again is told then that it is a duplicate, where it
 * names its deliveries.
 */
const notInTime = (): Fault => new Fault("the delivery was not stored in time", "later");
type SourceRoute = { readonly Params: { readonly source: string } };

/** What there is around the routes. */
interface Around {
  readonly bodies: Bodies;
  readonly metrics: Metrics;
  readonly refusals: Refusals;
}

/** A body as it was read. `size` is larger than `kept` where only the beginning of it is. */
interface Received {
  readonly kept: Buffer;
  readonly size: number;
}

/**
 * POST /webhooks/:source. Answers 2xx only after the row is durable, as a rule with what follows
 * from it. Whatever an authenticated sender says is kept: what cannot be read is answered 202 all
 * the same, because senders drop what gets a 4xx. A sender whose headers are refused is not read at
 * all; a signature is checked while the body streams in.
 */
export function webhookRoutes(app: FastifyInstance, deps: Needs, around: Around): void {
  void app.register((scope, _options, done) => {
    route(scope, deps, around);
    done();
  });
}

function route(app: FastifyInstance, deps: Needs, { bodies, metrics, refusals }: Around): void {
  const asked = new WeakMap<FastifyRequest["raw"], Checking>();
  const checkingOf = (request: FastifyRequest): Checking => {
    const checking = asked.get(request.raw);
    if (!checking) throw new Error("invariant: a webhook's headers are checked before its body");
    return checking;
  };

  const parse = (request: FastifyRequest, payload: FastifyRequest["raw"]): Promise<Received> => {
    const checking = checkingOf(request);
    return bodies.webhook(payload, (chunk) => checking.update(chunk));
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", parse);

  app.post<SourceRoute>(
    "/webhooks/:source",
    {
      onRequest: (request, reply, done) => {
        const source = deps.sources.find(request.params.source);
        if (!source) {
          metrics.webhook("unknown source");
          return void refuse(reply, { status: 404, detail: "There is no such source." });
        }
        const encoding = request.headers["content-encoding"];
        if (encoding !== undefined && encoding !== "identity") {
          metrics.webhook("encoded");
          const detail = "Send the body without a content-encoding.";
          return void refuse(reply, { status: 415, detail });
        }
        const checking = deps.sources.checking(source, request.headers, deps.clock.now());
        if (checking.refused !== null) {
          metrics.webhook("unauthenticated");
          refusals.refused(source.id, checking.refused);
          return void refuse(reply, { status: 401, detail: notKnown });
        }
        asked.set(request.raw, checking);
        done();
      },
    },
    async (request, reply) => {
      const source = deps.sources.find(request.params.source);
      if (!source) return refuse(reply, { status: 404, detail: "There is no such source." });
      const received = receivedFrom(request);
      const sender = checkingOf(request).end(received.kept);
      if (!sender.ok) {
        metrics.webhook("unauthenticated");
        refusals.refused(source.id, sender.because);
        return refuse(reply, { status: 401, detail: notKnown });
      }

      const isLarge = received.size > largestBody;
      const { identity } = sender;
      const delivery = deliveryOf(deps, request, { source, received, identity });
      const storing = deps.intake.accept(delivery);
      const stored = await withTimeout(storing, deps.senderWaits ?? senderWaits, notInTime);
      if (isLarge)
        deps.log.warn(
          { source: source.id, bytes: received.size, delivery: stored.id },
          "webhook too large",
        );
      metrics.webhook(resultOf(stored.duplicate, isLarge));
      return reply.code(stored.duplicate ? 200 : 202).send({
        delivery: stored.id,
        duplicate: stored.duplicate,
        ...saidOf(deps, request, delivery),
      });
    },
  );
}

/**
 * What its sender is told of a delivery: why it cannot be read, and where it was asked for what it
 * says.
 */
function saidOf(
  { sources }: Needs,
  request: Pick<FastifyRequest, "headers">,
  delivery: Delivery,
): object {
  const unmapped = sources.unmapped(delivery);
  return {
    ...(unmapped === null ? {} : { unmapped }),
    ...(wantsToKnow(request) ? sources.understood(delivery) : {}),
  };
}

/**
 * Asked by `prefer: return=representation` (RFC 7240 §4.2): working it out for everybody would be
 * for nothing.
 */
const wantsToKnow = ({ headers }: Pick<FastifyRequest, "headers">): boolean =>
  /(?:^|[,;\s])return=representation(?:$|[,;\s])/.test(String(headers["prefer"] ?? ""));

/** A webhook whose sender is known. */
interface Known {
  readonly source: Source;
  readonly received: Received;
  readonly identity: string | null;
}

const deliveryOf = (
  { random, clock }: Needs,
  { headers }: Pick<FastifyRequest, "headers">,
  { source, received: { kept: body, size }, identity }: Known,
): Delivery => ({
  id: random.id("d_"),
  source: source.id,
  receivedAt: clock.now(),
  contentType: (headers["content-type"] ?? "").slice(0, 200),
  body,
  identity,
  attributes: { ...attributesOf(headers, source), ...(size > largestBody ? sizeOf(size) : {}) },
});

function resultOf(duplicate: boolean, isLarge: boolean): "duplicate" | "too large" | "stored" {
  if (duplicate) return "duplicate";
  return isLarge ? "too large" : "stored";
}

const notKnown = "The sender could not be authenticated.";

const nothing: Received = { kept: Buffer.alloc(0), size: 0 };

/** The parser of this scope made it; there is none where there was no body. */
const receivedFrom = ({ body }: FastifyRequest): Received => (isReceived(body) ? body : nothing);

const isReceived = (body: unknown): body is Received =>
  typeof body === "object" && body !== null && "kept" in body && "size" in body;

/** The body's raw bytes; none where there was no body. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
