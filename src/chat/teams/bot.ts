import {
  type Activity,
  CloudAdapter,
  ConfigurationServiceClientCredentialFactory,
  type ConversationParameters,
  type InvokeResponse,
  type TurnContext,
} from "botbuilder";
import {
  type AuthenticateRequestResult,
  AuthenticationConfiguration,
  AuthenticationConstants,
  AuthenticationError,
  type BotFrameworkAuthentication,
  BotFrameworkAuthenticationFactory,
  ClaimsIdentity,
  ConnectorClient,
  type ServiceClientCredentialsFactory,
} from "botframework-connector";
import type { Millis } from "../../core/ids.ts";
import { at, textAt } from "../any/reading.ts";
import type { Fields } from "./activity.ts";
import type { TeamsMessage } from "./card.ts";

/**
 * The Bot Framework: the only file that imports its SDK, whose support has ended, so that another can take its place. It checks who
 * sends us something, and carries what we send.
 */

/** Where Microsoft's cloud is: who signs what reaches us, and where we get tokens. */
export interface TeamsCloud {
  readonly login: string;
  readonly scope: string;
  readonly issuer: string;
  readonly openIdMetadata: string;
  /** Makes our own tokens in another way than by the bot's secret; null = by the secret. */
  readonly credentials: ServiceClientCredentialsFactory | null;
}

/** Everybody's. */
export const publicCloud: TeamsCloud = {
  login: AuthenticationConstants.ToChannelFromBotLoginUrl,
  scope: AuthenticationConstants.ToChannelFromBotOAuthScope,
  issuer: AuthenticationConstants.ToBotFromChannelTokenIssuer,
  openIdMetadata: AuthenticationConstants.ToBotFromChannelOpenIdMetadataUrl,
  credentials: null,
};

/** Whose bot this is. */
export interface BotParts {
  readonly appId: string;
  readonly password: string;
  readonly tenantId: string;
  readonly type: string;
  /** Activities need no token: for the local test client only. */
  readonly anonymous: boolean;
  readonly cloud: TeamsCloud;
  /** How long one call is waited for. */
  readonly timeout: Millis;
}

/** Why a request is not from the Bot Framework, or cannot be known to be. */
export interface NotTrusted {
  readonly status: 401 | 503;
  readonly because: string;
}

/** What is answered to an activity. `body` undefined = nothing. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

/** Where a conversation is spoken to: the service's address and how it knows us, as a verified activity told. */
export interface Address {
  readonly serviceUrl: string;
  /** Our own account in the conversation. */
  readonly bot: { readonly id: string; readonly name: string };
  readonly tenant: string;
}

/** A call that Teams did not do, or of which that is not known. */
export class CallFault extends Error {
  /** The HTTP status it was answered with; null = there was no answer. */
  readonly status: number | null;
  /** Teams' own word for it, or the connection's. */
  readonly code: string;
  /** How long Teams asks to wait; null = it does not say. */
  readonly retryAfter: Millis | null;
  constructor(what: Pick<CallFault, "status" | "code" | "retryAfter">) {
    // Never the SDK's own words or error: they may hold addresses, tokens and what was sent.
    super(what.status === null ? `no answer (${what.code})` : `HTTP ${what.status} ${what.code}`);
    this.name = "CallFault";
    this.status = what.status;
    this.code = what.code;
    this.retryAfter = what.retryAfter;
  }
}

/** Somebody as Teams knows them; "" where it does not say. */
export interface TeamsMember {
  readonly account: string;
  readonly tenant: string;
  readonly role: string;
}

export interface Bot {
  /** Does what an activity asks for, if the Bot Framework sent it: `work` answers an invoke, null for anything else. */
  receive(
    authorization: string,
    activity: Fields,
    work: () => Promise<Reply | null>,
  ): Promise<Reply | { readonly refused: NotTrusted }>;
  /** Posts to a conversation, a channel or a thread; answers the id it has there. */
  post(address: Address, conversation: string, message: TeamsMessage): Promise<string>;
  /** Replaces a message. */
  update(address: Address, conversation: string, id: string, message: TeamsMessage): Promise<void>;
  remove(address: Address, conversation: string, id: string): Promise<void>;
  /** The conversation with one person of the tenant, by their AAD object id. */
  conversationWith(address: Address, user: string): Promise<string>;
  /** Whether the conversation is there and we are in it: throws where not. */
  look(address: Address, conversation: string): Promise<void>;
  /** Somebody as a member of a conversation. */
  member(address: Address, conversation: string, user: string): Promise<TeamsMember>;
}

/** The SDK's own turn, for an activity that is authenticated already. */
class Adapter extends CloudAdapter {
  turn(
    trusted: AuthenticateRequestResult,
    activity: Activity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.processActivity(trusted, activity, logic);
  }
}

export const createBot = (parts: BotParts): Bot => {
  const { appId, anonymous, cloud, timeout } = parts;
  // The SDK would believe anybody then.
  if (appId === "" && !anonymous) throw new Error("a bot without an app id accepts anybody");
  const auth = authenticationOf(parts);
  const adapter = new Adapter(auth);
  const ourselves = new ClaimsIdentity(
    [{ type: AuthenticationConstants.AudienceClaim, value: appId }],
    AuthenticationConstants.AnonymousAuthType,
  );
  const connectors = auth.createConnectorFactory(ourselves);
  const options = { timeout };
  const page = { ...options, pageSize: 50, continuationToken: "" };

  /** One call; what goes wrong with it becomes a CallFault. */
  const call = async <T>(
    { serviceUrl }: Address,
    work: (conversations: ConnectorClient["conversations"]) => Promise<T>,
  ): Promise<T> => {
    try {
      const client = await connectors.create(serviceUrl, cloud.scope);
      if (!(client instanceof ConnectorClient)) throw new Error("the Bot Framework's SDK changed");
      withoutRetries(client);
      return await work(client.conversations);
    } catch (error) {
      throw callFaultOf(error);
    }
  };

  return {
    receive: async (authorization, activity, work) => {
      const trusted = await trust(parts, auth, authorization, activity);
      if ("refused" in trusted) return trusted;
      const answered = await adapter.turn(trusted, asActivity(activity), async (context) => {
        const reply = await work();
        if (reply !== null) await context.sendActivity({ type: "invokeResponse", value: reply });
      });
      return answered ?? { status: 200 };
    },
    post: (address, conversation, message) =>
      call(address, async (conversations) => {
        const activity = activityOf(address, message);
        return (await conversations.sendToConversation(conversation, activity, options)).id ?? "";
      }),
    update: (address, conversation, id, message) =>
      call(address, async (conversations) => {
        const activity = { ...activityOf(address, message), id };
        await conversations.updateActivity(conversation, id, activity, options);
      }),
    remove: (address, conversation, id) =>
      call(address, async (conversations) => {
        await conversations.deleteActivity(conversation, id, options);
      }),
    conversationWith: (address, user) =>
      call(address, async (conversations) => {
        const made = await conversations.createConversation(withOne(address, user), options);
        return made.id ?? "";
      }),
    look: (address, conversation) =>
      call(address, async (conversations) => {
        await conversations.getConversationPagedMembers(conversation, page);
      }),
    member: (address, conversation, user) =>
      call(address, async (conversations) =>
        memberOf(await conversations.getConversationMember(conversation, user, options)),
      ),
  };
};

const callFaultOf = (error: unknown): CallFault => {
  const status = at(error, "statusCode");
  return new CallFault({
    status: typeof status === "number" ? status : null,
    code: textAt(error, "code") || (error instanceof Error ? error.name : ""),
    retryAfter: waitIn(at(error, "response", "headers")),
  });
};

const waitIn = (headers: unknown): Millis | null => {
  const get: unknown =
    typeof headers === "object" && headers !== null ? Reflect.get(headers, "get") : undefined;
  if (typeof get !== "function") return null;
  const seconds = Number(get.call(headers, "retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) * 1_000 : null;
};

const authenticationOf = ({
  appId,
  password,
  tenantId,
  type,
  cloud,
}: BotParts): BotFrameworkAuthentication =>
  BotFrameworkAuthenticationFactory.create(
    "",
    true,
    cloud.login,
    cloud.scope,
    cloud.issuer,
    AuthenticationConstants.OAuthUrl,
    cloud.openIdMetadata,
    AuthenticationConstants.ToBotFromEmulatorOpenIdMetadataUrl,
    "",
    sayingSo(
      cloud.credentials ??
        new ConfigurationServiceClientCredentialFactory(
          appId === ""
            ? {}
            : {
                MicrosoftAppId: appId,
                MicrosoftAppPassword: password,
                MicrosoftAppTenantId: tenantId,
                MicrosoftAppType: type,
              },
        ),
    ),
    new AuthenticationConfiguration(),
    undefined,
    {},
  );

/** Without our own token nothing is sent: what goes wrong before the call must not look as if the message may have arrived. */
class NoToken extends Error {
  readonly code = "NoToken";
}

const sayingSo = (factory: ServiceClientCredentialsFactory): ServiceClientCredentialsFactory => ({
  isValidAppId: (id) => factory.isValidAppId(id),
  isAuthenticationDisabled: () => factory.isAuthenticationDisabled(),
  createCredentials: async (...asked) => {
    const credentials = await orNoToken(() => factory.createCredentials(...asked));
    return { signRequest: (request) => orNoToken(() => credentials.signRequest(request)) };
  },
});

const orNoToken = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new NoToken("the bot's token could not be had", { cause: error });
  }
};

/**
 * The SDK also believes tokens that an emulator or another bot gets for our own app id. People speak to us through the Bot Framework
 * alone, so the issuer is looked at first; the SDK then checks signature, audience, time, endorsement and service address.
 */
const trust = async (
  { anonymous, cloud }: BotParts,
  auth: BotFrameworkAuthentication,
  authorization: string,
  activity: Fields,
): Promise<AuthenticateRequestResult | { readonly refused: NotTrusted }> => {
  if (!anonymous && issuerOf(authorization) !== cloud.issuer)
    return { refused: { status: 401, because: "no token of the Bot Framework" } };
  try {
    return await auth.authenticateRequest(asActivity(activity), anonymous ? "" : authorization);
  } catch (error) {
    return { refused: whyNot(error) };
  }
};

/** Who a token says it is from, unchecked; "" where it is no token signed with RSA. */
const issuerOf = (authorization: string): string => {
  const [, header = "", payload = ""] =
    /^Bearer ([\w-]{1,4000})\.([\w-]{1,8000})\.[\w-]{1,4000}$/.exec(authorization) ?? [];
  return /^RS(?:256|384|512)$/.test(textAt(decoded(header), "alg"))
    ? textAt(decoded(payload), "iss")
    : "";
};

const decoded = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
};

/** A wrong signature throws an error of the token library, not the SDK's own; keys that cannot be fetched are nobody's fault outside. */
const whyNot = (error: unknown): NotTrusted => {
  const name = error instanceof Error ? error.name : "";
  const isWrong = error instanceof AuthenticationError && error.statusCode < 500;
  if (isWrong || /^(?:JsonWebToken|TokenExpired|NotBefore)Error$/.test(name))
    return { status: 401, because: error instanceof Error ? error.message : "" };
  return { status: 503, because: "the Bot Framework's keys could not be had" };
};

/** The SDK takes whatever shape an activity has; who reads it here takes nothing for granted. */
const asActivity = (activity: Fields): Activity => activity as unknown as Activity;

/** The SDK's client sends a failed message again by itself, up to three times: whether to is the outbox's to say. */
const withoutRetries = (client: ConnectorClient): void => {
  const pipeline: unknown = Reflect.get(Reflect.get(client, "client"), "pipeline");
  if (!isPipeline(pipeline)) throw new Error("the Bot Framework's SDK changed");
  pipeline.removePolicy({ name: "defaultRetryPolicy" });
};

interface Pipeline {
  removePolicy(policy: { readonly name: string }): unknown;
}

const isPipeline = (value: unknown): value is Pipeline =>
  typeof value === "object" && value !== null && "removePolicy" in value;

const activityOf = ({ bot }: Address, { summary, card }: TeamsMessage): Partial<Activity> => ({
  type: "message",
  from: bot,
  summary,
  attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }],
});

const withOne = ({ bot, tenant }: Address, user: string): ConversationParameters => ({
  isGroup: false,
  bot,
  members: [{ id: user, name: "" }],
  tenantId: tenant,
  channelData: { tenant: { id: tenant } },
  activity: undefined as never,
});

const memberOf = (told: unknown): TeamsMember => ({
  account: (textAt(told, "aadObjectId") || textAt(told, "objectId")).toLowerCase(),
  tenant: textAt(told, "tenantId").toLowerCase(),
  role: textAt(told, "userRole"),
});
