import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { environmentNames } from "../src/config/environment.ts";
import { readClientConfig, Secret } from "../src/config.ts";
import { sourceSecretProblems } from "../src/secret-problems.ts";
import { configOf, problemsOf } from "./support/config.ts";

const day = 86_400_000;
const token = (letter: string) => letter.repeat(32);
const withDatabase = {
  DATABASE_URL: "postgres://holdpoint@db/holdpoint",
  HOLDPOINT_ORIGIN: "example.com/holdpoint",
  HOLDPOINT_LOG_KEY: "/run/secrets/log.pem",
};

test("nothing at all is enough to start on this machine", () => {
  expect(configOf()).toMatchObject({
    production: false,
    host: "127.0.0.1",
    port: 3000,
    publicUrl: "http://127.0.0.1:3000",
    databaseUrl: null,
    dataDirectory: "./.holdpoint",
    keep: { deliveries: 30 * day, messages: 90 * day, receipts: 30 * day, sessions: 30 * day },
    policyFile: "./policy.example.yaml",
    adoptAtStart: false,
    origin: "localhost/holdpoint",
    tokens: { operator: null, auditor: null, gateway: null },
    slack: null,
    teams: null,
    logLevel: "info",
    demo: { allowed: true, because: [] },
  });
});

test("docs/environment.md names exactly the variables that are read", () => {
  const text = readFileSync(new URL("../docs/environment.md", import.meta.url), "utf8");
  const named = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);

  expect(named).toEqual(environmentNames);
});

test("every problem is told at once, in one line that names its variable and not its value", () => {
  const lines = problemsOf({
    HOST: "no host!",
    PORT: "99999",
    PUBLIC_URL: "holdpoint.example.com/secret-path",
    HOLDPOINT_OPERATOR_TOKEN: "short",
    LOG_LEVEL: "loud",
    NODE_ENV: "prod",
  });

  const named = lines.map((line) => line.split(" ")[0]);
  expect(named).toEqual([
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "HOLDPOINT_OPERATOR_TOKEN",
    "LOG_LEVEL",
    "NODE_ENV",
  ]);
  expect(lines.join("")).not.toMatch(/\n|short |secret-path|loud|99999/);
});

describe("secrets", () => {
  test("a secret prints as [secret] wherever it ends up", () => {
    const secret = new Secret("hunter2hunter2");

    const printed = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), inspect(secret)];

    expect(printed.join("")).not.toContain("hunter2");
    expect(printed.every((text) => text.includes("[secret]"))).toBe(true);
    expect(secret.reveal()).toBe("hunter2hunter2");
  });

  test("a whole configuration can be printed", () => {
    const whole = configOf({
      ...withDatabase,
      HOLDPOINT_OPERATOR_TOKEN: token("o"),
      SLACK_BOT_TOKEN: "xoxb-bbbbbbbb",
      SLACK_SIGNING_SECRET: token("s"),
    });

    for (const text of [JSON.stringify(whole), inspect(whole, { depth: 9 })]) {
      expect(text).not.toMatch(/oooo|bbbb|ssss|run\/secrets|@db/);
    }
  });

  test.each([
    "DATABASE_URL",
    "HOLDPOINT_LOG_KEY",
    "HOLDPOINT_ORIGIN",
    "HOLDPOINT_OPERATOR_TOKEN",
    "HOLDPOINT_AUDITOR_TOKEN",
    "HOLDPOINT_GATEWAY_TOKEN",
  ])("%s that is set but empty stops the start", (name) => {
    expect(problemsOf({ [name]: "" })).toEqual([expect.stringContaining(`${name} is empty`)]);
  });

  test("other empty variables count as absent", () => {
    expect(configOf({ HOST: "", SLACK_BOT_TOKEN: "", NODE_ENV: "" }).host).toBe("127.0.0.1");
  });

  test("tokens have at least 32 bytes, and no two roles share one", () => {
    expect(problemsOf({ HOLDPOINT_AUDITOR_TOKEN: "a".repeat(31) })).toHaveLength(1);
    expect(configOf({ HOLDPOINT_AUDITOR_TOKEN: token("a") }).tokens.auditor?.reveal()).toBe(
      token("a"),
    );
    expect(
      problemsOf({ HOLDPOINT_AUDITOR_TOKEN: token("a"), HOLDPOINT_GATEWAY_TOKEN: token("a") }),
    ).toEqual(["HOLDPOINT_GATEWAY_TOKEN is the same as HOLDPOINT_AUDITOR_TOKEN."]);
  });

  test("the secret of a source is found by the name the policy gives it", () => {
    const { secretFor } = configOf({ MONITOR_TOKEN: "m", EMPTY: "" });

    expect(secretFor("env:MONITOR_TOKEN")?.reveal()).toBe("m");
    for (const reference of ["MONITOR_TOKEN", "env:", "env:EMPTY", "env:OTHER", "env:toString"]) {
      expect(secretFor(reference)).toBeUndefined();
    }
  });

  test.each([
    [undefined, "missing or empty"],
    ["", "missing or empty"],
    ["b".repeat(31), "has 31 bytes, 32 are needed"],
  ])("the bearer secret %j of a source is a problem", (secret, because) => {
    const { secretFor } = configOf(secret === undefined ? {} : { TOKEN: secret });

    expect(sourceSecretProblems([{ id: "am", auth: { bearer: "env:TOKEN" } }], secretFor)).toEqual([
      expect.stringMatching(new RegExp(`^TOKEN .*${because}.*source am`)),
    ]);
  });

  const hmac = { name: "x-sig", prefix: "", encoding: "hex" as const };
  test.each([
    ["a signature", { signature: { of: "pagerduty", secrets: ["env:NEW", "env:OLD"] } }],
    ["a header", { header: { name: "x-token", secrets: ["env:NEW", "env:OLD"] } }],
    ["an HMAC", { hmac: { ...hmac, secrets: ["env:NEW", "env:OLD"] } }],
  ])("each secret of %s is checked, also the one that is on its way out", (_what, auth) => {
    const { secretFor } = configOf({ NEW: "n".repeat(32), OLD: "o".repeat(31) });

    expect(sourceSecretProblems([{ id: "pd", auth }], secretFor)).toEqual([
      "OLD has 31 bytes, 32 are needed: the secret of source pd.",
    ]);
  });

  test.each([
    [`whsec_${Buffer.alloc(23, 7).toString("base64")}`, "has 23 bytes, 24 are needed"],
    ["whsec_not base64 at all, but long enough to be a secret", "is not base64"],
  ])("the Standard Webhooks secret %j of a source is a problem", (secret, because) => {
    const { secretFor } = configOf({
      OLD: secret,
      NEW: `whsec_${Buffer.alloc(24, 7).toString("base64")}`,
    });
    const auth = { standardWebhooks: ["env:NEW", "env:OLD"] };

    expect(sourceSecretProblems([{ id: "evals", auth }], secretFor)).toEqual([
      expect.stringContaining(because),
    ]);
  });
});

describe("variables that need each other", () => {
  test.each([
    [{ DATABASE_URL: withDatabase.DATABASE_URL }, ["HOLDPOINT_ORIGIN", "HOLDPOINT_LOG_KEY"]],
    [{ SLACK_BOT_TOKEN: "xoxb-1" }, ["SLACK_SIGNING_SECRET"]],
    [{ SLACK_SIGNING_SECRET: token("s") }, ["SLACK_BOT_TOKEN"]],
  ] satisfies [Record<string, string>, string[]][])("%j asks for %j", (env, named) => {
    expect(problemsOf(env).map((line) => line.split(" ")[0])).toEqual(named);
  });
});

describe("production", () => {
  const production = {
    ...withDatabase,
    NODE_ENV: "production",
    PUBLIC_URL: "https://hold.example.com",
  };
  const slack = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: token("s") };

  test("a secure configuration starts, without demo mode", () => {
    const read = configOf({ ...production, ...slack });

    expect(read).toMatchObject({ production: true, publicUrl: "https://hold.example.com" });
    expect(read.demo.allowed).toBe(false);
  });

  test.each([
    [{ ...slack, SLACK_APP_TOKEN: "xapp-1" }, "SLACK_APP_TOKEN"],
    [
      { HOLDPOINT_TEAMS_ANONYMOUS: "1", PUBLIC_URL: "http://127.0.0.1:3000" },
      "HOLDPOINT_TEAMS_ANONYMOUS",
    ],
    [{ PUBLIC_URL: "http://hold.example.com" }, "PUBLIC_URL"],
    [{ ...slack, SLACK_API_URL: "http://slack.example.com/api/" }, "SLACK_API_URL"],
  ] satisfies [Record<string, string>, string][])("refuses %j", (env, named) => {
    expect(problemsOf({ ...production, ...env }).map((line) => line.split(" ")[0])).toEqual([
      named,
    ]);
  });

  test("an address of all interfaces is no address for links", () => {
    const { PUBLIC_URL: _, ...others } = production;

    expect(problemsOf({ ...others, HOST: "0.0.0.0" })).toEqual([
      expect.stringContaining("PUBLIC_URL must be https://"),
    ]);
  });
});

describe("Slack", () => {
  const slack = {
    SLACK_BOT_TOKEN: "xoxb-1",
    SLACK_SIGNING_SECRET: "8f742231b10e8888abcd99yyyzzz85a5",
  };

  test("a signing secret is long enough as Slack gives it: 32 characters", () => {
    expect(configOf(slack).slack?.signingSecret?.reveal()).toHaveLength(32);
    expect(problemsOf({ ...slack, SLACK_SIGNING_SECRET: "8f74" })).toHaveLength(1);
  });

  test("channels shared with another organization are refused unless they are allowed", () => {
    expect(configOf(slack).slack?.sharedChannels).toBe(false);
    expect(configOf({ ...slack, SLACK_SHARED_CHANNELS: "allow" }).slack?.sharedChannels).toBe(true);
    expect(problemsOf({ ...slack, SLACK_SHARED_CHANNELS: "yes" })).toEqual([
      "SLACK_SHARED_CHANNELS can only be allow.",
    ]);
  });
});

describe("demo mode", () => {
  test.each([
    [{ NODE_ENV: "production" }, "NODE_ENV is production"],
    [{ SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" }, "Slack is configured"],
    [{ HOLDPOINT_TEAMS_ANONYMOUS: "1" }, "Teams is configured"],
    [{ HOST: "0.0.0.0", PUBLIC_URL: "http://localhost:3000" }, "HOST is not a loopback address"],
    [{ PUBLIC_URL: "https://hold.example.com" }, "PUBLIC_URL is not a loopback address"],
  ] satisfies [Record<string, string>, string][])("%j closes it: %s", (env, because) => {
    expect(configOf(env).demo).toEqual({ allowed: false, because: [because] });
  });

  test.each(["127.0.0.1", "127.8.8.8", "localhost", "::1"])("HOST %s leaves it open", (HOST) => {
    expect(configOf({ HOST }).demo.allowed).toBe(true);
  });

  test.each(["127.0.0.1.example.com", "128.0.0.1", "localhost.example.com", "10.0.0.1"])(
    "HOST %s closes it",
    (HOST) => {
      expect(configOf({ HOST }).demo.allowed).toBe(false);
    },
  );
});

test.each([
  "https://x.example.com/path",
  "https://u:p@x.example.com",
  "ftp://x",
  "x",
  "https://x/?q",
])("PUBLIC_URL %s is refused", (PUBLIC_URL) => {
  expect(problemsOf({ PUBLIC_URL })).toHaveLength(1);
});

test("a slash at the end of PUBLIC_URL does not reach the links", () => {
  expect(configOf({ PUBLIC_URL: "https://hold.example.com/" }).publicUrl).toBe(
    "https://hold.example.com",
  );
});

describe("the part that a CI job reads", () => {
  test("is told nothing by what the job's own programs are", () => {
    const env = {
      DATABASE_URL: "postgres://ci/other",
      PORT: "none",
      NODE_ENV: "ci",
      HOLDPOINT_URL: "https://holdpoint.example.com",
      HOLDPOINT_UPLOAD_SECRET: "s".repeat(32),
    };

    const read = readClientConfig(env);

    expect(read).toMatchObject({
      ok: true,
      config: { url: "https://holdpoint.example.com", policyFile: "./policy.example.yaml" },
    });
    expect(JSON.stringify(read)).not.toContain("sss");
  });

  test("names what is wrong in it", () => {
    expect(readClientConfig({ HOLDPOINT_URL: "holdpoint" })).toEqual({
      ok: false,
      problems: ["HOLDPOINT_URL is not like https://holdpoint.example.com (no path)."],
    });
  });
});

test("how long each class is kept is a number of days, and no name of it is misspelt in silence", () => {
  expect(configOf({ HOLDPOINT_KEEP_MESSAGES: "7" }).keep.messages).toBe(7 * day);
  for (const name of ["DELIVERIES", "MESSAGES", "RECEIPTS", "SESSIONS"])
    for (const wrong of ["0", "-1", "30d", "1.5", "10000", "forever"])
      expect(problemsOf({ [`HOLDPOINT_KEEP_${name}`]: wrong })).toEqual([
        `HOLDPOINT_KEEP_${name} is not a number of days from 1 to 9999.`,
      ]);
  const [misspelt] = problemsOf({ HOLDPOINT_KEEP_MESSAGE: "7" });
  expect(misspelt).toContain("HOLDPOINT_KEEP_MESSAGE is not a variable of Holdpoint");
  expect(misspelt).toContain("HOLDPOINT_KEEP_MESSAGES");
});
