import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DoctorFinding } from "../../../src/app/ports.ts";
import { examine, examineApp } from "../../../src/chat/slack/doctor/doctor.ts";
import { questionsTo } from "../../../src/chat/slack/doctor/doctor-client.ts";
import type { DoctorContext } from "../../../src/chat/slack/doctor/doctor-context.ts";
import { scopes } from "../../../src/chat/slack/doctor/scopes.ts";
import type { Person } from "../../../src/core/people/person.ts";
import { assistant, type Key, oncall, people } from "../../support/builders.ts";

/** The doctor, through the real client, against a Slack that says what each test has it say. */

const now = Date.UTC(2026, 10, 23, 8);
const team = "T0ACME0001";
const slackId = (key: string) => `U0${key.toUpperCase()}0001`;
const everyone: readonly Key[] = ["ana", "bob", "chidi", "dana", "erin", "frank"];
const granted = scopes.map(({ name }) => name).join(",");

type Said = Readonly<Record<string, unknown>>;
interface Slack {
  /** What it says of an account or a channel, by id; else all is well. */
  readonly says?: Readonly<Record<string, Said>>;
  readonly self?: Said;
  readonly scopes?: string | null;
  readonly date?: number;
  /** HTTP status of every answer. */
  readonly status?: number;
}

const good = (method: string, of: string): Said =>
  method === "conversations.info"
    ? { ok: true, channel: { id: of, name: "model-risk", is_member: true } }
    : { ok: true, user: { id: of, team_id: team } };

const identity = { ok: true, team: "Acme", team_id: team, user: "holdpoint", bot_id: "B01" };

/** Answers on a free port of this machine; says what was asked. */
async function slackThat({
  says = {},
  self = identity,
  scopes: header = granted,
  date = now,
  status = 200,
}: Slack) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const method = (request.url ?? "").replace("/api/", "");
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const sent = new URLSearchParams(body);
      const of = sent.get("user") ?? sent.get("channel") ?? "";
      asked.push(`${method} ${of}`.trim());
      response.sendDate = false;
      response.writeHead(status, {
        "content-type": "application/json",
        date: new Date(date).toUTCString(),
        ...(header === null ? {} : { "x-oauth-scopes": header }),
        ...(status === 429 ? { "retry-after": "30" } : {}),
      });
      response.end(JSON.stringify(method === "auth.test" ? self : (says[of] ?? good(method, of))));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  const { port } = server.address() as AddressInfo;
  return { apiUrl: `http://127.0.0.1:${port}/api/`, asked };
}

const withSlack = (more: Partial<Record<Key, Partial<Person>>>): DoctorContext["people"] =>
  new Map(
    [...people.values()].map((person) => {
      const key = everyone.find((name) => name === person.key);
      return [person.id, { ...person, slack: slackId(person.key), ...(key ? more[key] : {}) }];
    }),
  );

const channels: DoctorContext["policy"]["channels"] = new Map([
  ["model-risk", { id: "model-risk", slack: "C0RISK0001", teams: null }],
]);

const policy: DoctorContext["policy"] = {
  channels,
  schedules: new Map([[oncall.id, oncall]]),
  deployments: new Map([[assistant.id, assistant]]),
  unmatchedChannel: null,
};

const contextOn = (apiUrl: string, more: Partial<DoctorContext> = {}): DoctorContext => ({
  ask: questionsTo({ token: "xoxb-1", apiUrl }),
  clock: { now: () => now },
  people: withSlack({}),
  policy,
  sharedChannels: false,
  idNow: async (name) => name,
  ...more,
});

async function examined(slack: Slack = {}, more: Partial<DoctorContext> = {}) {
  const { apiUrl, asked } = await slackThat(slack);
  const findings = await examine(contextOn(apiUrl, more));
  return { findings, asked, bad: findings.filter(({ is }) => is !== "ok") };
}

function only(bad: readonly DoctorFinding[]): DoctorFinding {
  expect(bad).toHaveLength(1);
  return bad[0]!;
}

describe("a Slack that is set up well", () => {
  test("gives nothing but good findings, each without anything to do", async () => {
    const { findings, bad } = await examined();

    expect(bad).toEqual([]);
    expect(findings.map(({ fix }) => fix).join("")).toBe("");
    expect(findings[0]?.what).toBe(
      "Slack takes the token: the app is holdpoint in the workspace Acme.",
    );
  });

  test("is asked once about itself, each channel and each person, and about nobody else", async () => {
    const { asked } = await examined();

    expect([...asked].sort()).toEqual(
      ["auth.test", "conversations.info C0RISK0001"]
        .concat(everyone.map((key) => `users.info ${slackId(key)}`))
        .sort(),
    );
  });

  test("has everybody a schedule will ever name examined, with what they are asked for", async () => {
    const { findings } = await examined();

    const ana = findings.find(({ what }) => what.startsWith("Ana Ruiz"));
    expect(ana?.what).toContain("acknowledges for Assistant (production)");
    expect(findings.some(({ what }) => what.startsWith("Bob Okafor"))).toBe(true);
  });
});

describe("the token", () => {
  test.each(["invalid_auth", "account_inactive", "token_revoked"])(
    "that Slack refuses as %s is the only finding besides the clock, and nobody else is asked about",
    async (error) => {
      const { bad, asked } = await examined({ self: { ok: false, error } });

      expect(only(bad)).toMatchObject({ is: "wrong", what: expect.stringContaining(error) });
      expect(only(bad).fix).toContain("SLACK_BOT_TOKEN");
      expect(asked).toEqual(["auth.test"]);
    },
  );

  test("cannot be examined where Slack is not there, which is said without the token", async () => {
    const findings = await examine(contextOn("http://127.0.0.1:1/api/"));

    expect(only(findings)).toMatchObject({ is: "wrong" });
    expect(only(findings).what).toContain("nobody is reached by Slack");
    expect(JSON.stringify(findings)).not.toContain("xoxb");
  });

  test("that Slack answers with an error page is not taken for a wrong token", async () => {
    const { bad } = await examined({ status: 503 });

    expect(only(bad).what).toContain("HTTP 503");
  });

  test("is not called wrong where Slack only asks to wait", async () => {
    const { bad } = await examined({ status: 429 });

    expect(only(bad)).toMatchObject({ is: "warning", what: expect.stringContaining("30 s") });
  });

  test("alone is what readiness asks about: no channel and nobody's account", async () => {
    const { apiUrl, asked } = await slackThat({ says: { [slackId("chidi")]: { ok: false } } });

    const { findings } = await examineApp(contextOn(apiUrl));

    expect(asked).toEqual(["auth.test"]);
    expect(findings.every(({ is }) => is === "ok")).toBe(true);
  });
});

describe("scopes", () => {
  test.each(scopes)(
    "$name, when missing, is named with what goes wrong",
    async ({ name, without }) => {
      const others = scopes.filter((scope) => scope.name !== name).map((scope) => scope.name);

      const { bad } = await examined({ scopes: others.join(",") });

      expect(only(bad)).toEqual({
        is: "wrong",
        what: `The scope ${name} is missing: ${without}.`,
        fix: expect.stringContaining("install the app again"),
      });
    },
  );

  test("beyond the manifest are a warning: a stolen token can do more", async () => {
    const { bad } = await examined({ scopes: `${granted},files:write` });

    expect(only(bad)).toMatchObject({
      is: "warning",
      what: expect.stringContaining("files:write"),
    });
  });

  test("that Slack does not tell are not taken for granted ones", async () => {
    const { bad } = await examined({ scopes: null });

    expect(only(bad).is).toBe("warning");
  });
});

describe("the clock", () => {
  test.each([
    [61_000, "61 s behind"],
    [-61_000, "61 s ahead of"],
  ])("that is %d ms from Slack's is wrong", async (off, words) => {
    const { bad } = await examined({ date: now + off });

    expect(only(bad)).toMatchObject({ is: "wrong", what: expect.stringContaining(words) });
  });

  test.each([60_000, -60_000])("that is %d ms from Slack's is good", async (off) => {
    const { bad } = await examined({ date: now + off });

    expect(bad).toEqual([]);
  });

  test("is told also where the token is refused", async () => {
    const { bad } = await examined({
      date: now + 600_000,
      self: { ok: false, error: "invalid_auth" },
    });

    expect(bad.map(({ what }) => what).join()).toMatch(/clock.*invalid_auth/);
  });
});

describe("a channel of the policy", () => {
  const channel = (fields: Said): Slack => ({
    says: { C0RISK0001: { ok: true, channel: { name: "model-risk", is_member: true, ...fields } } },
  });

  test.each([
    ["is archived", { is_archived: true, is_member: false }, "is archived"],
    ["lacks the app", { is_member: false }, "not a member"],
    ["is shared by Slack Connect", { is_ext_shared: true }, "Slack Connect"],
    ["is about to be shared", { is_pending_ext_shared: true }, "Slack Connect"],
  ])("that %s is wrong, and named with whose cards do not arrive", async (_, fields, words) => {
    const { bad } = await examined(channel(fields));

    expect(only(bad)).toMatchObject({ is: "wrong", what: expect.stringContaining(words) });
    expect(only(bad).what).toMatch(/model-risk.*Assistant \(production\)/);
    expect(only(bad).fix).not.toBe("");
  });

  test("that is shared is a warning where that is allowed", async () => {
    const { bad } = await examined(channel({ is_ext_shared: true }), { sharedChannels: true });

    expect(only(bad).is).toBe("warning");
  });

  test("that other workspaces of the same organization share is good", async () => {
    const { bad } = await examined(channel({ is_shared: true, is_org_shared: true }));

    expect(bad).toEqual([]);
  });

  test.each([
    ["channel_not_found", "wrong", "/invite @Holdpoint"],
    ["missing_scope", "wrong", "manifest.json"],
    ["internal_error", "warning", "Run this again"],
  ])("of which Slack says %s is %s", async (error, is, fix) => {
    const { bad } = await examined({ says: { C0RISK0001: { ok: false, error } } });

    expect(only(bad)).toMatchObject({ is, fix: expect.stringContaining(fix) });
  });

  test("that Slack calls otherwise now is examined under its new id, which the policy should name", async () => {
    const { bad, asked } = await examined({}, { idNow: async () => "C0RISK0099" });

    expect(only(bad)).toMatchObject({
      is: "warning",
      what: expect.stringContaining("C0RISK0099 now; the policy names it C0RISK0001"),
      fix: expect.stringContaining("channels.model-risk.slack"),
    });
    expect(asked).toContain("conversations.info C0RISK0099");
    expect(asked).not.toContain("conversations.info C0RISK0001");
  });

  test("without a Slack id is a warning, and Slack is not asked", async () => {
    const none = new Map([["model-risk", { id: "model-risk", slack: null, teams: "19:x" }]]);

    const { bad, asked } = await examined({}, { policy: { ...policy, channels: none } });

    expect(only(bad).is).toBe("warning");
    expect(asked.join()).not.toContain("conversations.info");
  });
});

describe("a person the policy names", () => {
  const chidi = (fields: Said): Slack => ({
    says: { [slackId("chidi")]: { ok: true, user: { team_id: team, ...fields } } },
  });

  test.each([
    ["is deactivated", { deleted: true }, "deactivated"],
    ["is a guest of several channels", { is_restricted: true }, "guest"],
    ["is a guest of one channel", { is_ultra_restricted: true }, "guest"],
    ["is a bot", { is_bot: true }, "bot"],
    ["is of another workspace", { team_id: "T0OTHER001" }, "another workspace"],
    ["comes through Slack Connect", { is_stranger: true }, "another workspace"],
  ])(
    "whose account %s is wrong, by name and with what they are asked for",
    async (_, fields, words) => {
      const { bad } = await examined(chidi(fields));

      expect(only(bad)).toMatchObject({ is: "wrong", what: expect.stringContaining(words) });
      expect(only(bad).what).toContain("Chidi Lindt (decides on Assistant (production)");
      expect(only(bad).fix).not.toBe("");
    },
  );

  test("who comes from another workspace of the organization, but is in ours too, is good", async () => {
    const { bad } = await examined(
      chidi({ team_id: "T0OTHER001", enterprise_user: { teams: [team, "T0OTHER001"] } }),
    );

    expect(bad).toEqual([]);
  });

  test.each([
    ["user_not_found", "wrong", "people.chidi.slack"],
    ["missing_scope", "wrong", "manifest.json"],
    ["fatal_error", "warning", "Run this again"],
  ])("of whom Slack says %s is %s", async (error, is, fix) => {
    const { bad } = await examined({ says: { [slackId("chidi")]: { ok: false, error } } });

    expect(only(bad)).toMatchObject({ is, fix: expect.stringContaining(fix) });
    expect(only(bad).what).toContain("Chidi Lindt");
  });

  test.each([
    [null, "wrong"],
    ["6f1c1f0e-0000-4000-8000-000000000003", "warning"],
  ])("without a Slack id and with %j for Teams is %s", async (teams, is) => {
    const { bad } = await examined({}, { people: withSlack({ chidi: { slack: null, teams } }) });

    expect(only(bad)).toMatchObject({ is, fix: expect.stringContaining("people.chidi.slack") });
  });

  test("is named once, with everything they are asked for", async () => {
    const { findings } = await examined();

    const erin = findings.filter(({ what }) => what.startsWith("Erin Sato"));
    expect(erin.map(({ what }) => what)).toEqual([
      "Erin Sato (deputy for Assistant (production); approves resumes of Assistant (production)) is reached by Slack.",
    ]);
  });

  test("is the only kind examined: an account nobody names is nobody's business", async () => {
    const { findings } = await examined();

    expect(findings.some(({ what }) => what.includes("Gina"))).toBe(false);
  });
});
