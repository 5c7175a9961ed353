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
  type BotFrameworkAuthentication,
  BotFrameworkAuthenticationFactory,
  ClaimsIdentity,
  ConnectorClient,
  type ServiceClientCredentialsFactory,
} from "botframework-connector";
import type { Millis } from "../../core/ids.ts";
import { at, textAt } from "../shared/json-path.ts";
import type { BotParts, NotTrusted } from "./bot/bot-parts.ts";
import { asActivity, trust } from "./bot/token-trust.ts";
import type { Address, Fields } from "./inbound/activity.ts";
import type { TeamsMessage } from "./render/card.ts";

/**
 * The Bot Framework. Only this file and bot/ import its SDK, whose support has ended, so that it
 * can be replaced. It authenticates what we receive and sends what we send.
 */

/** What is answered to an activity. `body` undefined = nothing. */
export interface ActivityResponse {
  readonly status: number;
  readonly body?: unknown;
}

/** A call that failed, or whose outcome is not known. */
export class CallFault extends Error {
  /** The HTTP status it was answered with; null = there was no answer. */
  readonly status: number | null;
  /** The error code of Teams, or of the connection. */
  readonly code: string;
  /** The delay that Teams asks for; null = it does not say. */
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
  /**
   * Processes an activity if the Bot Framework sent it. `work` gives the answer to an invoke, null
   * for anything else.
   */
  receive(
    authorization: string,
    activity: Fields,
    work: () => Promise<ActivityResponse | null>,
  ): Promise<ActivityResponse | { readonly refused: NotTrusted }>;
  /** Posts to a conversation, a channel or a thread; answers the id it has there. */
  post(address: Address, conversation: string, message: TeamsMessage): Promise<string>;
  /** Replaces the message that has this id in a conversation. */
  update(
    address: Address,
    at: { readonly conversation: string; readonly id: string },
    message: TeamsMessage,
  ): Promise<void>;
  remove(address: Address, conversation: string, id: string): Promise<void>;
  /** The conversation with one person of the tenant, by their AAD object id. */
  conversationWith(address: Address, user: string): Promise<string>;
  /** Throws unless the conversation exists and we are a member. */
  look(address: Address, conversation: string): Promise<void>;
  /** Somebody as a member of a conversation. */
  member(address: Address, conversation: string, user: string): Promise<TeamsMember>;
}

/** The SDK's turn, for an activity that is already authenticated. */
class Adapter extends CloudAdapter {
  turn(
    trusted: AuthenticateRequestResult,
    activity: Activity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.processActivity(trusted, activity, logic);
  }
}

export function createBot(parts: BotParts): Bot {
  const { appId, anonymous, cloud, timeout } = parts;
  // Without an app id the SDK accepts any sender.
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

  /** One call; its errors become a CallFault. */
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
      const trusted = await trust(parts, { auth, authorization, activity });
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
    update: (address, { conversation, id }, message) =>
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
}

function callFaultOf(error: unknown): CallFault {
  const status = at(error, "statusCode");
  return new CallFault({
    status: typeof status === "number" ? status : null,
    code: textAt(error, "code") || (error instanceof Error ? error.name : ""),
    retryAfter: waitIn(at(error, "response", "headers")),
  });
}

function waitIn(headers: unknown): Millis | null {
  const get: unknown =
    typeof headers === "object" && headers !== null ? Reflect.get(headers, "get") : undefined;
  if (typeof get !== "function") return null;
  const seconds = Number(get.call(headers, "retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) * 1_000 : null;
}

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

/**
 * Without our own token nothing was sent, so an error before the call must not look as if the
 * message may have arrived.
 */
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

async function orNoToken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new NoToken("the bot's token could not be had", { cause: error });
  }
}

/**
 * The SDK's client repeats a failed call up to three times; here only the outbox decides whether to
 * repeat.
 */
function withoutRetries(client: ConnectorClient): void {
  const pipeline: unknown = Reflect.get(Reflect.get(client, "client"), "pipeline");
  if (!isPipeline(pipeline)) throw new Error("the Bot Framework's SDK changed");
  pipeline.removePolicy({ name: "defaultRetryPolicy" });
}

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
