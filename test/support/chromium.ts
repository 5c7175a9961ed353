import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is on this machine; undefined = rendered tests cannot run. */
export const chromiumPath: string | undefined = places.find((path) => existsSync(path));

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A running browser with a profile of its own. */
export interface Chromium {
  /** Contexts share nothing with each other. */
  open(options: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Starts Chromium; fails where `chromiumPath` is undefined. */
export async function startChromium(): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), "holdpoint-chromium-"));
  const first = await chromium.launchPersistentContext(profile, {
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: flags,
    chromiumSandbox: false,
  });
  const browser = first.browser();
  if (!browser) throw new Error("Chromium started without a browser.");
  return {
    open: (options) => browser.newContext(options),
    close: async () => {
      await first.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Prints once what was not tested. */
export function sayWhatIsSkipped(what: string): void {
  if (chromiumPath !== undefined) return;
  process.stderr.write(`\n*** SKIPPED, because no Chromium was found: ${what}\n\n`);
}
