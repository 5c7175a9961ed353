import { html } from "hono/html";
import type { BoardRow } from "../../app/ports.ts";
import type { Card, Line } from "../../core/card/card.ts";
import type { OfferedCard } from "../../core/card/offered-buttons.ts";
import { notYours } from "../../core/words/direct-message.ts";
import * as words from "../../core/words/words.ts";
import { buttonRows, maySpeak, type PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { emptyHtml, type Html, lineHtml, lineText, pageText } from "./html-text.ts";
import { whenDue } from "./times.ts";

/**
 * Status marks as shapes, since not every machine has glyphs for them; they differ without their
 * colour too.
 */
const shapes: ReadonlyMap<string, string> = new Map([
  [words.severityMark.critical, "⬢"],
  [words.severityMark.high, "▲"],
  [words.severityMark.warning, "◆"],
  [words.severityMark.info, "●"],
  [words.outcomeMark("open"), "●"],
  [words.outcomeMark("narrowed"), "◐"],
  [words.outcomeMark("paused"), "■"],
]);

const statusWords = { open: "open", settled: "decided, monitoring", closed: "closed" } as const;

/** The most lines of a card; the others are shown by More…. */
const mostLines = 9;
/** Characters in a row on a phone. */
const rowLength = 35;
/**
 * With more rows than this a phone shows the buttons only after scrolling: then a line has two
 * rows, else three.
 */
const mostRows = 18;

/** How many rows each line of the card has; More… repeats in full what may be cut. */
function rowsEach({ lines }: Card): 2 | 3 {
  const shown = lines.slice(0, mostLines);
  const rows = shown.map((line) => Math.min(3, Math.ceil(lineText(line).length / rowLength)));
  return rows.reduce((sum, row) => sum + row, 0) > mostRows ? 2 : 3;
}

/** The live card of an escalation. `open`: More… stands open, as on the escalation's own page. */
export function cardHtml(offered: OfferedCard, pageContext: PageContext, open: boolean): Html {
  const { card } = offered;
  return html`
<article class="card ${card.severity} ${card.status}" id="card-${card.escalation}"
  data-say="${pageText(card.lockScreen)}" aria-labelledby="name-${card.escalation}">
  <p class="eyebrow">
    <span class="severity">${card.severity}</span> <span>${statusWords[card.status]}</span>
  </p>
  <h3 class="title" id="name-${card.escalation}">${titleHtml(card)}</h3>
  ${bodyHtml(offered, pageContext, open)}
</article>`;
}

/** The same card as a row that unfolds: what it is, its severity, what comes next and when. */
export function foldedCardHtml(row: BoardRow, pageContext: PageContext): Html {
  const { card } = row;
  const [first = []] = card.lines;
  return html`
<article class="card folded ${card.severity} ${card.status}" id="card-${card.escalation}"
  data-say="${pageText(card.lockScreen)}" aria-labelledby="name-${card.escalation}">
  <details data-key="fold">
    <summary>
      <span class="unseen">${card.severity}, ${statusWords[card.status]}: </span>
      <span class="name" id="name-${card.escalation}">${nameHtml(card)}</span>
      <span class="next">${nextHtml(row, pageContext)}</span>
      <span class="about">
        <span class="id">${card.escalation}</span>
        <span class="what">${lineHtml(first, idOf(pageContext.viewer))}</span>
      </span>
    </summary>
    ${bodyHtml(row, pageContext, false)}
  </details>
</article>`;
}

/** "decide by 03:40 CET"; nothing where no decision is due. */
function nextHtml({ mine, deadline, timezone }: BoardRow, { now }: PageContext): Html {
  if (deadline === null || (mine !== null && mine !== deadline.to))
    return mine === null ? emptyHtml : html`${mine}`;
  const at = whenDue(deadline.at, timezone, now);
  return deadline.at < now
    ? html`<strong class="overdue">${deadline.to}: overdue since ${at}</strong>`
    : html`${deadline.to} by ${at}`;
}

function bodyHtml({ card, withheld }: OfferedCard, pageContext: PageContext, open: boolean): Html {
  const me = idOf(pageContext.viewer);
  const formContext = {
    prefix: card.escalation,
    version: card.version,
    escalation: card.escalation,
  };
  return html`
  <ul class="lines ${rowsEach(card) === 2 && "tight"}">
    ${card.lines.slice(0, mostLines).map((line) => html`<li class="line">${lineHtml(line, me)}</li>`)}
  </ul>
  <div class="buttons" data-key="buttons">
    ${buttonRows(card.buttons, { pageContext, formContext, last: moreHtml(card, me, open) })}
  </div>
  ${maySpeak(pageContext) && withheld.length > 0 && html`<p class="muted">${lineText(notYours(withheld))}</p>`}`;
}

/**
 * Only the mark and the name: a row has its own place for the id, and no links, which would prevent
 * unfolding.
 */
const nameHtml = (card: Card): Html =>
  html`${card.title.map((part) => {
    if (typeof part !== "string") return html`<span>${lineHtml([part], "")}</span>`;
    const shape = shapes.get(part.trim());
    if (shape !== undefined) return html`<span class="shape" aria-hidden="true">${shape}</span> `;
    const rest = pageText(part.replace(` · ${card.escalation}`, ""));
    return rest.trim() === "" ? emptyHtml : html`<span class="fixed">${rest}</span>`;
  })}`;

/** The name is shortened; the escalation's id is not. */
const titleHtml = (card: Card): Html =>
  html`${card.title.map((part) => {
    if (typeof part !== "string") {
      return html`<a class="name" href="/escalations/${card.escalation}">${lineHtml([part], "")}</a>`;
    }
    const shape = shapes.get(part.trim());
    if (shape !== undefined)
      return html`<span class="fixed shape" aria-hidden="true">${shape}</span>`;
    return html`<span class="fixed">${pageText(part)}</span>`;
  })}`;

function moreHtml(card: Card, me: string, open: boolean): Html {
  const whole = [card.title, ...card.lines].filter(
    (line) => lineText(line).length > rowLength * rowsEach(card),
  );
  const sections = [
    ...card.more,
    ...(whole.length > 0 ? [{ heading: "In full", lines: whole }] : []),
  ];
  return html`
    <details class="more" data-key="more" ${open && html`open`}>
      <summary class="button plain"><span>More…</span></summary>
      ${sections.map(
        ({ heading, lines }) => html`
      <section><h4>${pageText(heading)}</h4>${linesHtml(lines, me)}</section>`,
      )}
      ${!open && html`<p class="alone"><a href="/escalations/${card.escalation}">${card.escalation} on a page of its own</a></p>`}
    </details>`;
}

const linesHtml = (lines: readonly Line[], me: string): Html =>
  html`<ul class="lines">${lines.map((line) => html`<li>${lineHtml(line, me)}</li>`)}</ul>`;
