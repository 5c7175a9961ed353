import { html } from "hono/html";
import type { Line, Part } from "../../core/card/card.ts";
import { visible as allVisible } from "../../core/text.ts";

/** An escaped piece of a page. */
export type Html = ReturnType<typeof html>;

/** An empty piece of a page. */
export const emptyHtml: Html = html``;

/** Limits a page's size. */
const longestText = 4000;

/** Text as a page shows it: invisible characters made visible, and cut to a maximum length. */
export function pageText(text: string): string {
  return allVisible(text.length > longestText ? `${text.slice(0, longestText)}…` : text);
}

/**
 * A line of a card. Names and foreign text are isolated, so that right-to-left text does not affect
 * its surroundings.
 */
export function lineHtml(line: Line, me: string): Html {
  return html`${line.map((part) => partHtml(part, me))}`;
}

function partHtml(part: Part, me: string): Html {
  if (typeof part === "string") return html`${pageText(part)}`;
  if ("untrusted" in part) return foreignHtml(part);
  const name = pageText(part.name);
  const mine = part.person === me;
  const mark = part.mention ? "@" : "";
  return html`<bdi class="${mine ? "person me" : "person"}" title="${name}">${mark}${name}${mine && html`<span class="unseen"> (you)</span>`}</bdi>`;
}

/** Foreign text; a link opens in a new page that gets no reference to this one. */
const foreignHtml = ({ untrusted, url }: Extract<Part, { readonly untrusted: string }>): Html =>
  url === undefined
    ? html`<bdi class="foreign">${pageText(untrusted)}</bdi>`
    : html`<a class="elsewhere" href="${url}" target="_blank" rel="noopener noreferrer nofollow">${pageText(untrusted)}</a>`;

/** A line as plain words, invisible characters shown. */
export function lineText(line: Line): string {
  return line.map(partText).join("");
}

function partText(part: Part): string {
  if (typeof part === "string") return pageText(part);
  return pageText("untrusted" in part ? part.untrusted : part.name);
}
