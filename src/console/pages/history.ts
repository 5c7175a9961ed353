import { html } from "hono/html";
import type { HistoryView, PostureView } from "../../app/ports.ts";
import { deviationWords } from "../../core/filters.ts";
import type { EntryKind } from "../../core/log/entry.ts";
import type { Person } from "../../core/people/person.ts";
import { severities } from "../../core/policy/severity.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { fileLinks } from "./history-file.ts";
import { type Given, type HistoryQuery, kept, pageSize } from "./history-query.ts";
import { type Html, lineHtml, pageText } from "./html-text.ts";
import { utc } from "./times.ts";

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
  "trigger.shadowed": "Shadow trigger",
  "reassessment.set": "Review scheduled",
  "reassessment.reminded": "Review reminder",
  "reassessment.overdue": "Review overdue",
  "reassessment.warned": "Restriction by policy announced",
  "policy.adopted": "Policy adopted",
  "policy.proposed": "Policy proposed",
  "session.issued": "Login link or sign-in",
  "session.used": "Session began",
  "session.ended": "Session ended",
  "record.read": "Record read",
  "identity.bound": "Identities recorded",
  "identity.changed": "Identity changed",
  "identity.linked": "Account linked",
  "identity.unlinked": "Account unlinked",
  "log.restored": "Restored from a backup",
  "key.rotated": "Log key replaced",
  "hold.placed": "Legal hold placed",
  "hold.lifted": "Legal hold lifted",
  "redaction.asked": "Erasure asked for",
  "log.redacted": "Erased",
};

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
<p class="print-only">${filterWords(asked.given, people)}</p>
${problems.length > 0 && html`<p role="alert" class="answer refused">Nothing was searched: ${pageText(problems.join("; "))}.</p>`}
${problems.length === 0 && rows.length === 0 && html`<p class="calm">No matching entries.</p>`}
${rows.length > 0 && html`<ol class="history">${rows.map((row) => rowHtml(row, pageContext))}</ol>`}
${
  problems.length === 0 &&
  html`<nav aria-label="More of the history"><span class="muted screen-only">${fileLinks(asked.given)}</span>${
    address === null
      ? html`<p class="muted">Start of the log.</p>`
      : html`<a class="button plain screen-only" href="${address}"><span>Older</span></a><p class="print-only">There are older entries that are not printed here.</p>`
  }</nav>`
}`;
}

/** What the filters say, where the form that has them is not shown. */
function filterWords(given: Given, people: readonly Person[]): string {
  const names = new Map<string, string>(people.map(({ id, name }) => [id, name]));
  const said = Object.entries(given).flatMap(([name, value]) =>
    value === "" ? [] : [`${name} ${pageText(names.get(value) ?? value)}`],
  );
  return said.length === 0 ? "Not filtered." : `Filtered by: ${said.join("; ")}.`;
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
  return `/history?${new URLSearchParams([...kept(given), ["below", String(below)]])}`;
}

function filtersHtml(
  { given }: HistoryQuery,
  postures: readonly PostureView[],
  people: readonly Person[],
): Html {
  const field = (name: string, label: string, control: Html): Html => html`
  <p><label for="${name}">${label}</label>${control}</p>`;
  const select = (name: keyof Given, label: string, options: readonly Option[]): Html =>
    field(
      name,
      label,
      html`<select id="${name}" name="${name}">${optionsHtml(options, given[name])}</select>`,
    );
  const text = (name: keyof Given, label: string): Html =>
    field(
      name,
      label,
      html`<input id="${name}" name="${name}" value="${given[name]}" maxlength="200" autocomplete="off">`,
    );
  const date = (name: "since" | "until", label: string): Html =>
    field(
      name,
      label,
      html`<input id="${name}" name="${name}" type="date" value="${given[name].slice(0, 10)}" autocomplete="off">`,
    );
  const check = ([name, label]: readonly [keyof Given, string]): Html => html`
  <p class="check"><input id="${name}" name="${name}" type="checkbox" value="true" ${given[name] !== "" && html`checked`}><label for="${name}">${label}</label></p>`;
  const isFiltered = Object.values(given).some((value) => value !== "");
  const named = people.map(({ id, name }): Option => [id, name]);
  return html`
<form class="filters" method="get" action="/history" role="search" aria-label="Filter the history">
  ${select(
    "deployment",
    "Deployment",
    postures.map(({ id, name }) => [id, name]),
  )}
  ${select("person", "Person", named)}
  ${select("kind", "Event", [...Object.entries(decisions), ...Object.entries(kinds)])}
  ${date("since", "From")}
  ${date("until", "To")}
  <details class="further" ${further.some((name) => given[name] !== "") && html`open`}>
    <summary>More filters</summary>
    ${select("decider", "Decided by", named)}
    ${text("escalation", "Escalation")}
    ${text("trigger", "Trigger")}
    ${select(
      "severity",
      "Severity",
      severities.map((severity) => [severity, severity]),
    )}
    ${text("model", "Model")}
    ${select("deviation", "Deviation from the policy", [["true", "any deviation"], ...deviationWords.map((word): Option => [word, word])])}
    ${checks.map(check)}
  </details>
  <button class="button primary"><span>Apply</span></button>
  ${isFiltered && html`<a class="button plain" href="/history"><span>Clear filters</span></a>`}
  <p class="muted">Dates are days in UTC, the last one included.</p>
</form>`;
}

const checks: readonly (readonly [keyof Given, string])[] = [
  ["denied", "Refused attempts"],
  ["by-policy", "Decided by policy"],
  ["breakglass", "By break-glass"],
  ["undone", "Taken back since"],
  ["overdue", "Overdue reviews"],
];

/** The filters that fold away while none of them is used. */
const further: readonly (keyof Given)[] = [
  "decider",
  "escalation",
  "trigger",
  "severity",
  "model",
  "deviation",
  ...checks.map(([name]) => name),
];

type Option = readonly [value: string, label: string];

/** What is asked for is an option, also where the policy does not have it any more. */
function optionsHtml(options: readonly Option[], chosen: string): Html {
  const isKnown = chosen === "" || options.some(([value]) => value === chosen);
  const all: readonly Option[] = isKnown ? options : [...options, [chosen, chosen]];
  return html`
    <option value="">any</option>${all.map(
      ([value, label]) => html`
    <option value="${value}" ${value === chosen && html`selected`}>${pageText(label)}</option>`,
    )}`;
}
