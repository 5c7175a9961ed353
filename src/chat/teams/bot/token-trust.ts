import type { Activity } from "botbuilder";
import {
  type AuthenticateRequestResult,
  AuthenticationError,
  type BotFrameworkAuthentication,
} from "botframework-connector";
import { textAt } from "../../shared/json-path.ts";
import type { Fields } from "../inbound/activity.ts";
import type { BotParts, NotTrusted } from "./bot-parts.ts";

/**
 * The SDK also accepts tokens that an emulator or another bot gets for our app id. People reach us
 * only through the Bot Framework, so the issuer is checked first; the SDK then checks signature,
 * audience, time, endorsement and service address.
 */
export async function trust(
  { anonymous, cloud }: BotParts,
  {
    auth,
    authorization,
    activity,
  }: {
    readonly auth: BotFrameworkAuthentication;
    readonly authorization: string;
    readonly activity: Fields;
  },
): Promise<AuthenticateRequestResult | { readonly refused: NotTrusted }> {
  if (!anonymous && issuerOf(authorization) !== cloud.issuer)
    return { refused: { status: 401, because: "no token of the Bot Framework" } };
  try {
    return await auth.authenticateRequest(asActivity(activity), anonymous ? "" : authorization);
  } catch (error) {
    return { refused: whyNot(error) };
  }
}

/** The unverified issuer of a token; "" where it is not a token signed with RSA. */
function issuerOf(authorization: string): string {
  const [, header = "", payload = ""] =
    /^Bearer ([\w-]{1,4000})\.([\w-]{1,8000})\.[\w-]{1,4000}$/.exec(authorization) ?? [];
  return /^RS(?:256|384|512)$/.test(textAt(decoded(header), "alg"))
    ? textAt(decoded(payload), "iss")
    : "";
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

/**
 * A wrong signature throws an error of the token library, not one of the SDK. Keys that cannot be
 * fetched are our problem, not the sender's.
 */
function whyNot(error: unknown): NotTrusted {
  const name = error instanceof Error ? error.name : "";
  const isWrong = error instanceof AuthenticationError && error.statusCode < 500;
  if (isWrong || /^(?:JsonWebToken|TokenExpired|NotBefore)Error$/.test(name))
    return { status: 401, because: error instanceof Error ? error.message : "" };
  return { status: 503, because: "the Bot Framework's keys could not be had" };
}

/** The SDK does not check the shape of an activity, so whoever reads it here does. */
export function asActivity(activity: Fields): Activity {
  return activity as unknown as Activity;
}
