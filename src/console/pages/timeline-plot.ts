import { html } from "hono/html";
import type { TimelineView } from "../../app/ports.ts";
import type { Instant } from "../../core/ids.ts";
import { type Html, pageText } from "./html-text.ts";
import { utc } from "./times.ts";

/**
 * The plot of a deployment over time. It is stretched to the width of the page, so text stands
 * beside it, and no style is needed that the Content-Security-Policy would refuse.
 */

const width = 1_000;
/** px, as in the style sheet. */
const rowHeight = 28;
/** So that what lasted for seconds is seen in a year. */
const narrowest = 3;

interface Scale {
  readonly x: (at: Instant) => number;
  readonly from: Instant;
  readonly to: Instant;
}

export function plotHtml(timeline: TimelineView): Html {
  const { from, to, lanes, name } = timeline;
  const span = Math.max(1, to - from);
  const x = (at: Instant): number => Math.round(((at - from) / span) * width * 10) / 10;
  const scale: Scale = { x, from, to };
  const rows = [...lanes, "Decisions", "Evidence", "Model"];
  const height = rows.length * rowHeight;
  return html`
  <figure class="plot">
    <div class="plot-names" aria-hidden="true">${rows.map((row) => html`<span>${pageText(row)}</span>`)}</div>
    <svg role="img" aria-labelledby="plot-title" height="${height}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">
      <title id="plot-title">Posture of ${pageText(name)} over time, with its decisions, evidence and models; the tables below say the same</title>
      ${rows.map((_row, at) => html`<line class="lane" x1="0" x2="${width}" y1="${(at + 1) * rowHeight - 0.5}" y2="${(at + 1) * rowHeight - 0.5}"></line>`)}
      ${posturesSvg(timeline, scale)}
      ${ticksSvg(timeline, scale)}
      ${modelsSvg(timeline, scale)}
    </svg>
    <p class="plot-times" aria-hidden="true"><span>${utc(from)}</span><span>${utc(from + span / 2)}</span><span>${utc(to)}</span></p>
  </figure>`;
}

const bar = (
  { x }: Scale,
  span: { readonly from: Instant; readonly to: Instant },
  row: number,
): { readonly x: number; readonly y: number; readonly width: number } => {
  const [start, end] = [x(span.from), x(span.to)];
  const wide = Math.max(narrowest, end - start);
  return { x: Math.min(start, width - wide), y: row * rowHeight + 5, width: wide };
};

const posturesSvg = ({ postures, lanes }: TimelineView, scale: Scale): readonly Html[] =>
  postures.map((posture) => {
    const at = bar(scale, posture, lanes.indexOf(posture.lane));
    return html`
      <rect class="${posture.state}" x="${at.x}" y="${at.y}" width="${at.width}" height="${rowHeight - 10}"><title>${pageText(posture.words)}</title></rect>`;
  });

function ticksSvg({ events, lanes }: TimelineView, { x }: Scale): readonly Html[] {
  return events
    .filter(({ is }) => is !== "policy")
    .map(({ at, is }) => {
      const row = lanes.length + (is === "decision" ? 0 : 1);
      const place = x(at);
      return html`
      <line class="tick ${is}" x1="${place}" x2="${place}" y1="${row * rowHeight + 5}" y2="${(row + 1) * rowHeight - 5}"></line>`;
    });
}

const modelsSvg = ({ models, lanes }: TimelineView, scale: Scale): readonly Html[] =>
  models.map((model, index) => {
    const at = bar(scale, model, lanes.length + 2);
    return html`
      <rect class="${index % 2 === 0 ? "model" : "model next"}" x="${at.x}" y="${at.y}" width="${at.width}" height="${rowHeight - 10}"><title>${pageText(model.model)}</title></rect>`;
  });
