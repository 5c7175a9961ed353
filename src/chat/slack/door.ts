import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { silent } from "./api.ts";
import { addListeners } from "./listeners.ts";
import { createRequestCheck } from "./request-check.ts";
import { createRoom, type RoomParts } from "./room.ts";

export interface DoorParts extends RoomParts {
  readonly signingSecret: string;
}

const path = "/slack/events";

/** Everything Slack sends comes to one route: our check of the raw bytes first, then Bolt. */
export const registerSlack = (app: FastifyInstance, parts: DoorParts): void => {
  const { signingSecret, clock, store, report } = parts;
  const check = createRequestCheck({ secret: signingSecret, clock, store });
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: [path],
    // Ours is the stricter check, and Bolt's has a clock of its own.
    signatureVerification: false,
    logger: silent,
    // Events too are acknowledged only when what they asked for is committed: Slack sends again what nobody acknowledged.
    processBeforeResponse: true,
    unhandledRequestTimeoutMillis: 2_900,
    unhandledRequestHandler: ({ response }) => {
      report(new Error("nothing answered in time"), "slack");
      if (!response.headersSent) response.writeHead(200).end();
    },
  });
  addListeners(boltOver(receiver), createRoom(parts));

  app.post(path, async (request: FastifyRequest, reply: FastifyReply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const refused = await check(request.headers, body);
    if (refused !== null) {
      request.log.warn({ refused }, "a request that is not Slack's");
      return reply.code(401).send({ title: "Not a request of Slack's, or seen before" });
    }
    reply.hijack();
    receiver.requestListener(Object.assign(request.raw, { rawBody: body }), reply.raw);
  });
};

/** Socket Mode, for development: Slack is asked instead of asking. Answers how to end it. */
export const openSocket = async (
  appToken: string,
  apiUrl: string,
  parts: RoomParts,
): Promise<() => Promise<void>> => {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: silent,
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
  });
  addListeners(boltOver(receiver), createRoom(parts));
  await receiver.start();
  return async () => {
    await receiver.stop();
  };
};

/** Bolt, for its reading and its dispatch: who speaks and who may is ours, and what goes out has its own client. */
const boltOver = (receiver: HTTPReceiver | SocketModeReceiver): App =>
  new App({
    receiver,
    logger: silent,
    logLevel: LogLevel.ERROR,
    ignoreSelf: false,
    attachFunctionToken: false,
    authorize: async () => ({}),
  });
