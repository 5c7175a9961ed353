import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isAccessible } from "../support/accessible.ts";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../support/chromium.ts";
import { oneKind } from "../support/databases.ts";
import { isWhole, kept, linesOn, screens } from "../support/looks.ts";
import { startProvider } from "../support/oidc-provider.ts";
import { freePort } from "../support/process.ts";
import { bySubject, issuerEnv } from "../support/sign-in.ts";
import { openWorld } from "../support/world.ts";

/**
 * Signing in with a browser at a certified provider on another site, on a phone and on a desk, and
 * every page that somebody sees who is not signed in or asked for what is not there.
 */

sayWhatIsSkipped("signing in at an issuer with a browser");

describe.skipIf(chromiumPath === undefined)("in Chromium", { timeout: 120_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());

  const look = async (page: Page, name: string, screen: "phone" | "desk"): Promise<string> => {
    await kept(page, `sign-in-${name}-${screen}`);
    await isWhole(page);
    await isAccessible(page, `${name} on a ${screen}`, screen === "phone" ? "dark" : "light");
    return (await linesOn(page)).join("\n");
  };

  test("a lead and an auditor sign in at the issuer and land where they wanted to go; every page on the way can be read", async () => {
    const port = await freePort();
    const readers = (yaml: string): string =>
      bySubject(yaml).replace(/^channels:/m, "readers:\n  frank: {}\n\nchannels:");
    const world = await openWorld(oneKind(), {
      env: issuerEnv({ url: `http://localhost:${port}` }),
      policy: readers,
    });
    const baseURL = world.server().url;
    for (const screen of ["phone", "desk"] as const) {
      const context = await chromium.open({ ...screens[screen], baseURL });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      await page.goto("/sign-in?to=/log");
      expect(await look(page, "issuer-away", screen)).toContain("cannot be reached at this moment");
    }
    await world.clock.advance("1m");
    await startProvider(port, baseURL);

    for (const [screen, key, name] of [
      ["phone", "chidi", "Chidi Lindt"],
      ["desk", "frank", "Frank Moreau"],
    ] as const) {
      const context = await chromium.open({ ...screens[screen], baseURL });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      await page.goto("/history?kind=policy.adopted");
      expect(await look(page, "not-signed-in", screen)).toContain("Sign in with localhost");
      await page.getByRole("link", { name: /Sign in with/ }).click();
      await page.getByPlaceholder(/login/i).fill("sub-mallory");
      await page.getByPlaceholder(/password/i).fill("any");
      await page.getByRole("button", { name: /sign-in/i }).click();
      await page.getByRole("button", { name: /continue/i }).click();
      await page.getByRole("heading", { name: "Not signed in" }).waitFor();
      expect(await look(page, "stranger", screen)).toContain("oidc: sub-mallory");
      await context.clearCookies({ domain: "localhost" });

      await page.getByRole("link", { name: /Sign in with/ }).click();
      await page.getByPlaceholder(/login/i).fill(`sub-${key}`);
      await page.getByPlaceholder(/password/i).fill("any");
      await page.getByRole("button", { name: /sign-in/i }).click();
      await page.getByRole("button", { name: /continue/i }).click();
      await page.waitForURL(`${baseURL}/history?kind=policy.adopted`);
      expect(await page.locator(".who").textContent()).toContain(name);
      await page.goto("/escalations/HP-99");
      await look(page, "missing", screen);
      await page.goto("/");
      await page.getByRole("button", { name: "Log out everywhere" }).click();
      await page.getByRole("heading", { name: "Not signed in" }).waitFor();
      await page.goto("/sign-in/callback?code=x&state=y");
      expect(await look(page, "not-begun", screen)).toContain("was not begun in this browser");
      await page.goto("/login/l_x.y");
      await look(page, "link", screen);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Not signed in" }).waitFor();
      expect(await look(page, "spent", screen)).toContain("used before");
    }
    await world.settle();
  });
});
