import {
  AuthenticationConstants,
  type ServiceClientCredentialsFactory,
} from "botframework-connector";
import type { Millis } from "../../../core/ids.ts";

/** What the bot is made from, and what it refuses with. */

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
