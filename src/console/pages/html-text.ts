import { html } from "hono/html";
import type { Line, Part } from "../../core/card/card.ts";
import { visible as allVisible } from "../../core/text.ts";

/** A piece of a page, escaped already. */
export type Html = ReturnType<typeof html>;

/** Nothing at all, as a piece of a page. */
export const nothing: Html = html``;

/** Keeps a flood of text from making a page that nobody can load. */
const longestText = 4000;

/** Text as a page shows it: nothing works unseen, and not more than a page can hold. */
export function visible(text: string): string {
  return allVisible(text.length > longestText ? `${text.slice(0, longestText)}…` : text);
}

/**
 * A line of a card. Names and foreign text are isolated, so that right-to-left text turns nothing
 * around it.
 */
export function lineHtml(line: Line, me: string): Html {
  return html`${line.map((part) => partHtml(part, me))}`;
}

function partHtml(part: Part, me: string): Html {
  if (typeof part === "string") return html`${visible(part)}`;
  if ("untrusted" in part) return foreignHtml(part);
  const name = visible(part.name);
  const mine = part.person === me;
  const mark = part.mention ? "@" : "";
  return html`<bdi class="${mine ? "person me" : "person"}" title="${name}">${mark}${name}${mine && html`<span class="unseen"> (you)</span>`}</bdi>`;
}

/** Somebody else's words; where they lead, in a page of its own that learns nothing of this one. */
const foreignHtml = ({ untrusted, url }: Extract<Part, { readonly untrusted: string }>): Html =>
  url === undefined
    ? html`<bdi class="foreign">${visible(untrusted)}</bdi>`
    : html`<a class="elsewhere" href="${url}" target="_blank" rel="noopener noreferrer nofollow">${visible(untrusted)}</a>`;

/** A line as plain words, invisible characters shown. */
export function lineText(line: Line): string {
  return line.map(partText).join("");
}

function partText(part: Part): string {
  if (typeof part === "string") return visible(part);
  return visible("untrusted" in part ? part.untrusted : part.name);
}
