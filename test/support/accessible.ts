import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** WCAG 2.2, levels A and AA. */
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What stays at the lower edge covers whatever is scrolled there, and not for good. */
const run = `(async () => {
  const composer = document.querySelector(".composer");
  composer?.style.setProperty("position", "static");
  const found = await axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ["violations"] });
  composer?.style.removeProperty("position");
  return found;
})()`;

/** Checks that a page meets WCAG 2.2 AA in light or dark colours, as far as axe can tell. */
export async function isAccessible(
  page: Page,
  name: string,
  colorScheme: "light" | "dark",
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(axe.source); // not as a script of the page, which its policy would refuse
  const { violations }: AxeResults = await page.evaluate(run);
  await page.emulateMedia({ colorScheme: null });
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
  expect.soft(found, name).toEqual([]);
}
