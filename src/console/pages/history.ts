import { html } from "hono/html";
import type { DecisionFilter, HistoryView, PostureView } from "../../app/ports.ts";
import { unknownValue } from "../../core/filters.ts";
import type { Instant } from "../../core/ids.ts";
import type { EntryKind } from "../../core/log/entry.ts";
import type { Person } from "../../core/people/person.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { type Html, lineHtml, pageText } from "./html-text.ts";
import { utc } from "./times.ts";

const pageSize = 50;

const decisions = {
  narrow: "Narrowed",
  pause: "Paused",
  resume: "Resumed",
  retest: "Re-test requested",
  monitor: "Monitoring added",
  keep: "No change",
} as const;

const kinds: Readonly<Record<EntryKind, string>> = {
  "decision.made": "Any decision",
  "decision.proposed": "Resume requested",
  "decision.confirmed": "Partly approved",
  "decision.lapsed": "Resume request ended",
  "decision.denied": "Decision refused",
  "decision.explained": "Reason given later",
  "escalation.opened": "Escalation opened",
  "escalation.updated": "Escalation updated",
  "escalation.acknowledged": "Acknowledged",
  "escalation.closed": "Escalation closed",
  "escalation.moved": "Escalation moved to another channel",
  "acknowledge.missed": "Acknowledgement overdue",
  "authority.passed": "Passed on",
  "oncall.changed": "On-call hand-off",
  "enforcement.reported": "Gateway reports",
  "retest.followed": "Re-test followed",
  "rehearsal.answered": "Rehearsal over",
  "person.away": "Out of office",
  "signal.noted": "Test or late signal shown",
  "reassessment.set": "Review scheduled",
  "reassessment.reminded": "Review reminder",
  "reassessment.overdue": "Review overdue",
  "policy.adopted": "Policy adopted",
  "session.issued": "Login link created",
  "session.used": "Login link used",
  "session.ended": "Session ended",
  "identity.bound": "Identities recorded",
  "identity.changed": "Identity changed",
  "identity.linked": "Account linked",
  "identity.unlinked": "Account unlinked",
};

/** The filters of the history; `problems` are those that cannot be read. */
export interface HistoryQuery {
  readonly filter: DecisionFilter;
  readonly given: Readonly<Record<"deployment" | "person" | "kind" | "since" | "until", string>>;
  readonly problems: readonly string[];
}

/** The known parameters of the page's address; `answer` is set after a press. */
const asks: readonly string[] = [
  "deployment",
  "person",
  "kind",
  "since",
  "until",
  "below",
  "answer",
];

/**
 * Reads the filters of an address. A date without a time is the whole of that day in UTC, also as
 * `until`; an instant as `until` is exclusive.
 */
export function readAsked(query: URLSearchParams): HistoryQuery {
  const text = (name: string): string => (query.get(name) ?? "").trim().slice(0, 200);
  const orNull = (name: string): string | null => text(name) || null;
  const given = {
    deployment: text("deployment"),
    person: text("person"),
    kind: text("kind"),
    since: text("since"),
    until: text("until"),
  };
  const since = instantOf(given.since);
  const until = endOf(given.until);
  const below = text("below");
  const names = [...new Set(query.keys())];
  const problems = [
    ...names
      .filter((name) => !asks.includes(name))
      .map((name) => unknownValue("filter", name, asks)),
    ...names
      .filter((name) => query.getAll(name).length > 1)
      .map((name) => `${name} is given twice`),
    ...(since === undefined ? [`From “${given.since}” is not a date`] : []),
    ...(until === undefined ? [`To “${given.until}” is not a date`] : []),
    ...(/^(?:[1-9]\d{0,14})?$/.test(below) ? [] : [`below: “${below}” is no number`]),
  ];
  const filter: DecisionFilter = {
    deployment: orNull("deployment"),
    actor: orNull("person"),
    kind: orNull("kind"),
    trigger: null,
    escalation: null,
    since: since ?? null,
    until: until ?? null,
    below: below === "" ? null : Number(below),
    limit: pageSize + 1,
  };
  return { filter, given, problems };
}

/** Null where nothing was given, undefined where it is not a date: 30 February is none. */
function instantOf(text: string): Instant | null | undefined {
  if (text === "") return null;
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?$/.exec(text);
  const whole = match && `${match[1]}T${match[2] ?? "00:00"}:00`;
  const at = whole === null ? Number.NaN : Date.parse(`${whole}Z`);
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().startsWith(String(whole));
  return isReal ? at : undefined;
}

const day = 86_400_000;

/** The last day is included. */
function endOf(text: string): Instant | null | undefined {
  const at = instantOf(text);
  return at === null || at === undefined || text.includes("T") ? at : at + day;
}

/**
 * The history page: filters, lines newest first, the link to older ones. With `problems` nothing is
 * searched.
 */
export function historyHtml(
  asked: HistoryQuery,
  {
    found,
    problems,
    postures,
    people,
    pageContext,
  }: {
    readonly found: readonly HistoryView[];
    readonly problems: readonly string[];
    readonly postures: readonly PostureView[];
    readonly people: readonly Person[];
    readonly pageContext: PageContext;
  },
): Html {
  const rows = found.slice(0, pageSize);
  const last = rows.at(-1);
  const address = last && found.length > pageSize ? older(asked, last.index) : null;
  return html`
<h1>History</h1>
${filtersHtml(asked, postures, people)}
${problems.length > 0 && html`<p role="alert" class="answer refused">Nothing was searched: ${pageText(problems.join("; "))}.</p>`}
${problems.length === 0 && rows.length === 0 && html`<p class="calm">No matching entries.</p>`}
${rows.length > 0 && html`<ol class="history">${rows.map((row) => rowHtml(row, pageContext))}</ol>`}
${
  problems.length === 0 &&
  html`<nav aria-label="More of the history">${
    address === null
      ? html`<p class="muted">Start of the log.</p>`
      : html`<a class="button plain" href="${address}"><span>Older</span></a>`
  }</nav>`
}`;
}

const rowHtml = (row: HistoryView, pageContext: PageContext): Html => html`
  <li id="record-${row.index}">
    <p class="muted"><span class="index">Record ${row.index}</span> · ${utc(row.at)} · ${kindWord(row.kind)}${row.deployment !== "" && html` · <bdi>${pageText(row.deployment)}</bdi>`}${row.escalation !== "" && html` · <a href="/escalations/${row.escalation}">${row.escalation}</a>`}</p>
    <p>${lineHtml(withoutHead(row), idOf(pageContext.viewer))}</p>
  </li>`;

/** In a chat the line begins with its number and time, which stand above it here. */
const withoutHead = ({ index, line }: HistoryView): HistoryView["line"] =>
  typeof line[0] === "string" && line[0].startsWith(`${index} · `) ? line.slice(1) : line;

const kindWord = (kind: string): string =>
  kind === "decision.made"
    ? "Decision"
    : (new Map<string, string>(Object.entries(kinds)).get(kind) ?? pageText(kind));

function older({ given }: HistoryQuery, below: number): string {
  const kept = Object.entries(given).filter(([, value]) => value !== "");
  return `/history?${new URLSearchParams([...kept, ["below", String(below)]])}`;
}

function filtersHtml(
  { given }: HistoryQuery,
  postures: readonly PostureView[],
  people: readonly Person[],
): Html {
  const field = (name: string, label: string, control: Html): Html => html`
  <p><label for="${name}">${label}</label>${control}</p>`;
  const select = (
    name: keyof HistoryQuery["given"],
    label: string,
    options: readonly Option[],
  ): Html =>
    field(
      name,
      label,
      html`<select id="${name}" name="${name}">${optionsHtml(options, given[name])}</select>`,
    );
  const date = (name: "since" | "until", label: string): Html =>
    field(
      name,
      label,
      html`<input id="${name}" name="${name}" type="date" value="${given[name].slice(0, 10)}" autocomplete="off">`,
    );
  const isFiltered = Object.values(given).some((value) => value !== "");
  return html`
<form class="filters" method="get" action="/history" role="search" aria-label="Filter the history">
  ${select(
    "deployment",
    "Deployment",
    postures.map(({ id, name }) => [id, name]),
  )}
  ${select(
    "person",
    "Person",
    people.map(({ id, name }) => [id, name]),
  )}
  ${select("kind", "Event", [...Object.entries(decisions), ...Object.entries(kinds)])}
  ${date("since", "From")}
  ${date("until", "To")}
  <button class="button primary"><span>Apply</span></button>
  ${isFiltered && html`<a class="button plain" href="/history"><span>Clear filters</span></a>`}
  <p class="muted">Dates are days in UTC, the last one included.</p>
</form>`;
}

type Option = readonly [value: string, label: string];

const optionsHtml = (options: readonly Option[], chosen: string): Html => html`
    <option value="">any</option>${options.map(
      ([value, label]) => html`
    <option value="${value}" ${value === chosen && html`selected`}>${pageText(label)}</option>`,
    )}`;
