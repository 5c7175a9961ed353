import { readFile } from "node:fs/promises";
import { startChromium } from "./chromium.ts";

/**
 * Draws the icons of the Teams app from their SVG beside them: `node --import tsx
 * test/support/draw-icons.ts`.
 */

const folder = new URL("../../src/chat/teams/", import.meta.url);
const icons = [
  { name: "color", size: 192 },
  { name: "outline", size: 32 },
];

const chromium = await startChromium();
try {
  for (const { name, size } of icons) {
    const context = await chromium.open({ viewport: { width: size, height: size } });
    const page = await context.newPage();
    const svg = await readFile(new URL(`${name}.svg`, folder), "utf8");
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    await page.screenshot({ path: new URL(`${name}.png`, folder).pathname, omitBackground: true });
    await context.close();
  }
} finally {
  await chromium.close();
}
