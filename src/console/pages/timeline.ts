import { html } from "hono/html";
import type {
  DeploymentName,
  ModelSpan,
  PostureSpan,
  TimelineAsked,
  TimelineEvent,
  TimelineView,
} from "../../app/ports.ts";
import { spokenDuration } from "../../core/duration.ts";
import type { Instant } from "../../core/ids.ts";
import { storable } from "../../core/text.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { endOf, instantOf } from "./history-query.ts";
import { type Html, lineHtml, pageText } from "./html-text.ts";
import { plotHtml } from "./timeline-plot.ts";
import { utc } from "./times.ts";

/** Every deployment with the way to its page, also those that the policy has no more. */
export function deploymentsHtml(deployments: readonly DeploymentName[]): Html {
  const item = ({ id, name, isRetired }: DeploymentName): Html =>
    html`<li><a href="${timelineAddress(id)}"><bdi>${pageText(name)}</bdi></a>${isRetired && html` <span class="muted">no longer in the policy</span>`}</li>`;
  return html`
<div class="prose">
  <h1>Deployments</h1>
  <p>What each was allowed to do, and when.</p>
  ${deployments.length === 0 ? html`<p class="calm">There is none that you may read.</p>` : html`<ul>${deployments.map(item)}</ul>`}
</div>`;
}

export function timelineAddress(id: string): string {
  return `/deployments/${encodeURIComponent(storable(id))}`;
}

/** The time that an address asks for, with what of it cannot be read. */
export interface AskedRange {
  readonly asked: TimelineAsked;
  readonly since: string;
  readonly until: string;
  readonly problems: readonly string[];
}

/** Dates as in the history: days in UTC, the last one included. */
export function readRange(query: URLSearchParams, now: Instant): AskedRange {
  const [since = "", until = ""] = ["since", "until"].map((name) =>
    (query.get(name) ?? "").trim().slice(0, 40),
  );
  const [from, to] = [instantOf(since), endOf(until)];
  const known = ["since", "until", "answer"];
  const problems = [
    ...[...new Set(query.keys())]
      .filter((name) => !known.includes(name) || query.getAll(name).length > 1)
      .map((name) => `“${name}” is not asked for here, or twice`),
    ...(from === undefined ? [`From “${since}” is not a date`] : []),
    ...(to === undefined ? [`To “${until}” is not a date`] : []),
    ...(from != null && from > now ? [`From “${since}” is still to come`] : []),
    ...(from != null && to != null && from >= to ? ["Nothing is between From and To"] : []),
  ];
  const asked =
    problems.length > 0 ? { since: null, until: null } : { since: from ?? null, until: to ?? null };
  return { asked, since, until, problems };
}

/** What a deployment was allowed to do over a time: a plot, and the same as tables. */
export function timelineHtml(
  timeline: TimelineView,
  { range, pageContext }: { readonly range: AskedRange; readonly pageContext: PageContext },
): Html {
  const { id, name, isRetired, from, to, postures, events, models } = timeline;
  return html`
<div class="over-time">
  <h1><bdi>${pageText(name)}</bdi> over time</h1>
  <p class="muted">${pageText(id)} · ${utc(from)} to ${utc(to)} · as of ${utc(pageContext.now)}
    <span class="screen-only"> · <a href="/history?${new URLSearchParams({ deployment: id })}">its history</a> · <a href="/deployments">other deployments</a> · print this page for a PDF</span></p>
  ${isRetired && html`<p>The policy in force has it no more.</p>`}
  ${rangeHtml(range, { id, now: pageContext.now })}
  ${timeline.cut !== null && html`<p role="status" class="answer refused">Too much was decided since ${utc(timeline.cut)} for one page: what is shown begins ${utc(from)}. Ask for a shorter time to see what came before.</p>`}
  ${postures.length === 0 ? html`<p class="calm">It was not in any policy in this time.</p>` : plotHtml(timeline)}
  <h2 id="postures">What it was allowed to do</h2>
  ${tableHtml("postures", ["When", "Posture", "Record"], postures.map(postureRow))}
  <h2 id="models">Model by the policy</h2>
  ${tableHtml("models", ["When", "Model", "Record"], models.map(modelRow))}
  <h2 id="events">Decisions, evidence and policies</h2>
  <p class="muted">Evidence is what opened, changed or closed an escalation, and what came of re-tests. Signals that opened none are not in the log.${timeline.isShort && html` <strong>There is more evidence in this time than is shown: the ${timeline.events.filter(isEvidence).length} newest.</strong>`}</p>
  ${
    events.length === 0
      ? html`<p class="calm">None in this time.</p>`
      : tableHtml(
          "events",
          ["When", "What", "Record"],
          events.map((event) => eventRow(event, pageContext)),
        )
  }
</div>`;
}

const isEvidence = ({ is }: TimelineEvent): boolean => is === "evidence";

const ranges = [
  ["7 days", 7],
  ["30 days", 30],
  ["90 days", 90],
  ["a year", 365],
] as const;

const dayOf = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

function rangeHtml(
  { since, until, problems }: AskedRange,
  { id, now }: { readonly id: string; readonly now: Instant },
): Html {
  const address = timelineAddress(id);
  const to = (days: number): string =>
    `${address}?${new URLSearchParams({ since: dayOf(now - days * 86_400_000) })}`;
  return html`
  <form class="filters screen-only" method="get" action="${address}" aria-label="Time shown">
    <p><label for="since">From</label><input id="since" name="since" type="date" value="${since.slice(0, 10)}" autocomplete="off"></p>
    <p><label for="until">To</label><input id="until" name="until" type="date" value="${until.slice(0, 10)}" autocomplete="off"></p>
    <button class="button primary"><span>Show</span></button>
    <p class="muted spread">Days in UTC, the last one included. The last ${ranges.map(
      ([words, days], at) => html`${at > 0 && ", "}<a href="${to(days)}">${words}</a>`,
    )}</p>
  </form>
  ${problems.length > 0 && html`<p role="alert" class="answer refused">The last 90 days are shown instead: ${pageText(problems.join("; "))}.</p>`}`;
}

/** A table named by the heading above it. */
const tableHtml = (
  heading: string,
  columns: readonly string[],
  rows: readonly Html[],
): Html => html`
  <table class="wide" aria-labelledby="${heading}">
    <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table>`;

const rowHtml = (when: Html, what: Html, index: number | null): Html => html`
      <tr><td>${when}</td><td>${what}</td><td>${index === null ? "before" : index}</td></tr>`;

const spanHtml = ({ from, to }: Pick<PostureSpan, "from" | "to">): Html =>
  html`${utc(from)} to ${utc(to)}`;

const postureRow = ({ words, state, index, ...span }: PostureSpan): Html =>
  rowHtml(
    spanHtml(span),
    html`<span class="swatch ${state}" aria-hidden="true"></span>${pageText(words)}, for ${spokenDuration(span.to - span.from)}`,
    index,
  );

const modelRow = ({ model, index, ...span }: ModelSpan): Html =>
  rowHtml(spanHtml(span), html`${model === "" ? "none named" : pageText(model)}`, index);

function eventRow(
  { at, line, escalation, models, index }: TimelineEvent,
  pageContext: PageContext,
): Html {
  const link = html` <a href="/escalations/${escalation}/record">${escalation}</a>`;
  const named = html` <span class="muted">model ${pageText(models.join(", "))}</span>`;
  return rowHtml(
    utc(at),
    html`${lineHtml(line.slice(1), idOf(pageContext.viewer))}${models.length > 0 && named}${escalation !== "" && link}`,
    index,
  );
}
