import {
  AuthenticationConstants,
  type ServiceClientCredentialsFactory,
} from "botframework-connector";
import type { Millis } from "../../../core/ids.ts";

/** The parts of the bot, and its refusals. */

/** A Microsoft cloud: who signs what we receive, and where we get our tokens. */
export interface TeamsCloud {
  readonly login: string;
  readonly scope: string;
  readonly issuer: string;
  readonly openIdMetadata: string;
  /** Another way to get our tokens than the bot's secret; null = the secret. */
  readonly credentials: ServiceClientCredentialsFactory | null;
}

/** Microsoft's public cloud. */
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
  /** Activities are accepted without a token: only for the local test client. */
  readonly anonymous: boolean;
  readonly cloud: TeamsCloud;
  /** How long one call is waited for. */
  readonly timeout: Millis;
}

/** Why a request is refused: it is not from the Bot Framework, or that cannot be checked. */
export interface NotTrusted {
  readonly status: 401 | 503;
  readonly because: string;
}
