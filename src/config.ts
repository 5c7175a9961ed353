import { z } from "zod";
import { misplacedKeys } from "./config/misplaced.ts";
import { guid, guids, teamsAppIn, teamsRules } from "./config/teams.ts";

/** A value that prints as [secret] wherever it may end up: text, JSON, logs, the inspector. */
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

/** What the program is told by its environment, checked. Absent parts are null. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Origin of the links people get, without a slash at the end. */
  readonly publicUrl: string;
  readonly databaseUrl: Secret | null;
  /** How many seconds a start waits for PostgreSQL. */
  readonly databaseWait: number;
  readonly dataDirectory: string;
  /** How long the bodies of webhooks are kept that nothing open needs. */
  readonly keepDeliveriesDays: number;
  readonly policyFile: string;
  /** Adopt the file at every start, not only when the log is empty. */
  readonly adoptAtStart: boolean;
  readonly origin: string;
  /** PEM text or a path to it; null = made once in the data directory. */
  readonly logKey: Secret | null;
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
    /** Whether cards may go to channels shared with another organisation (Slack Connect). */
    readonly sharedChannels: boolean;
  } | null;
  readonly teams: {
    readonly appId: string;
    readonly password: Secret | null;
    readonly tenantId: string;
    readonly type: string;
    /** Tenants from which people are taken; none is named only where `anonymous` is true and none was given. */
    readonly tenants: readonly string[];
    /** Activities are taken unsigned, from this machine alone: for the local test client. */
    readonly anonymous: boolean;
  } | null;
  /** Another base of PagerDuty's Events API; null = theirs. */
  readonly pagerdutyUrl: string | null;
  readonly logLevel: string;
  /** Whether demo mode may be used, and if not, every condition that fails. */
  readonly demo: { readonly allowed: boolean; readonly because: readonly string[] };
  /** The secret a policy names as `env:NAME`; undefined where it is not set. */
  readonly secretFor: (reference: string) => Secret | undefined;
}

/** Answers with every problem at once, one line each, naming the variable. */
export type ReadConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Bytes of a token or a shared secret. */
export const shortestToken = 32;
const token = z.string().refine((text) => Buffer.byteLength(text) >= shortestToken, {
  error: `is shorter than ${shortestToken} bytes`,
});
/** The last words about a value: one mistake is said once. */
const says = (error: string) => ({ error, abort: true });
const originOf = (text: string): URL | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
};
const isBareOrigin = (text: string): boolean => {
  const url = originOf(text);
  return url !== null && url.href === `${url.origin}/`;
};

/** Every variable that is read, apart from the secrets a policy names. */
const environment = z.object({
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, "is not a host name or an address")
    .default("127.0.0.1"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "is not a number")
    .default("3000")
    .transform(Number)
    .refine((port) => port <= 65_535, { error: "is above 65535" }),
  PUBLIC_URL: z
    .string()
    .refine(isBareOrigin, { error: "is not like https://holdpoint.example.com (no path)" })
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(?:ql)?:\/\//, says("does not begin with postgres://"))
    // Read otherwise, half a password would be taken for the host's or the database's name, which errors print.
    .regex(
      /^\w+:\/\/(?:[^/?#@]*@)?[^/?#@]*(?:\/[^/?#@]*)?(?:\?[^#@]*)?$/,
      "cannot be read: write / ? # @ and % within the password as %2F %3F %23 %40 and %25",
    )
    .optional(),
  HOLDPOINT_DB_WAIT: z
    .string()
    .regex(/^\d{1,4}$/, "is not a number of seconds, at most 9999")
    .default("60")
    .transform(Number),
  HOLDPOINT_DATA: z.string().default("./.holdpoint"),
  HOLDPOINT_KEEP_DELIVERIES: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, "is not a number of days from 1 to 9999")
    .default("30")
    .transform(Number),
  HOLDPOINT_POLICY: z.string().default("./policy.example.yaml"),
  HOLDPOINT_POLICY_ADOPT: z.literal("start", "can only be start").optional(),
  HOLDPOINT_ORIGIN: z
    .string()
    .max(200, "is longer than 200 characters")
    .regex(/^[^\s+\p{C}]+$/u, "has spaces, plus signs or control characters")
    .optional(),
  HOLDPOINT_LOG_KEY: z.string().min(1, "is empty").optional(),
  HOLDPOINT_OPERATOR_TOKEN: token.optional(),
  HOLDPOINT_AUDITOR_TOKEN: token.optional(),
  HOLDPOINT_GATEWAY_TOKEN: token.optional(),
  HOLDPOINT_URL: z
    .string()
    .refine(isBareOrigin, { error: "is not like https://holdpoint.example.com (no path)" })
    .optional(),
  HOLDPOINT_UPLOAD_SECRET: z.string().optional(),
  SLACK_BOT_TOKEN: z.string().startsWith("xoxb-", "does not begin with xoxb-").optional(),
  SLACK_SIGNING_SECRET: token.optional(),
  SLACK_APP_TOKEN: z.string().startsWith("xapp-", "does not begin with xapp-").optional(),
  SLACK_API_URL: z
    .string()
    .refine((text) => originOf(text) !== null, { error: "is not a web address" })
    .default("https://slack.com/api/"),
  SLACK_SHARED_CHANNELS: z.literal("allow", "can only be allow").optional(),
  MICROSOFT_APP_ID: guid.optional(),
  MICROSOFT_APP_PASSWORD: token.optional(),
  MICROSOFT_APP_TENANT_ID: guid.optional(),
  MICROSOFT_APP_TYPE: z
    .enum(["SingleTenant", "MultiTenant"], "can only be SingleTenant or MultiTenant")
    .optional(),
  HOLDPOINT_TEAMS_TENANTS: guids.optional(),
  HOLDPOINT_TEAMS_ANONYMOUS: z.literal("1", "can only be 1").optional(),
  PAGERDUTY_EVENTS_URL: z
    .string()
    .refine(isBareOrigin, { error: "is not like https://events.pagerduty.com (no path)" })
    .optional(),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "is not a pino level")
    .default("info"),
  NODE_ENV: z
    .enum(["production", "development", "test"], "can only be production, development or test")
    .optional(),
});

type Environment = z.infer<typeof environment>;

/** Names of the variables that are read; docs/environment.md is held to them. */
export const environmentNames: readonly string[] = Object.keys(environment.shape);

/** Set but empty, these are mistakes that would open a door or start with an empty database; other empty variables count as absent. */
const neverEmpty = /^(?:DATABASE_URL|HOLDPOINT_(?:LOG_KEY|ORIGIN|\w+_TOKEN))$/;

/** Reads and checks the environment. The only place where the program does. */
export const readConfig = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReadConfig => {
  const given = Object.fromEntries(
    environmentNames.map((name) => [name, env[name] === "" ? undefined : env[name]]),
  );
  const empty = environmentNames.filter((name) => env[name] === "" && neverEmpty.test(name));
  const read = environment.safeParse(given);
  const problems = [
    ...misplacedKeys(given),
    ...empty.map((name) => `${name} is empty: unset it or give it a value.`),
    ...(read.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}.`),
  ];
  if (!read.success) return { ok: false, problems };
  const set = read.data;
  problems.push(...pairs(set), ...equalTokens(set), ...productionRules(set));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: configOf(set, env) };
};

/** What a command needs that posts to a server from somewhere else, such as a CI job: nothing of the server's own environment. */
export interface ClientConfig {
  readonly url: string;
  readonly policyFile: string;
  readonly dataDirectory: string;
  readonly uploadSecret: Secret | null;
  readonly secretFor: Config["secretFor"];
}

/** Reads that part alone: what else is set where the job runs may be another program's. */
export const readClientConfig = (
  env: Readonly<Record<string, string | undefined>> = process.env,
):
  | { readonly ok: true; readonly config: ClientConfig }
  | { readonly ok: false; readonly problems: readonly string[] } => {
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
};

/** Reads what the Teams app package needs, and nothing else of the environment. */
export const readTeamsApp = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReturnType<typeof teamsAppIn> => teamsAppIn(env);

/** Variables that mean nothing, or something dangerous, without another. */
const pairs = (set: Environment): readonly string[] => {
  const rules: readonly (readonly [boolean, string])[] = [
    [
      set.DATABASE_URL !== undefined && set.HOLDPOINT_ORIGIN === undefined,
      "HOLDPOINT_ORIGIN is required with DATABASE_URL.",
    ],
    [
      set.DATABASE_URL !== undefined && set.HOLDPOINT_LOG_KEY === undefined,
      "HOLDPOINT_LOG_KEY is required with DATABASE_URL.",
    ],
    [
      set.SLACK_BOT_TOKEN !== undefined && !set.SLACK_SIGNING_SECRET && !set.SLACK_APP_TOKEN,
      "SLACK_SIGNING_SECRET (or, for development, SLACK_APP_TOKEN) is required with SLACK_BOT_TOKEN.",
    ],
    [
      set.SLACK_BOT_TOKEN === undefined && Boolean(set.SLACK_SIGNING_SECRET ?? set.SLACK_APP_TOKEN),
      "SLACK_BOT_TOKEN is required with SLACK_SIGNING_SECRET and SLACK_APP_TOKEN.",
    ],
    ...teamsRules(set, isLoopback(set.HOST) && isLoopback(new URL(publicUrlOf(set)).hostname)),
  ];
  return rules.flatMap(([broken, problem]) => (broken ? [problem] : []));
};

/** One token for two roles would give each the other's rights. */
const equalTokens = (set: Environment): readonly string[] => {
  const names = [
    "HOLDPOINT_OPERATOR_TOKEN",
    "HOLDPOINT_AUDITOR_TOKEN",
    "HOLDPOINT_GATEWAY_TOKEN",
  ] as const;
  return names.flatMap((name, index) =>
    names
      .slice(0, index)
      .filter((earlier) => set[name] !== undefined && set[name] === set[earlier])
      .map((earlier) => `${name} is the same as ${earlier}.`),
  );
};

/** What a developer's machine may do and a production server may not. */
const productionRules = (set: Environment): readonly string[] => {
  if (set.NODE_ENV !== "production") return [];
  const rules: readonly (readonly [boolean, string])[] = [
    [set.SLACK_APP_TOKEN !== undefined, "SLACK_APP_TOKEN (Socket Mode) is for development only."],
    [
      set.HOLDPOINT_TEAMS_ANONYMOUS !== undefined,
      "HOLDPOINT_TEAMS_ANONYMOUS is for development only.",
    ],
    [
      isPlainHttp(publicUrlOf(set)),
      "PUBLIC_URL must be https:// in production: links to it carry one-time logins.",
    ],
    [isPlainHttp(set.SLACK_API_URL), "SLACK_API_URL must be https:// in production."],
    [
      isPlainHttp(set.PAGERDUTY_EVENTS_URL ?? "https://events.pagerduty.com"),
      "PAGERDUTY_EVENTS_URL must be https:// in production.",
    ],
  ];
  return rules.flatMap(([broken, problem]) => (broken ? [problem] : []));
};

const isPlainHttp = (address: string): boolean => {
  const url = new URL(address);
  return url.protocol === "http:" && !isLoopback(url.hostname);
};

/** Whether a host name or address never leaves this machine. */
const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|(?:::ffff:)?127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);

const publicUrlOf = (set: Environment): string => {
  if (set.PUBLIC_URL !== undefined) return new URL(set.PUBLIC_URL).origin;
  return `http://${set.HOST.includes(":") ? `[${set.HOST}]` : set.HOST}:${set.PORT}`;
};

const secret = (text: string | undefined): Secret | null => (text ? new Secret(text) : null);

const configOf = (set: Environment, env: Readonly<Record<string, string | undefined>>): Config => {
  const failing = demoFailures(set);
  return {
    production: set.NODE_ENV === "production",
    host: set.HOST,
    port: set.PORT,
    publicUrl: publicUrlOf(set),
    databaseUrl: secret(set.DATABASE_URL),
    databaseWait: set.HOLDPOINT_DB_WAIT,
    dataDirectory: set.HOLDPOINT_DATA,
    keepDeliveriesDays: set.HOLDPOINT_KEEP_DELIVERIES,
    policyFile: set.HOLDPOINT_POLICY,
    adoptAtStart: set.HOLDPOINT_POLICY_ADOPT === "start",
    origin: set.HOLDPOINT_ORIGIN ?? "localhost/holdpoint",
    logKey: secret(set.HOLDPOINT_LOG_KEY),
    tokens: {
      operator: secret(set.HOLDPOINT_OPERATOR_TOKEN),
      auditor: secret(set.HOLDPOINT_AUDITOR_TOKEN),
      gateway: secret(set.HOLDPOINT_GATEWAY_TOKEN),
    },
    slack: slackOf(set),
    teams: teamsOf(set),
    pagerdutyUrl: set.PAGERDUTY_EVENTS_URL ?? null,
    logLevel: set.LOG_LEVEL,
    demo: { allowed: failing.length === 0, because: failing },
    secretFor: (reference) => {
      const [, name = ""] = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference) ?? [];
      return secret(Object.hasOwn(env, name) ? env[name] : undefined) ?? undefined;
    },
  };
};

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

const teamsOf = (set: Environment): Config["teams"] => {
  const anonymous = set.HOLDPOINT_TEAMS_ANONYMOUS === "1";
  if (set.MICROSOFT_APP_ID === undefined && !anonymous) return null;
  return {
    appId: set.MICROSOFT_APP_ID ?? "",
    password: secret(set.MICROSOFT_APP_PASSWORD),
    tenantId: set.MICROSOFT_APP_TENANT_ID ?? "",
    type: set.MICROSOFT_APP_TYPE ?? "SingleTenant",
    tenants: set.HOLDPOINT_TEAMS_TENANTS ?? [set.MICROSOFT_APP_TENANT_ID ?? []].flat(),
    anonymous,
  };
};

const demoFailures = (set: Environment): readonly string[] => {
  const conditions: readonly (readonly [boolean, string])[] = [
    [set.NODE_ENV === "production", "NODE_ENV is production"],
    [slackOf(set) !== null, "Slack is configured"],
    [teamsOf(set) !== null, "Teams is configured"],
    [!isLoopback(set.HOST), "HOST is not a loopback address"],
    [!isLoopback(new URL(publicUrlOf(set)).hostname), "PUBLIC_URL is not a loopback address"],
  ];
  return conditions.flatMap(([fails, because]) => (fails ? [because] : []));
};
