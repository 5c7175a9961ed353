import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textAt } from "../../shared/json-path.ts";
import { rateLimited } from "../../shared/rate-limited-log.ts";
import { silent } from "../outbound/api.ts";
import {
  closedContext,
  createInboundContext,
  type InboundContext,
  type InboundParts,
} from "./inbound-context.ts";
import { addListeners } from "./listeners.ts";
import { bodyOf, isKnown } from "./payload-validation.ts";
import { createRequestCheck } from "./request-check.ts";

export interface EndpointParts extends InboundParts {
  readonly signingSecret: string;
}

const path = "/slack/events";
const formType = "application/x-www-form-urlencoded";

/** Slack's largest request, a full view, is below half of this. */
const largestBody = 512 * 1024;

/** All of Slack's requests come to one route: first our check of the raw bytes, then Bolt. */
export function registerSlack(app: FastifyInstance, parts: EndpointParts): void {
  const { signingSecret, clock, store, report } = parts;
  const check = createRequestCheck({ secret: signingSecret, clock, store });
  const failed = (fault: unknown): void => {
    report(fault, "slack");
  };
  const warn = rateLimited(clock, (why) =>
    failed(new Error(`refused a request to ${path}: ${why} (once a minute at most)`)),
  );
  const context = createInboundContext(parts);
  const receiverTo = (to: InboundContext): HTTPReceiver => {
    const receiver = receiverFor(signingSecret, failed);
    addListeners(boltOver(receiver), to);
    return receiver;
  };
  const open = receiverTo(context);
  const closed = receiverTo(closedContext(context));
  app.addHook("onListen", () => context.actors.learn());

  app.post(path, { bodyLimit: largestBody }, async (request, reply) => {
    const bytes = bytesOf(request);
    const isForm = typeOf(request) === formType;
    // Slack's unsigned check of the address; it has no effect.
    if (isProbe(bytes, isForm)) return reply.code(200).send();
    const refused = await check(request.headers, bytes);
    if (typeof refused === "string") {
      warn(refused);
      return no(reply, 401, "Not a request of Slack's, or seen before");
    }
    if (refused !== null) failed(refused.away);
    const body = bodyOf(bytes, isForm);
    if (body === null) return no(reply, 400, "Neither a form nor JSON as Slack sends it");
    if (!isKnown(body)) {
      failed(new Error(`Slack sent something that is not known here: ${kindOf(body)}`));
      return reply.code(200).send();
    }
    handOver(refused === null ? open : closed, { fastifyRequest: request, reply, rawBody: bytes });
    return reply;
  });
}

const typeOf = ({ headers }: Pick<FastifyRequest["raw"], "headers">): string =>
  (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

const bytesOf = ({ body }: FastifyRequest): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.alloc(0);

const isProbe = (bytes: Buffer, isForm: boolean): boolean =>
  isForm &&
  bytes.length < 1_000 &&
  new URLSearchParams(bytes.toString("utf8")).get("ssl_check") === "1";

const no = (reply: FastifyReply, status: 400 | 401, title: string): FastifyReply =>
  reply.code(status).send({ title, status });

/** The kind of a request, for the log; never its contents. */
const kindOf = (body: object): string =>
  (textAt(body, "event", "type") || textAt(body, "type") || "nothing")
    .replace(/[^\w.-]/g, "?")
    .slice(0, 40);

/** Passes the request to Bolt, which reads the bytes that we have checked and answers. */
function handOver(
  receiver: HTTPReceiver,
  {
    fastifyRequest: { raw },
    reply,
    rawBody,
  }: {
    readonly fastifyRequest: FastifyRequest;
    readonly reply: FastifyReply;
    readonly rawBody: Buffer;
  },
): void {
  reply.hijack();
  reply.raw.setHeader("cache-control", "no-store");
  reply.raw.setHeader("x-content-type-options", "nosniff");
  // Bolt compares the whole header value.
  raw.headers["content-type"] = typeOf(raw);
  receiver.requestListener(Object.assign(raw, { rawBody }), reply.raw);
}

const receiverFor = (signingSecret: string, failed: (fault: unknown) => void): HTTPReceiver =>
  new HTTPReceiver({
    signingSecret,
    endpoints: [path],
    // Our check is stricter, and Bolt's has a clock of its own.
    signatureVerification: false,
    // By default Bolt acknowledges an event before anything is done for it.
    processBeforeResponse: true,
    logger: silent,
    unhandledRequestTimeoutMillis: 2_900,
    unhandledRequestHandler: ({ response }) => {
      failed(new Error("nothing answered in time"));
      if (!response.headersSent) response.writeHead(200).end();
    },
    processEventErrorHandler: async ({ error, response }) => {
      failed(error);
      if (!response.headersSent) response.writeHead(500).end();
      return true;
    },
  });

/**
 * Socket Mode, for development: we connect to Slack instead of Slack to us. Answers how to end it;
 * rejects where Slack does not accept the token.
 */
export async function openSocket(
  { appToken, apiUrl }: { readonly appToken: string; readonly apiUrl: string },
  parts: InboundParts,
): Promise<() => Promise<void>> {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: silent,
    installerOptions: { clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 2 } } },
  });
  const context = createInboundContext(parts);
  addListeners(boltOver(receiver), context);
  await receiver.start();
  await context.actors.learn();
  return async () => {
    await receiver.stop();
  };
}

/**
 * Bolt parses and dispatches requests. Who may do what is decided here, and outgoing calls have
 * their own client.
 */
const boltOver = (receiver: HTTPReceiver | SocketModeReceiver): App =>
  new App({
    receiver,
    logger: silent,
    logLevel: LogLevel.ERROR,
    ignoreSelf: false,
    convoStore: false,
    attachFunctionToken: false,
    authorize: async () => ({}),
  });
