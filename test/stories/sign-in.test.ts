import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { type Kind, oneDatabase } from "../support/databases.ts";
import { everyRow } from "../support/every-row.ts";
import { operatorToken } from "../support/keys.ts";
import { clientSecret, type Issuer, startIssuer } from "../support/oidc-issuer.ts";
import { type Browser, browserAt, plain } from "../support/process.ts";
import { atIssuer, bySubject, issuerEnv, signInAt } from "../support/sign-in.ts";
import { tenant } from "../support/teams-server.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

const open = async (kind: Kind): Promise<{ readonly world: World; readonly issuer: Issuer }> => {
  const issuer = await startIssuer();
  const world = await openWorld(kind, { env: issuerEnv(issuer), policy: bySubject });
  return { world, issuer };
};

const visitor = (world: World): Browser => browserAt(world.server().url);

async function signedIn(world: World, issuer: Issuer, key: string, to = "/"): Promise<Browser> {
  issuer.who = { sub: `sub-${key}` };
  const browser = visitor(world);
  const entered = await signInAt(browser, issuer, to);
  expect(entered.status, plain(entered.html)).toBe(200);
  expect(entered.html).toContain(`href="${to.replaceAll("&", "&amp;")}"`);
  return browser;
}

const withoutFrank = (yaml: string): string =>
  yaml
    .replace(/^ {2}frank: .*$/m, "")
    .replaceAll("[erin, frank]", "[erin, ana]")
    .replaceAll("breakGlass: [frank]", "breakGlass: []")
    .replaceAll("decider: frank", "decider: ana");

const everything = async (world: World): Promise<string> =>
  JSON.stringify(await world.server().store.entriesFrom(0, 1_000));

oneDatabase((kind) => {
  test("people sign in at the issuer, land on the page they asked for, decide as themselves, and are in no longer than they may be", async () => {
    const { world, issuer } = await open(kind);
    await world.send("signals", jailbreak());
    const wanted = "/history?deployment=assistant-prod&page=1";
    const asked = await visitor(world).page(wanted);

    expect(asked.status).toBe(401);
    const link = /href="(\/sign-in\?[^"]+)"/.exec(asked.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(new URLSearchParams(link.split("?")[1]).get("to")).toBe(wanted);
    const chidi = await signedIn(world, issuer, "chidi", wanted);
    const erin = await signedIn(world, issuer, "erin");
    expect(plain((await chidi.page(wanted)).html)).toContain("You are Chidi Lindt");
    await chidi.say("pause HP-1 because the samples are real");
    await chidi.say("resume HP-1 because it is over");
    expect((await erin.say("resume HP-1")).text).toContain("Resumed");
    expect(await world.posture()).toBe("full");
    const told = plain((await chidi.page("/history")).html);
    expect(told).toContain(`Chidi Lindt signed in at ${issuer.url}`);
    await world.restart();
    expect((await chidi.page("/")).status).toBe(200);

    await chidi.say("sign-out");
    expect((await chidi.page("/")).status).toBe(401);
    const moved = await world.adopt((yaml) => yaml.replace("sub-erin", "sub-erin-2"));
    expect(moved).toMatchObject({ status: 200 });
    expect((await erin.page("/")).status).toBe(401);
    const frank = await signedIn(world, issuer, "frank");
    const gone = await world.adopt(withoutFrank);
    expect(gone).toMatchObject({ status: 200 });
    expect((await frank.page("/")).status).toBe(401);
    const bob = await signedIn(world, issuer, "bob");
    await world.clock.advance("12h");
    expect((await bob.page("/")).status).toBe(401);
    const entries = await everything(world);
    for (const secret of [...issuer.secrets, clientSecret, "sub-chidi"])
      expect(entries).not.toContain(secret);
  });

  test("nobody is signed in by an answer that this browser did not ask for, that was used before, or that is too late", async () => {
    const { world, issuer } = await open(kind);
    issuer.who = { sub: "sub-mallory" };
    const mallory = visitor(world);
    const unknown = await signInAt(mallory, issuer);
    expect(unknown.status).toBe(403);
    expect(plain(unknown.html)).toContain("names nobody with that account");
    expect((await mallory.page("/")).status).toBe(401);

    issuer.who = { sub: "sub-chidi" };
    const victim = visitor(world);
    expect((await victim.page(await atIssuer(mallory, issuer))).status).toBe(400);
    await victim.page("/sign-in");
    expect((await victim.page(await atIssuer(mallory, issuer))).status).toBe(403);
    expect((await victim.page("/")).status).toBe(401);

    issuer.hostile = { repeats: true };
    const chidi = visitor(world);
    const back = await atIssuer(chidi, issuer);
    const flow = [...chidi.cookies].find(([name]) => name.includes("sign_in")) ?? ["", ""];
    expect((await chidi.page(back)).status).toBe(200);
    expect((await chidi.page(back)).status).toBe(400);
    const stolen = visitor(world);
    stolen.cookies.set(...flow);
    const again = await stolen.page(back);
    expect(again.status).toBe(403);
    expect(plain(again.html)).toContain("used before");

    const late = visitor(world);
    const lateBack = await atIssuer(late, issuer);
    await world.clock.advance("11m");
    expect((await late.page(lateBack)).status).toBe(400);
    for (const browser of [stolen, late]) expect((await browser.page("/")).status).toBe(401);
    const forged = visitor(world);
    forged.cookies.set(flow[0], `${flow[1].slice(0, -2)}xx`);
    expect((await forged.page(back)).status).toBe(400);
    const declined = visitor(world);
    const state = new URLSearchParams(
      (await declined.page("/sign-in")).location?.split("?")[1],
    ).get("state");
    const refusal = await declined.page(
      `/sign-in/callback?state=${state}&error=access_denied&error_description=%3Cb%3Ecall`,
    );
    expect(refusal).toMatchObject({ status: 403, html: expect.not.stringContaining("<b>call") });
    expect(plain(refusal.html)).toContain("(access_denied)");
  });

  test("whoever begins at one replica may come back to another, and one answer counts once for both", async () => {
    const { world, issuer } = await open(kind);
    issuer.hostile = { repeats: true };
    issuer.who = { sub: "sub-chidi" };
    const other = await world.twin({ PUBLIC_URL: world.server().url });
    const here = visitor(world);
    const back = await atIssuer(here, issuer);
    const there = browserAt(other.url);
    for (const [name, value] of here.cookies) there.cookies.set(name, value);

    const answers = await Promise.all([there.page(back), here.page(back)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(answers.map(({ html }) => plain(html)).join()).toContain(
      "used before: it signs in once",
    );
    const sessions = [here, there].filter(({ cookies }) => cookies.has("holdpoint_session"));
    expect(sessions).toHaveLength(1);
    const token = sessions[0]?.cookies.get("holdpoint_session") ?? "";
    for (const browser of [here, there]) {
      browser.cookies.set("holdpoint_session", token);
      expect((await browser.page("/")).status).toBe(200);
    }
    await other.close();
  });

  test("whoever the policy lets read nothing is in and sees nothing; a reader sees what is theirs and decides nothing", async () => {
    const issuer = await startIssuer();
    const withReaders = (yaml: string): string =>
      bySubject(yaml)
        .replace(/^channels:/m, "readers:\n  zoe: {}\n\nchannels:")
        .replace(
          /^ {2}ana:/m,
          "  zoe: { name: Zoe Reed, oidc: sub-zoe }\n  max: { name: Max Nil, oidc: sub-max }\n  ana:",
        );
    const world = await openWorld(kind, { env: issuerEnv(issuer), policy: withReaders });
    await world.send("signals", jailbreak());
    const zoe = await signedIn(world, issuer, "zoe", "/history");
    const max = await signedIn(world, issuer, "max", "/history");

    expect((await zoe.page("/escalations/HP-1")).html).toContain("HP-1");
    expect((await zoe.say("pause HP-1 because I can")).ok).toBe(false);
    expect((await max.page("/escalations/HP-1")).status).toBe(404);
    for (const path of ["/", "/history", "/deployments"])
      expect((await max.page(path)).html, path).not.toMatch(/HP-1|Assistant/);
    expect(await world.posture()).toBe("full");
  });

  test("who somebody was at the issuer is erased with the person", async () => {
    const { world, issuer } = await open(kind);
    await signedIn(world, issuer, "frank");
    expect(await world.adopt(withoutFrank)).toMatchObject({ status: 200 });
    expect(await everyRow(world)).toContain("sub-frank");

    for (const person of ["chidi", "erin"])
      expect((await world.say(person, "redact frank because he left")).ok).toBe(true);
    await world.clock.advance("15s");

    expect(await everyRow(world)).not.toContain("sub-frank");
  });

  test("no address leads to another site, and a session of before is not carried over", async () => {
    const { world, issuer } = await open(kind);
    issuer.who = { sub: "sub-chidi" };
    for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example", "/login/x"]) {
      const entered = await signInAt(visitor(world), issuer, to);
      expect(entered.html, to).toContain('<a href="/">Continue');
      expect(entered.html).not.toContain("evil");
    }
    const browser = visitor(world);
    browser.cookies.set("holdpoint_session", "s_set-by-somebody-else");
    await signInAt(browser, issuer);
    expect(browser.cookies.get("holdpoint_session")).not.toBe("s_set-by-somebody-else");
    const first = browser.cookies.get("holdpoint_session");
    await signInAt(browser, issuer);
    expect(browser.cookies.get("holdpoint_session")).not.toBe(first);
  });

  test("whoever asked for a page without a session lands there by a login link too", async () => {
    const { world } = await open(kind);
    const browser = visitor(world);
    const linkFor = async (person: string): Promise<string> => {
      const made = await fetch(`${world.server().url}/v1/login-links`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${operatorToken}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ person }),
      });
      return new URL(String(Object(await made.json()).url)).pathname;
    };
    expect((await browser.page("/deployments/assistant-prod")).status).toBe(401);
    const path = await linkFor("chidi");
    expect(await browser.submit(path, { to: "/" }, path)).toMatchObject({
      status: 303,
      location: "/deployments/assistant-prod",
    });
    const other = await linkFor("chidi");
    expect(await browser.submit(other, { to: "/" }, other)).toMatchObject({ location: "/" });
  });

  test("Slack's issuer signs in whom the policy knows by that account, of our workspace and no guest", async () => {
    const issuer = await startIssuer();
    const world = await openBothWorld(kind, { env: issuerEnv(issuer, "slack") });
    const enter = async (user: string, team = "T0ACME0001") => {
      issuer.who = {
        sub: user,
        "https://slack.com/user_id": user,
        "https://slack.com/team_id": team,
      };
      const browser = visitor(world);
      const { status, html } = await signInAt(browser, issuer);
      return { browser, status, text: plain(html) };
    };

    expect(await enter("U0CHIDI001", "T0EVIL0001")).toMatchObject({
      status: 403,
      text: expect.stringContaining("belongs to another organization in Slack"),
    });
    expect(await enter("U0NOBODY01")).toMatchObject({ status: 403 });
    const chidi = await enter("U0CHIDI001");
    expect(chidi.status, chidi.text).toBe(200);
    await world.settle();
    const heard = world.slack.directs("U0CHIDI001").map(({ text }) => text);
    expect(heard.join("\n")).toContain(`Chidi Lindt, with ${new URL(issuer.url).host}, and can`);
    expect((await chidi.browser.page("/")).status).toBe(200);
    await world.adopt((yaml) => yaml.replace("U0CHIDI001", "U0CHIDI002"));
    expect((await chidi.browser.page("/")).status).toBe(401);
  });

  test("Entra ID signs in whom the policy knows by that object id, of our tenant and no guest", async () => {
    const issuer = await startIssuer();
    const world = await openBothWorld(kind, { env: issuerEnv(issuer, "teams") });
    const oid = "6F1C1F0E-0000-4000-8000-000000000005";
    const enter = async (claims: object) => {
      issuer.who = { sub: "pairwise", oid, tid: tenant, ...claims };
      const browser = visitor(world);
      const { status, html } = await signInAt(browser, issuer);
      return { browser, status, text: plain(html) };
    };

    const elsewhere = await enter({ tid: "0b2d5b1a-0000-4000-8000-0000000000ee" });
    expect(elsewhere).toMatchObject({
      status: 403,
      text: expect.stringContaining("belongs to another organization"),
    });
    expect(await enter({ acct: 1 })).toMatchObject({
      status: 403,
      text: expect.stringContaining("guest"),
    });
    expect(await enter({ oid: undefined })).toMatchObject({
      status: 403,
      text: expect.stringContaining("did not say which account"),
    });
    const erin = await enter({});
    expect(erin.status, erin.text).toBe(200);
    expect(plain((await erin.browser.page("/")).html)).toContain("You are Erin Sato");
  });

  test("an issuer that is away stops nobody from starting or signing in by a link, and is found again", async () => {
    const issuer = await startIssuer();
    issuer.hostile = { described: { issuer: "https://evil.example" } };
    const world = await openWorld(kind, { env: issuerEnv(issuer), policy: bySubject });
    const away = await visitor(world).page("/sign-in?to=/log");
    const doctor = await fetch(`${world.server().url}/v1/doctor`, {
      headers: { authorization: `Bearer ${operatorToken}` },
    });

    expect(away.status).toBe(503);
    expect(plain(away.html)).toMatch(/could not be accepted[\s\S]*login-link/);
    expect(away.html).toContain('href="/sign-in?to=%2Flog"');
    expect(await doctor.text()).toContain(`Nobody can sign in at the OpenID Connect issuer`);
    issuer.hostile = {};
    await world.clock.advance("1m");
    const chidi = await signedIn(world, issuer, "chidi", "/log");
    expect((await chidi.page("/log")).status).toBe(200);
  });
});
