import { type Environment, environment, environmentNames } from "./config/environment.ts";
import { misplacedKeys } from "./config/misplaced.ts";
import { equalTokens, pairs, productionRules, publicUrlOf, tenantsOf } from "./config/rules.ts";
import { type SignInSettings, signInOf } from "./config/sign-in.ts";
import { teamsAppIn } from "./config/teams.ts";
import { isLoopback } from "./core/address.ts";

/** A value that prints as [secret] everywhere: in text, JSON, logs, the inspector. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The value itself; call it only where it is used. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** The checked configuration from the environment. Absent parts are null. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** The origin of people's links, without a slash at the end. */
  readonly publicUrl: string;
  readonly databaseUrl: Secret | null;
  /** How many seconds a start waits for PostgreSQL. */
  readonly databaseWait: number;
  /** The day that the operator says it is, where the clock looks wrong. */
  readonly today: string | null;
  readonly dataDirectory: string;
  /** For how many milliseconds each class of data is kept that nothing open needs. */
  readonly keep: {
    readonly deliveries: number;
    readonly messages: number;
    readonly receipts: number;
    readonly sessions: number;
  };
  readonly policyFile: string;
  /** Adopt the file at every start, not only when the log is empty. */
  readonly adoptAtStart: boolean;
  readonly origin: string;
  /** PEM text or a path to it; null = created once in the data directory. */
  readonly logKey: Secret | null;
  /** The same for the key to which the log is handed over next. */
  readonly nextLogKey: Secret | null;
  readonly tokens: {
    readonly operator: Secret | null;
    readonly auditor: Secret | null;
    readonly gateway: Secret | null;
  };
  readonly slack: {
    readonly botToken: Secret;
    readonly signingSecret: Secret | null;
    readonly appToken: Secret | null;
    readonly apiUrl: string;
    /** Whether cards may go to channels shared with another organization (Slack Connect). */
    readonly sharedChannels: boolean;
  } | null;
  readonly teams: {
    readonly appId: string;
    readonly password: Secret | null;
    readonly tenantId: string;
    readonly type: string;
    /**
     * The tenants whose people are accepted; empty only where `anonymous` is true and none was
     * given.
     */
    readonly tenants: readonly string[];
    /** Activities are accepted unsigned, only from this machine: for the local test client. */
    readonly anonymous: boolean;
  } | null;
  /** The OpenID Connect issuer with which people sign in to the console; null = none. */
  readonly signIn: (SignInSettings & { readonly clientSecret: Secret }) | null;
  /** Another base URL of PagerDuty's Events API; null = PagerDuty's own. */
  readonly pagerdutyUrl: string | null;
  readonly logLevel: string;
  /** Whether demo mode is allowed, and if not, every condition that fails. */
  readonly demo: { readonly allowed: boolean; readonly because: readonly string[] };
  /** The secret a policy names as `env:NAME`; undefined where it is not set. */
  readonly secretFor: (reference: string) => Secret | undefined;
}

/** All problems at once, one line each, with the variable's name. */
export type ReadConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Variables that must not be set but empty, since that would grant access or start with an empty
 * database; other empty variables count as absent.
 */
const neverEmpty = /^(?:DATABASE_URL|HOLDPOINT_(?:LOG_KEY|ORIGIN|\w+_TOKEN))$/;

/** Reads and checks the environment; no other code reads it. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReadConfig {
  const given = Object.fromEntries(
    environmentNames.map((name) => [name, env[name] === "" ? undefined : env[name]]),
  );
  const empty = environmentNames.filter((name) => env[name] === "" && neverEmpty.test(name));
  const read = environment.safeParse(given);
  const problems = [
    ...misplacedKeys(given),
    ...unknownIn("HOLDPOINT_KEEP_", env),
    ...unknownIn("HOLDPOINT_OIDC_", env),
    ...empty.map((name) => `${name} is empty: unset it or give it a value.`),
    ...(read.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}.`),
  ];
  if (!read.success) return { ok: false, problems };
  const set = read.data;
  problems.push(...pairs(set), ...equalTokens(set), ...productionRules(set));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: configOf(set, env) };
}

/** A misspelt one would keep for another time, or let in others, than somebody meant. */
function unknownIn(
  prefix: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const known = environmentNames.filter((name) => name.startsWith(prefix));
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.includes(name))
    .map((name) => `${name} is not a variable of Holdpoint. There are ${known.join(", ")}.`);
}

/**
 * What a command needs that posts to a server from elsewhere, such as a CI job: nothing of the
 * server's own environment.
 */
export interface ClientConfig {
  readonly url: string;
  readonly policyFile: string;
  readonly dataDirectory: string;
  readonly uploadSecret: Secret | null;
  readonly secretFor: Config["secretFor"];
}

/** Reads only that part: other variables of the job may belong to other programs. */
export function readClientConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
):
  | { readonly ok: true; readonly config: ClientConfig }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const names = [
    "HOLDPOINT_URL",
    "PUBLIC_URL",
    "HOLDPOINT_POLICY",
    "HOLDPOINT_DATA",
    "HOLDPOINT_UPLOAD_SECRET",
  ];
  const read = environment.safeParse(
    Object.fromEntries(names.map((name) => [name, env[name] === "" ? undefined : env[name]])),
  );
  if (!read.success)
    return {
      ok: false,
      problems: read.error.issues.map(({ path, message }) => `${path.join(".")} ${message}.`),
    };
  const { publicUrl, policyFile, dataDirectory, secretFor } = configOf(read.data, env);
  const { HOLDPOINT_URL: url = publicUrl, HOLDPOINT_UPLOAD_SECRET: uploadSecret } = read.data;
  return {
    ok: true,
    config: { url, policyFile, dataDirectory, secretFor, uploadSecret: secret(uploadSecret) },
  };
}

/** Reads what the Teams app package needs, and nothing else of the environment. */
export function readTeamsApp(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReturnType<typeof teamsAppIn> {
  return teamsAppIn(env);
}

const secret = (text: string | undefined): Secret | null => (text ? new Secret(text) : null);

function configOf(set: Environment, env: Readonly<Record<string, string | undefined>>): Config {
  const failing = demoFailures(set);
  return {
    production: set.NODE_ENV === "production",
    host: set.HOST,
    port: set.PORT,
    publicUrl: publicUrlOf(set),
    databaseUrl: secret(set.DATABASE_URL),
    databaseWait: set.HOLDPOINT_DB_WAIT,
    today: set.HOLDPOINT_TODAY ?? null,
    dataDirectory: set.HOLDPOINT_DATA,
    keep: {
      deliveries: set.HOLDPOINT_KEEP_DELIVERIES,
      messages: set.HOLDPOINT_KEEP_MESSAGES,
      receipts: set.HOLDPOINT_KEEP_RECEIPTS,
      sessions: set.HOLDPOINT_KEEP_SESSIONS,
    },
    policyFile: set.HOLDPOINT_POLICY,
    adoptAtStart: set.HOLDPOINT_POLICY_ADOPT === "start",
    origin: set.HOLDPOINT_ORIGIN ?? "localhost/holdpoint",
    logKey: secret(set.HOLDPOINT_LOG_KEY),
    nextLogKey: secret(set.HOLDPOINT_LOG_KEY_NEXT),
    tokens: {
      operator: secret(set.HOLDPOINT_OPERATOR_TOKEN),
      auditor: secret(set.HOLDPOINT_AUDITOR_TOKEN),
      gateway: secret(set.HOLDPOINT_GATEWAY_TOKEN),
    },
    slack: slackOf(set),
    teams: teamsOf(set),
    signIn: signInFor(set),
    pagerdutyUrl: set.PAGERDUTY_EVENTS_URL ?? null,
    logLevel: set.LOG_LEVEL,
    demo: { allowed: failing.length === 0, because: failing },
    secretFor: (reference) => {
      const [, name = ""] = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference) ?? [];
      return secret(Object.hasOwn(env, name) ? env[name] : undefined) ?? undefined;
    },
  };
}

const slackOf = (set: Environment): Config["slack"] =>
  set.SLACK_BOT_TOKEN === undefined
    ? null
    : {
        botToken: new Secret(set.SLACK_BOT_TOKEN),
        signingSecret: secret(set.SLACK_SIGNING_SECRET),
        appToken: secret(set.SLACK_APP_TOKEN),
        apiUrl: set.SLACK_API_URL,
        sharedChannels: set.SLACK_SHARED_CHANNELS === "allow",
      };

function teamsOf(set: Environment): Config["teams"] {
  const anonymous = set.HOLDPOINT_TEAMS_ANONYMOUS === "1";
  if (set.MICROSOFT_APP_ID === undefined && !anonymous) return null;
  return {
    appId: set.MICROSOFT_APP_ID ?? "",
    password: secret(set.MICROSOFT_APP_PASSWORD),
    tenantId: set.MICROSOFT_APP_TENANT_ID ?? "",
    type: set.MICROSOFT_APP_TYPE ?? "SingleTenant",
    tenants: tenantsOf(set),
    anonymous,
  };
}

function signInFor(set: Environment): Config["signIn"] {
  const settings = signInOf(set);
  const clientSecret = secret(set.HOLDPOINT_OIDC_CLIENT_SECRET);
  return settings && clientSecret && { ...settings, clientSecret };
}

function demoFailures(set: Environment): readonly string[] {
  const conditions: readonly (readonly [boolean, string])[] = [
    [set.NODE_ENV === "production", "NODE_ENV is production"],
    [slackOf(set) !== null, "Slack is configured"],
    [teamsOf(set) !== null, "Teams is configured"],
    [signInOf(set) !== null, "an OpenID Connect issuer is configured"],
    [!isLoopback(set.HOST), "HOST is not a loopback address"],
    [!isLoopback(new URL(publicUrlOf(set)).hostname), "PUBLIC_URL is not a loopback address"],
  ];
  return conditions.flatMap(([fails, because]) => (fails ? [because] : []));
}
