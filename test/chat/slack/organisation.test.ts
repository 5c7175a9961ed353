import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { examine } from "../../../src/chat/slack/doctor/doctor.ts";
import { questionsTo } from "../../../src/chat/slack/doctor/doctor-client.ts";
import { encodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { accountIn, type Ours, whyNot } from "../../../src/chat/slack/inbound/membership.ts";
import { assistant } from "../../support/builders.ts";
import type { SlackServer } from "../../support/slack-server.ts";
import type { Json } from "../../support/slack-types.ts";
import { chidi } from "../console/cards.ts";
import { openEndpoint, risk, type TestEndpoint } from "./endpoint-world.ts";
import { accountOf, act, pause, pressed, resume } from "./hostile.ts";
import { form, said, team } from "./samples.ts";

/**
 * An organization of several workspaces (Enterprise Grid): its people count, wherever they are at
 * home and from whichever of its workspaces they speak; people of another organization do not.
 * Where Slack does not say, nobody counts who seems to be elsewhere.
 */

const ours = "T0ACME0001";
const other = "T0OTHER001";
const organization = "E0ACME0001";
const account = "U0CHIDI001";

/** Somebody of our organization whose home is another of its workspaces. */
const colleague: Json = {
  team_id: other,
  enterprise_user: { enterprise_id: organization, teams: [ours, other] },
};
const grid: Json = { enterprise_id: organization };
/** What Slack says of a token that is good in the whole organization. */
const wholeOrganization: Json = { ...grid, team_id: organization, is_enterprise_install: true };

const openGrid = (told: Json = colleague, self: Json = grid): Promise<TestEndpoint> =>
  openEndpoint({
    slack: (slack) => {
      slack.says("auth.test", self);
      slack.says(account, told);
    },
  });

const elsewhere = { id: account, team_id: other };
const enterprise = { id: organization, name: "Acme" };

const pressBy = (line: string, more: Json) => (endpoint: TestEndpoint) =>
  endpoint.post({
    payload: { ...pressed(endpoint, "chidi", { value: encodePress(act(line)) }), ...more },
  });

const commandFrom =
  (line: string, more: Readonly<Record<string, string>>) => (endpoint: TestEndpoint) =>
    endpoint.post({ form: { ...endpoint.bodies.command("chidi", line).form, ...more } });

const mentionFrom = (line: string, event: Json, envelope: Json) => (endpoint: TestEndpoint) => {
  const mention = { type: "app_mention", user: account, channel: risk, ts: "1763868000.000100" };
  const whole = { ...mention, text: `<@U0HOLDPOINT> ${line}`, ...event };
  return endpoint.post({ event: { ...endpoint.bodies.event(whole), ...envelope } });
};

const shown = async (endpoint: TestEndpoint, response: Response): Promise<string> =>
  [await response.text(), ...endpoint.slack.ephemerals, ...endpoint.slack.views]
    .map((slackView) => JSON.stringify(slackView))
    .join("\n");

const authorized = (more: Json): Json => ({
  authorizations: [{ user_id: "U0HOLDPOINT", is_bot: true, ...more }],
});

interface Way {
  readonly name: string;
  readonly send: (line: string) => (endpoint: TestEndpoint) => Promise<Response>;
  /** Whether the envelope itself says that they are of our workspace. */
  readonly plain?: true;
}

/** The ways in which Slack names another workspace of the organization. */
const ways: readonly Way[] = [
  {
    name: "a press by somebody whose home is another",
    send: (line) => pressBy(line, { user: elsewhere, enterprise }),
  },
  {
    name: "a press in another",
    send: (line) => pressBy(line, { team: { id: other }, enterprise }),
  },
  {
    name: "a press where the app is installed for all",
    send: (line) => pressBy(line, { team: null, user: elsewhere, enterprise }),
  },
  {
    name: "a command in another",
    send: (line) => commandFrom(`/${line}`, { team_id: other, enterprise_id: organization }),
  },
  {
    name: "a mention in a channel of two, sent by the other",
    send: (line) =>
      mentionFrom(line, { team: ours }, { team_id: other, ...authorized({ team_id: ours }) }),
    plain: true,
  },
  {
    name: "a mention by somebody whose home is another",
    send: (line) => mentionFrom(line, { team: other, user_team: other, source_team: other }, {}),
  },
  {
    name: "a mention that does not say whose it is, sent by the other",
    send: (line) => mentionFrom(line, {}, { team_id: other, ...authorized({ team_id: ours }) }),
  },
  {
    name: "a mention where the app is installed for all",
    send: (line) => {
      const all = { team_id: null, enterprise_id: organization, is_enterprise_install: true };
      const envelope = { team_id: other, enterprise_id: organization, ...authorized(all) };
      return mentionFrom(line, { team: other }, envelope);
    },
  },
];

const lines = ["pause assistant-prod", "resume assistant-prod because it is mended"];

describe.each([
  ["one workspace of the organization", grid],
  ["the whole organization", wholeOrganization],
])("with the app installed in %s,", (_where, self) => {
  describe.each(ways)("$name", ({ send, plain }) => {
    test("counts", async () => {
      for (const line of lines) {
        const endpoint = await openGrid(colleague, self);

        const response = await send(line)(endpoint);

        expect(await shown(endpoint, response)).toContain(`Done: ${line}`);
        expect(endpoint.said).toMatchObject([{ speaker: accountOf("chidi"), line }]);
      }
    });

    test("counts for nobody of another organization", async () => {
      const stranger = {
        team_id: other,
        enterprise_user: { enterprise_id: "E0OTHER001", teams: [other] },
      };
      for (const line of plain ? lines.slice(1) : lines) {
        const endpoint = await openGrid(stranger, self);

        const response = await send(line)(endpoint);

        expect(await shown(endpoint, response)).toContain("another workspace");
        expect(endpoint.said).toEqual([]);
      }
    });

    test("counts for nobody of whom Slack does not say it, with what to do", async () => {
      for (const line of plain ? lines.slice(1) : lines) {
        const endpoint = await openGrid(colleague, self);
        endpoint.slack.fault = ({ method }) =>
          method === "users.info" ? { done: false, answer: null } : null;

        const response = await send(line)(endpoint);

        expect(await shown(endpoint, response)).toMatch(
          /Slack does not (?:say|confirm).*login link/,
        );
        expect(endpoint.said).toEqual([]);
      }
    });
  });
});

describe("somebody whose home is another workspace", () => {
  const press = pressBy("pause HP-142", { user: elsewhere, enterprise });

  test("stops something though Slack says nothing now, where it said before that they are ours", async () => {
    const endpoint = await openGrid();
    await press(endpoint);
    endpoint.slack.fault = ({ method }) =>
      method === "users.info" ? { done: false, answer: null } : null;
    endpoint.state.now += 3_600_000;

    await pressBy("narrow HP-142", { user: elsewhere, enterprise })(endpoint);

    expect(endpoint.said.map(({ line }) => line)).toEqual(["pause HP-142", "narrow HP-142"]);
  });

  test("opens forms, sees their home, and submits", async () => {
    const endpoint = await openGrid();
    const value = encodePress({ ...said, line: "pause HP-142", form: form() });
    const opening = {
      ...pressed(endpoint, "chidi", { value, action: "hp:form:1" }),
      user: elsewhere,
      enterprise,
    };

    await endpoint.post({ payload: opening });
    const [opened] = endpoint.slack.views;
    const submission = endpoint.bodies.submission("chidi", opened?.view ?? {}, {});
    await endpoint.post({ payload: { ...submission, user: elsewhere, team: null, enterprise } });

    expect(endpoint.said).toMatchObject([{ speaker: accountOf("chidi"), line: "pause HP-142" }]);
    await expect.poll(() => endpoint.slack.home(account)).toBeDefined();
  });

  test("is a guest where Slack says so, and resumes nothing", async () => {
    const endpoint = await openGrid({ ...colleague, is_restricted: true });

    const response = await pressBy(lines[1] ?? "", { user: elsewhere, enterprise })(endpoint);

    expect(await shown(endpoint, response)).toContain("a guest's");
    expect(endpoint.said).toEqual([]);
  });
});

test("an account whose id begins with W counts like one that begins with U", async () => {
  const endpoint = await openEndpoint();

  await endpoint.post({
    form: { ...endpoint.bodies.command("frank", pause).form, user_id: "W0FRANK001" },
  });

  expect(endpoint.said).toMatchObject([{ speaker: { account: { id: "W0FRANK001" } } }]);
});

test("in a conversation that Slack does not show, a resume says where to say it, and a stop counts", async () => {
  for (const error of ["missing_scope", "channel_not_found"]) {
    const endpoint = await openEndpoint();
    endpoint.slack.fault = ({ method }) =>
      method === "conversations.info"
        ? { done: false, answer: { status: 200, body: { ok: false, error } } }
        : null;

    const refused = await endpoint.type("chidi", resume);
    await endpoint.type("chidi", pause);

    expect(refused.text).toContain("Write to the app directly");
    expect(endpoint.said.map(({ line }) => line)).toEqual(["pause assistant-prod"]);
  }
});

/** What Slack may say of one account. */
const told: readonly [string, Json][] = [
  ["plain", { team_id: ours }],
  ["of a colleague", colleague],
  [
    "of a colleague, without a workspace",
    { team_id: undefined, enterprise_user: { enterprise_id: organization } },
  ],
  [
    "of a colleague, without the organization",
    { team_id: other, enterprise_user: { teams: [ours] } },
  ],
  ["of a colleague, only in the profile", { team_id: undefined, profile: { team: ours } }],
  ["of another workspace", { team_id: other }],
  [
    "of another organization",
    { team_id: other, enterprise_user: { enterprise_id: "E0X", teams: [other] } },
  ],
  ["of another organization in a channel of both", { team_id: other, is_stranger: true }],
  ["nothing", { team_id: undefined }],
  ["of a guest", { ...colleague, is_restricted: true }],
  ["of a closed account", { ...colleague, deleted: true }],
  ["of an app", { ...colleague, is_bot: true }],
  ["of a workflow", { ...colleague, is_workflow_bot: true }],
  ["that there is none", { error: "user_not_found" }],
];

/** What the doctor finds of Chidi's account. */
async function found(slack: SlackServer): Promise<string> {
  const findings = await examine({
    ask: questionsTo({ token: "xoxb-for-tests", apiUrl: slack.apiUrl }),
    clock: { now: Date.now },
    people: team,
    policy: {
      channels: new Map(),
      schedules: new Map(),
      unmatchedChannel: null,
      deployments: new Map([[assistant.id, { ...assistant, owner: chidi.id }]]),
    },
    sharedChannels: false,
    idNow: async (id) => id,
  });
  return findings.find(({ what }) => what.includes("Chidi Lindt"))?.is ?? "not looked at";
}

test.each(told)(
  "what Slack says %s means the same to the doctor and to the doors",
  async (_what, says) => {
    const endpoint = await openGrid(says);

    await endpoint.type("chidi", resume);

    expect(await found(endpoint.slack)).toBe(endpoint.said.length === 1 ? "ok" : "wrong");
  },
);

const home = fc.record({
  team: fc.constantFrom("", ours, other, "T0THIRD001"),
  enterprise: fc.constantFrom("", organization, "E0OTHER001"),
  teams: fc.subarray([ours, other, "T0THIRD001"]),
  stranger: fc.boolean(),
});
const where = fc.record({
  team: fc.constantFrom("", ours, organization),
  enterprise: fc.constantFrom("", organization),
});

test("nobody becomes one of ours by an empty id, or by speaking from elsewhere", () => {
  fc.assert(
    fc.property(home, where, (of, here: Ours) => {
      const account = { is: "member", ...of } as const;
      const [near, far] = [whyNot(account, here), whyNot(account, here, true)];
      const shares =
        (here.enterprise !== "" && of.enterprise === here.enterprise) ||
        (here.team !== "" && [of.team, ...of.teams].includes(here.team));

      expect(near === null).toBe(shares && !of.stranger);
      if (far === null) expect(near).toBeNull();
    }),
  );
});

test("an account of which Slack says nothing at all counts for nobody", () => {
  expect(whyNot(accountIn({}), { team: ours, enterprise: organization })).toBe("unsaid");
});
