import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Chromium,
  chromiumPath,
  sayWhatIsSkipped,
  startChromium,
} from "../support/chromium.ts";
import { consolePage } from "../support/console-page.ts";
import { oneKind } from "../support/databases.ts";
import { isWhole, kept, linesOn, screens } from "../support/looks.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** A record that is in doubt says so to whoever looks at it, on a screen and on paper. */

sayWhatIsSkipped("how a record in doubt looks");

/** What somebody who owns the tables writes, and the next tick. */
async function posture(world: World, scope: string): Promise<void> {
  const set = `update holdpoint.streams set state = jsonb_set(state, '{posture,scope}', '"${scope}"') where name = 'deployment:assistant-prod'`;
  await world.database().query(set);
  await world.clock.advance("15s");
}

const said = async (page: Page): Promise<string> => (await linesOn(page)).join("\n");

describe.skipIf(chromiumPath === undefined)("as Chromium draws it", { timeout: 120_000 }, () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());

  test("an open page says it when it is found, and no more when it is over; a printed record says it too", async () => {
    const world = await openWorld(oneKind(), { check: false });
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause assistant-prod because the samples look real");
    const page = await consolePage({ chromium, world, screen: screens.phone }, "erin", "/");
    const doubt = page.locator(".doubt");
    expect(await doubt.count()).toBe(0);

    await posture(world, "full");

    await doubt.waitFor({ timeout: 10_000 });
    expect(await doubt.textContent()).toContain("the log says that it is paused");
    await isWhole(page);
    await kept(page, "walk-in-doubt-phone");
    await page.goto("/escalations/HP-1/record");
    await page.emulateMedia({ media: "print" });
    expect(await said(page)).toContain("It was changed without Holdpoint");
    await page.emulateMedia({ media: null });
    await page.goto("/");
    await doubt.waitFor();

    await posture(world, "paused");

    await doubt.waitFor({ state: "detached", timeout: 10_000 });
  });
});
