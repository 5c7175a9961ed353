import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "../../../core/address.ts";
import { textAt } from "../../shared/json-path.ts";
import { rateLimited } from "../../shared/rate-limited-log.ts";
import { failedWords, nowhere, refusal } from "../../shared/request-helpers.ts";
import type { ActivityResponse } from "../bot.ts";
import { teamsAnswer } from "../render/answer.ts";
import { answerDialog } from "../render/dialogs.ts";
import * as words from "../render/words.ts";
import { type Fields, senderOf } from "./activity.ts";
import { onMessage } from "./commands.ts";
import {
  closedContext,
  createInboundContext,
  type InboundContext,
  type InboundParts,
} from "./inbound-context.ts";
import { onInstalled } from "./installation.ts";
import { dialogOf, onExecute, onFetch, onTask, shownBriefly } from "./interactions.ts";

export interface EndpointParts extends InboundParts {
  /**
   * Whether activities are accepted without a token: only from loopback, for the local test client.
   */
  readonly anonymous: boolean;
}

const path = "/api/messages";

/** Teams' largest activity is below half of this. */
const largestBody = 256 * 1024;

/**
 * All of Teams' requests come to one route: first their shape is checked, then the token, then the
 * sender and the command.
 */
export function registerTeams(app: FastifyInstance, parts: EndpointParts): void {
  const { bot, clock, report } = parts;
  const context = createInboundContext(parts);
  const warn = rateLimited(clock, (why) =>
    report(new Error(`refused a request to ${path}: ${why} (once a minute at most)`), "teams"),
  );

  app.post(path, { bodyLimit: largestBody }, async (request, reply) => {
    const activity = bodyOf(request);
    if (activity === null) return no(reply, 400, "Not an activity as the Bot Framework sends it");
    const address = addressProblem(activity, parts.anonymous);
    if (address !== null) {
      warn(address);
      return no(reply, 403, "Not an activity of Teams");
    }
    const authorization = request.headers.authorization ?? "";
    const answered = await bot.receive(authorization, activity, async () =>
      work((await isAway(parts)) ? closedContext(context) : context, activity),
    );
    if ("refused" in answered) {
      const { status, because } = answered.refused;
      warn(because);
      return no(reply, status, status === 401 ? "Not from the Bot Framework" : because);
    }
    return reply.code(answered.status).send(answered.body);
  });
}

/**
 * Asked before anything is done, so that a person who waits is told in time that nothing was done.
 */
async function isAway({ store, report }: EndpointParts): Promise<boolean> {
  try {
    await store.ping();
    return false;
  } catch (fault) {
    report(fault, "teams");
    return true;
  }
}

function bodyOf({ body, headers }: FastifyRequest): Fields | null {
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json" || !Buffer.isBuffer(body)) return null;
  try {
    const read: unknown = JSON.parse(body.toString("utf8"));
    return isActivity(read) ? read : null;
  } catch {
    return null;
  }
}

const isActivity = (read: unknown): read is Fields =>
  typeof read === "object" && read !== null && !Array.isArray(read) && textAt(read, "type") !== "";

/**
 * Why an activity cannot come from Teams; null = it may. The token names the service URL as well,
 * and both must agree: our messages, with our token, are sent there.
 */
function addressProblem(activity: Fields, anonymous: boolean): string | null {
  const text = textAt(activity, "serviceUrl");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return "no service address";
  if (textAt(activity, "channelId") !== "msteams") return "another channel than Teams";
  if (anonymous) return isLoopback(url.hostname) ? null : "a service that is not on this machine";
  return url.protocol === "https:" || isLoopback(url.hostname) ? null : "a service without TLS";
}

/** Processes an authenticated activity; null = there is no answer. */
async function work(context: InboundContext, activity: Fields): Promise<ActivityResponse | null> {
  const type = textAt(activity, "type");
  const foreign = context.actors.foreign(senderOf(activity));
  // People of another tenant must not decide where messages are sent.
  const isOurs = foreign !== words.otherTenant;
  if (isOurs) await context.remember(activity);
  switch (type) {
    case "message":
    case "messageUpdate":
      await guarded(context, () => onMessage(context, activity), {
        what: "teams message",
        broken: (text) => context.reply(activity, teamsAnswer(refusal(text), nowhere)),
      });
      return null;
    case "invoke":
      return onInvoke(context, activity);
    case "installationUpdate":
    case "conversationUpdate":
      if (isOurs) await guarded(context, () => onInstalled(context, activity), greeting);
      return null;
    default:
      return null; // reactions, deletions, typing: nothing is asked
  }
}

const greeting = { what: "teams greeting", broken: async (): Promise<void> => undefined };

/** Runs the work; a fault becomes a sentence with a reference, if somebody waits for one. */
async function guarded<T>(
  context: InboundContext,
  doing: () => Promise<T>,
  { what, broken }: { readonly what: string; readonly broken: (text: string) => T | Promise<T> },
): Promise<T> {
  try {
    return await doing();
  } catch (fault) {
    return broken(failedWords(fault, context.report(fault, what), words.broken));
  }
}

async function onInvoke(context: InboundContext, activity: Fields): Promise<ActivityResponse> {
  const press = { what: "teams press", broken: shownBriefly };
  const dialog = {
    what: "teams form",
    broken: (text: string) => dialogOf(answerDialog(refusal(text), nowhere)),
  };
  switch (textAt(activity, "name")) {
    case "adaptiveCard/action":
      return guarded(context, () => onExecute(context, activity), press);
    case "task/fetch":
      return guarded(context, () => onFetch(context, activity), dialog);
    case "task/submit":
      return guarded(context, () => onTask(context, activity), dialog);
    default:
      return { status: 501 };
  }
}

const no = (reply: FastifyReply, status: 400 | 401 | 403 | 503, title: string): FastifyReply =>
  reply.code(status).send({ title, status });
