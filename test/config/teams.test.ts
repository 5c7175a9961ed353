import { describe, expect, test } from "vitest";
import { configOf, problemsOf } from "../support/config.ts";

const secret = "p".repeat(32);

describe("Teams", () => {
  const app = "0b2d5b1a-0000-4000-8000-00000000000a";
  const home = "0b2d5b1a-0000-4000-8000-0000000000aa";
  const other = "0b2d5b1a-0000-4000-8000-0000000000bb";
  const bot = { MICROSOFT_APP_ID: app, MICROSOFT_APP_PASSWORD: secret };
  const single = { ...bot, MICROSOFT_APP_TENANT_ID: home };

  test("a bot of one tenant takes people from that tenant", () => {
    expect(configOf(single).teams).toMatchObject({
      appId: app,
      tenantId: home,
      type: "SingleTenant",
      tenants: [home],
      anonymous: false,
    });
  });

  test("people are taken from the tenants that are listed, and from no other", () => {
    const listed = { HOLDPOINT_TEAMS_TENANTS: ` ${home.toUpperCase()}, ${other} ` };

    expect(configOf({ ...single, ...listed }).teams?.tenants).toEqual([home, other]);
    expect(configOf({ ...single, HOLDPOINT_TEAMS_TENANTS: other }).teams?.tenants).toEqual([other]);
    expect(configOf({ ...bot, ...listed, MICROSOFT_APP_TYPE: "MultiTenant" }).teams).toMatchObject({
      type: "MultiTenant",
      tenants: [home, other],
    });
  });

  test("ids are kept in lower case, as activities carry them", () => {
    const loud = {
      MICROSOFT_APP_ID: app.toUpperCase(),
      MICROSOFT_APP_TENANT_ID: home.toUpperCase(),
    };

    expect(configOf({ ...single, ...loud }).teams).toMatchObject({ appId: app, tenantId: home });
  });

  test.each([
    [{ MICROSOFT_APP_ID: "holdpoint" }, "MICROSOFT_APP_ID"],
    [{ MICROSOFT_APP_ID: `${app}0` }, "MICROSOFT_APP_ID"],
    [{ MICROSOFT_APP_ID: ` ${app}` }, "MICROSOFT_APP_ID"],
    [{ MICROSOFT_APP_TENANT_ID: "contoso.onmicrosoft.com" }, "MICROSOFT_APP_TENANT_ID"],
    [{ MICROSOFT_APP_TYPE: "UserAssignedMSI" }, "MICROSOFT_APP_TYPE"],
    [{ HOLDPOINT_TEAMS_TENANTS: "*" }, "HOLDPOINT_TEAMS_TENANTS"],
    [{ HOLDPOINT_TEAMS_TENANTS: "," }, "HOLDPOINT_TEAMS_TENANTS"],
    [{ HOLDPOINT_TEAMS_TENANTS: `${home},` }, "HOLDPOINT_TEAMS_TENANTS"],
    [{ HOLDPOINT_TEAMS_TENANTS: `${home} ${other}` }, "HOLDPOINT_TEAMS_TENANTS"],
    [{ HOLDPOINT_TEAMS_TENANTS: `${home},common` }, "HOLDPOINT_TEAMS_TENANTS"],
    [{ HOLDPOINT_TEAMS_ANONYMOUS: "yes" }, "HOLDPOINT_TEAMS_ANONYMOUS"],
  ] satisfies [Record<string, string>, string][])("%j is refused in one line", (env, named) => {
    const lines = problemsOf({ ...single, ...env });

    expect(lines.map((line) => line.split(" ")[0])).toEqual([named]);
  });

  test.each([
    [{ MICROSOFT_APP_ID: app }, ["MICROSOFT_APP_PASSWORD", "MICROSOFT_APP_TENANT_ID"]],
    [bot, ["MICROSOFT_APP_TENANT_ID"]],
    [{ ...bot, MICROSOFT_APP_TYPE: "SingleTenant" }, ["MICROSOFT_APP_TENANT_ID"]],
    [{ ...single, MICROSOFT_APP_TYPE: "MultiTenant" }, ["HOLDPOINT_TEAMS_TENANTS"]],
    [
      { ...single, MICROSOFT_APP_TYPE: "MultiTenant", HOLDPOINT_TEAMS_TENANTS: "" },
      ["HOLDPOINT_TEAMS_TENANTS"],
    ],
  ] satisfies [Record<string, string>, string[]][])("%j asks for %j", (env, named) => {
    expect(problemsOf(env).map((line) => line.split(" ")[0])).toEqual(named);
  });

  test.each([
    { MICROSOFT_APP_PASSWORD: secret },
    { MICROSOFT_APP_TENANT_ID: home },
    { MICROSOFT_APP_TYPE: "MultiTenant" },
    { HOLDPOINT_TEAMS_TENANTS: home },
    { ...single, MICROSOFT_APP_ID: "" },
  ])("nothing starts without an app id once %j says that there is a bot", (env) => {
    expect(problemsOf(env)).toEqual([
      expect.stringMatching(/^MICROSOFT_APP_ID is required with [A-Z_]+: .*accepts anybody\.$/),
    ]);
  });

  test("the local test client may come unsigned, to this machine alone", () => {
    const anonymous = { HOLDPOINT_TEAMS_ANONYMOUS: "1" };

    expect(configOf(anonymous).teams).toMatchObject({ appId: "", tenants: [], anonymous: true });
    expect(configOf({ ...anonymous, HOLDPOINT_TEAMS_TENANTS: home }).teams?.tenants).toEqual([
      home,
    ]);
  });

  test.each([
    { HOST: "0.0.0.0" },
    { HOST: "0.0.0.0", PUBLIC_URL: "http://localhost:3000" },
    { PUBLIC_URL: "https://holdpoint.example.com" },
    bot,
    { ...single },
    { MICROSOFT_APP_PASSWORD: secret },
  ])("unsigned activities are refused with %j", (env) => {
    const lines = problemsOf({ ...env, HOLDPOINT_TEAMS_ANONYMOUS: "1" });

    expect(lines.at(-1)).toMatch(/^HOLDPOINT_TEAMS_ANONYMOUS is /);
  });
});
