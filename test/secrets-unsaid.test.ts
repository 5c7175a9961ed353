import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { loadLogKey } from "../src/keys.ts";
import { readPolicyText } from "../src/policy-file.ts";
import { secretProblems } from "../src/secret-problems.ts";

/** Whatever is given in place of something else: no line says a secret back. */

const pem = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString();
const [, body = ""] = pem.split("\n");
const password = "hunter2-hunter2";

function lines(env: Record<string, string>): string {
  const read = readConfig(env);
  return read.ok ? "" : read.problems.join("\n");
}

function thrownBy(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return inspect(error, { depth: 9, showHidden: true });
  }
}

test.each([
  ["the body alone", body],
  ["without the header line", pem.split("\n").slice(1).join("\n")],
  ["on one line without the header", pem.split("\n").slice(1).join("\\n")],
  ["with the header's dashes lost", pem.replaceAll("-----", "")],
  ["in quotes", `"${body}"`],
  ["as a data address", `data:;base64,${body}`],
  ["behind a path", `./${body}`],
])("a log key %s is refused, and not one piece of it is said", (_what, pemOrPath) => {
  const said = thrownBy(() => loadLogKey({ pemOrPath, origin: "localhost/holdpoint" }));

  expect(said).toContain("HOLDPOINT_LOG_KEY has no -----BEGIN line");
  expect(said).not.toContain(body.slice(-24));
});

test("a damaged key with its header is refused without a piece of it", () => {
  const damaged = pem.replace("MC4C", "MC4D");

  const said = thrownBy(() => loadLogKey({ pemOrPath: damaged, origin: "localhost/holdpoint" }));

  expect(said).toContain("The log key is not");
  expect(said).not.toContain(body.slice(-24));
});

test("a key in place of the log's name is not said either", () => {
  const said = thrownBy(() => loadLogKey({ pemOrPath: pem, origin: `${body} ` }));

  expect(said).not.toContain(body.slice(-24));
});

const [der = ""] = [body, Buffer.from(body, "base64").toString("hex")].slice(1);

test.each([
  "HOLDPOINT_ORIGIN",
  "HOLDPOINT_DATA",
  "HOLDPOINT_POLICY",
  "PUBLIC_URL",
  "HOST",
  "HOLDPOINT_OPERATOR_TOKEN",
  "SLACK_API_URL",
])(
  "the log's key in place of %s is refused before it becomes a name, a path or an address",
  (name) => {
    for (const key of [
      body,
      `./${body}`,
      pem,
      pem.replaceAll("\n", "\\n"),
      der,
      der.toUpperCase(),
    ]) {
      const said = lines({ [name]: key });

      expect(said).toContain(`${name} holds a private key: that belongs in HOLDPOINT_LOG_KEY.`);
      expect(said).not.toContain(key.slice(-24));
    }
  },
);

test.each([
  `postgres://holdpoint:${password}/x@db/holdpoint`,
  `postgres://holdpoint:${password}#x@db/holdpoint`,
  `postgres://holdpoint:${password}?x@db/holdpoint`,
  `postgres://holdpoint:${password}@x@db/holdpoint`,
  `mysql://holdpoint:${password}@db/holdpoint`,
  `${password}`,
])("the database's address %# with signs within its password is one line without it", (url) => {
  const said = lines({ DATABASE_URL: url, HOLDPOINT_ORIGIN: "a/b", HOLDPOINT_LOG_KEY: "x" });

  expect(said).toMatch(/^DATABASE_URL /);
  expect(said).not.toContain("hunter2");
});

test.each([
  "postgres://holdpoint@db/holdpoint",
  "postgres://holdpoint:p%40ss%2Fword@db:5432/holdpoint?sslmode=require",
  "postgresql://a:b@one:5432,two:5433/holdpoint?target_session_attrs=read-write",
  "postgres:///holdpoint?host=/run/postgresql",
])("%s is an address as it should be", (url) => {
  const said = lines({ DATABASE_URL: url, HOLDPOINT_ORIGIN: "a/b", HOLDPOINT_LOG_KEY: "x" });

  expect(said).toBe("");
});

const wrong = "s3cret-in-the-wrong-place";

test.each([
  "HOLDPOINT_OPERATOR_TOKEN",
  "HOLDPOINT_AUDITOR_TOKEN",
  "HOLDPOINT_GATEWAY_TOKEN",
  "SLACK_BOT_TOKEN",
  "SLACK_SIGNING_SECRET",
  "SLACK_APP_TOKEN",
  "SLACK_API_URL",
  "MICROSOFT_APP_PASSWORD",
  "MICROSOFT_APP_ID",
  "MICROSOFT_APP_TENANT_ID",
  "PUBLIC_URL",
  "HOLDPOINT_TEAMS_TENANTS",
  "PORT",
  "HOLDPOINT_DB_WAIT",
  "LOG_LEVEL",
  "NODE_ENV",
])("what is wrong with %s is told without what it holds", (name) => {
  const said = lines({ [name]: wrong });

  expect(said).toContain(name);
  expect(said).not.toContain(wrong);
});

test("a secret of a source is named, never shown, whatever it looks like", () => {
  const short = "whsec_c2hvcnQ=";
  const problems = secretProblems(
    [{ of: "the secret of source signals", reference: "env:SIGNALS", is: "base64" }],
    () => {
      const read = readConfig({ SIGNALS: short });
      return read.ok ? read.config.secretFor("env:SIGNALS") : undefined;
    },
  );

  expect(problems.join()).toContain("SIGNALS has");
  expect(problems.join()).not.toContain("c2hvcnQ");
});

test("a policy that holds a secret where its name should be is refused without it", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const auth = `auth: { standardWebhooks: "env:${secret}" }`;
  const yaml = `holdpoint: 1\nsources:\n  signals:\n    type: signal\n    ${auth}\n`;

  const read = readPolicyText("policy.yaml", yaml);

  expect(read.ok).toBe(false);
  expect(inspect(read, { depth: 9 })).not.toContain(secret.slice(8));
});
