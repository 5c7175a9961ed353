import { html } from "hono/html";
import type { RecordItem, RecordView } from "../../app/ports.ts";
import { momentText } from "../../core/clock-text.ts";
import type { Instant } from "../../core/ids.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { askAddress } from "./ask.ts";
import { type Html, lineHtml, lineText, pageText } from "./html-text.ts";
import { utc } from "./times.ts";

/** The record of one escalation as a timeline, made to be printed as well. */
export function recordHtml(record: RecordView, pageContext: PageContext): Html {
  const { id, title, timezone, sections, proof, proves } = record;
  return html`
<article class="record">
  <h1>Record of ${lineText(title)}</h1>
  <p class="muted">As of ${utc(pageContext.now)}; times in ${pageText(timezone)}.
    <span class="screen-only"><a href="/escalations/${id}">Its card</a> · <a href="${askAddress(`record ${id}`)}">as a file</a> · print this page for a PDF</span></p>
  ${sections.map(({ heading, items }) => sectionHtml(heading, items, { timezone, pageContext }))}
  ${
    proof !== "" &&
    html`
  <section>
    <h2>Proof of record ${proves}</h2>
    <pre tabindex="0" aria-label="Proof">${proof.split("\n").map(pageText).join("\n")}</pre>
  </section>`
  }
</article>`;
}

interface Told {
  readonly timezone: string;
  readonly pageContext: PageContext;
}

const sectionHtml = (heading: string, items: readonly RecordItem[], told: Told): Html => html`
  <section>
    <h2>${heading}</h2>
    <ol class="timeline">${items.map((item) => itemHtml(item, told))}</ol>
  </section>`;

const itemHtml = ({ at, line }: RecordItem, { timezone, pageContext }: Told): Html => html`
      <li>
        ${at !== null && html`<p class="muted">${timeHtml(at, timezone)}</p>`}
        <p>${lineHtml(line, idOf(pageContext.viewer))}</p>
      </li>`;

const timeHtml = (at: Instant, timezone: string): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${momentText(at, timezone)}</time>`;
