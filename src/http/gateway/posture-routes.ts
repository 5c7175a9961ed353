import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Applied, Clock, DeploymentBody } from "../../app/ports.ts";
import type { createAccess } from "../access.ts";
import type { Reads, Reports } from "../ports.ts";
import { refuse } from "../problem.ts";
import { deploymentQuery, readQuery } from "../reads/query.ts";
import { bodyOf } from "../webhooks.ts";
import { etagOf, unchanged } from "./etag.ts";
import { isGatewayName } from "./gateway-confirmations.ts";
import {
  createPostureSubscriptions,
  type Watch,
  type WatchResult,
} from "./posture-subscriptions.ts";

type ById = { readonly Params: { readonly id: string } };
type Access = ReturnType<typeof createAccess>;

interface Needs {
  readonly reads: Reads;
  readonly reports: Reports;
  readonly subscribe: (changed: () => void) => () => void;
  readonly clock: Clock;
}

/** The question for all deployments; no deployment can have this id. */
const everyOne = "*";
/** Shorter than the idle timeout of proxies. */
const heartbeat = 15_000;
/** A gateway that does not read is disconnected. */
const mostUnread = 256 * 1024;

/**
 * GET /v1/deployments and /v1/deployments/:id, at once, as a long poll or as a stream; POST
 * /v1/deployments/:id/applied.
 */
export function postureRoutes(
  app: FastifyInstance,
  { reads, reports, subscribe, clock }: Needs,
  access: Access,
): void {
  const read = async (question: string, at: number | null): Promise<WatchResult> => {
    if (question === everyOne) {
      const items = await reads.deployments(at);
      return { text: JSON.stringify({ items, next: null }), tag: postureTag(items) };
    }
    const deploymentBody = await reads.deployment(question, at);
    return deploymentBody
      ? { text: JSON.stringify(deploymentBody), tag: postureTag([deploymentBody]) }
      : null;
  };
  const watch = createPostureSubscriptions((question) => read(question, null), subscribe);
  app.addHook("preClose", (done) => {
    watch.close();
    done();
  });
  const asking: Asking = { read, watch, clock, reads: access.reads };

  const routes = [
    ["/v1/deployments", () => everyOne],
    ["/v1/deployments/:id", (request: FastifyRequest<ById>) => request.params.id],
  ] as const;
  for (const [url, questionOf] of routes) {
    app.get<ById>(
      url,
      { onRequest: access.deployments, exposeHeadRoute: false },
      (request, reply) => answer(request, { reply, question: questionOf(request), asking }),
    );
  }
  reportRoute(app, reports, access);
}

interface Asking {
  readonly read: (question: string, at: number | null) => Promise<WatchResult>;
  readonly watch: Watch;
  readonly clock: Clock;
  /** Access for readers of the record. */
  readonly reads: Access["reads"];
}

async function answer(
  request: FastifyRequest,
  {
    reply,
    question,
    asking: { read, watch, clock, reads },
  }: { readonly reply: FastifyReply; readonly question: string; readonly asking: Asking },
): Promise<FastifyReply> {
  const asked = readQuery(deploymentQuery, request, reply);
  if (!asked) return reply;
  const { at, wait } = asked;
  if (at !== null) {
    // Gateways act on the present; the past is only for readers of the record.
    await reads(request, reply);
    if (reply.sent) return reply;
    if (at > clock.now())
      return refuse(reply, {
        status: 400,
        detail: "That is still to come: `at` asks for what was.",
      });
    if (isFollowing(request, wait))
      return refuse(reply, {
        status: 400,
        detail: "The past does not change: ask `at` without waiting.",
      });
  }
  const now = await read(question, at);
  if (now === null)
    return refuse(reply, { status: 404, detail: "There is no such deployment, or was none then." });
  return follow(request, reply, { watch, question, now, wait });
}

/**
 * The tag covers only what gateways act on: otherwise a report of one gateway would wake all
 * others.
 */
const postureTag = (postures: readonly DeploymentBody[]): string =>
  `W/${etagOf(JSON.stringify(postures.map((posture) => ({ ...posture, applied: [] }))))}`;

const isStream = ({ headers }: FastifyRequest): boolean =>
  (headers.accept ?? "").includes("text/event-stream");

const isFollowing = (request: FastifyRequest, wait: number): boolean =>
  wait > 0 || isStream(request);

interface Followed {
  readonly watch: Watch;
  readonly question: string;
  readonly now: NonNullable<WatchResult>;
  /** Seconds. */
  readonly wait: number;
}

async function follow(
  request: FastifyRequest,
  reply: FastifyReply,
  { watch, question, now, wait }: Followed,
): Promise<FastifyReply> {
  if (!isFollowing(request, wait)) return send(request, reply, now);
  if (watch.full()) {
    reply.header("retry-after", "5");
    return refuse(reply, {
      status: 503,
      detail: "Too many gateways wait here already; ask without waiting.",
    });
  }
  if (isStream(request)) return stream(reply, watch, question);
  const found = await waited(request, { watch, question, seconds: wait });
  if (found !== "ended") return send(request, reply, found);
  return send(request, reply.header("connection", "close"), "same");
}

function send(request: FastifyRequest, reply: FastifyReply, now: WatchResult | "same") {
  if (now === null)
    return refuse(reply, {
      status: 404,
      detail: "The deployment is not in the policy any longer.",
    });
  reply.header("cache-control", "private, no-cache");
  const sent = request.headers["if-none-match"];
  if (now === "same")
    return reply
      .header("etag", sent ?? "")
      .code(304)
      .send();
  reply.header("etag", now.tag);
  if (unchanged(sent, now.tag)) return reply.code(304).send();
  return reply.header("content-type", "application/json; charset=utf-8").send(now.text);
}

/**
 * The first answer that differs from the gateway's own, "same" when the time is over, "ended" when
 * the subscription ends.
 */
const waited = (
  request: FastifyRequest,
  {
    watch,
    question,
    seconds,
  }: { readonly watch: Watch; readonly question: string; readonly seconds: number },
): Promise<WatchResult | "same" | "ended"> =>
  new Promise((resolve) => {
    const end = (found: WatchResult | "same" | "ended"): void => {
      clearTimeout(timer);
      leave();
      request.raw.socket.off("close", gone);
      resolve(found);
    };
    const gone = (): void => end("same");
    const timer = setTimeout(gone, seconds * 1_000);
    const leave = watch.listen(question, {
      seen: (request.headers["if-none-match"] ?? "").trim(),
      heard: end,
      ended: () => end("ended"),
    });
    request.raw.socket.once("close", gone);
  });

/** Server-Sent Events: the posture now, then each change, until the gateway disconnects. */
function stream(reply: FastifyReply, watch: Watch, question: string): FastifyReply {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    connection: "close",
    "x-content-type-options": "nosniff",
  });
  raw.write("retry: 1000\n\n");
  const write = (text: string): void => {
    if (raw.writableLength > mostUnread) raw.destroy();
    else raw.write(text);
  };
  const beat = setInterval(() => write(": still here\n\n"), heartbeat).unref();
  const leave = watch.listen(question, {
    seen: null,
    heard: (now) => {
      if (now === null) raw.end();
      else write(`event: posture\ndata: ${now.text}\n\n`);
    },
    ended: () => raw.end(),
  });
  raw.on("close", () => {
    clearInterval(beat);
    leave();
  });
  return reply;
}

const report = z.strictObject({
  gateway: z.string().refine(isGatewayName),
  version: z.int().min(0),
});

function reportRoute(app: FastifyInstance, reports: Reports, access: Access): void {
  app.post<ById>(
    "/v1/deployments/:id/applied",
    { onRequest: access.reports },
    async (request, reply) => {
      const said = report.safeParse(json(bodyOf(request)));
      if (!said.success) {
        return refuse(reply, {
          status: 400,
          detail:
            'Send {"gateway": "edge-1", "version": 4}: a name of small letters, digits, dots and dashes, and the version carried out.',
        });
      }
      const { gateway, version } = said.data;
      const deployment = request.params.id;
      return answerReport(reply, await reports.applied({ deployment, gateway, version }));
    },
  );
}

function answerReport(reply: FastifyReply, applied: Applied): FastifyReply {
  switch (applied.is) {
    case "recorded":
    case "known":
      return reply.send({ recorded: applied.is === "recorded", current: applied.current });
    case "unknown-deployment":
      return refuse(reply, { status: 404, detail: "There is no such deployment." });
    case "unknown-gateway":
      return refuse(reply, {
        status: 422,
        detail:
          applied.known.length === 0
            ? "This deployment takes no more gateways."
            : `The policy does not list this gateway. It lists: ${applied.known.join(", ")}.`,
      });
    case "not-yet":
      return refuse(reply, {
        status: 409,
        detail: `No posture has had this version yet; the newest is ${applied.current}. Read the posture, then report.`,
      });
  }
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
