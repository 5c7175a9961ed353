import { html } from "hono/html";
import type { AdoptionView, PoliciesView } from "../../app/ports.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { type Html, lineHtml, pageText } from "./html-text.ts";
import { utc } from "./times.ts";

/** The address of a policy's page. */
export const policyAddress = (digest: string): string =>
  `/policy?${new URLSearchParams({ digest })}`;

/** One policy in words with what it changed, and all that were adopted. */
export function policyHtml(
  { adoptions, isCut, proposed, shadows, shown }: PoliciesView,
  pageContext: PageContext,
): Html {
  const { adoption, until, words, before } = shown;
  const me = idOf(pageContext.viewer);
  return html`
<div id="live" class="prose record policy">
  <h1>${until === null ? "Policy in force" : "Policy of the past"}</h1>
  <p class="muted">${utc(adoption.at)} to ${until === null ? "now" : utc(until)}<span class="screen-only"> · print this page for a PDF</span></p>
  <p>${lineHtml(adoption.line, me)}</p>
  ${
    proposed &&
    html`<h2>Proposed policy</h2><p>${lineHtml(proposed.line, me)}</p><p>Whoever may confirm it says <code>${proposed.command}</code>. Against the policy in force:</p><ul>${proposed.changes.map((change) => html`<li>${pageText(change)}</li>`)}</ul>`
  }
  <h2>What it changed</h2>
  ${before === null ? html`<p>It is the first that was adopted.</p>` : changesHtml(shown, before)}
  <h2>Adopted policies</h2>
  <ul class="targets">${adoptions.map((each) => html`<li>${adoptionHtml(each, each === adoption)} ${lineHtml(each.line, me)}</li>`)}</ul>
  ${isCut && html`<p>The ${adoptions.length} newest. Older ones: <code>decisions kind policy.adopted until &lt;date&gt;</code>, and <code>policy at &lt;date&gt;</code>.</p>`}
  <p>Two others are compared by <code>policy diff &lt;date&gt; &lt;date&gt;</code>.</p>
  ${shadows.length > 0 && html`<h2>Shadow triggers</h2><p>Evaluated and recorded; nobody was asked. All of them: <code>decisions kind trigger.shadowed</code>.</p><ul class="targets">${shadows.map((line) => html`<li>${lineHtml(line, me)}</li>`)}</ul>`}
  <h2>In words</h2>
  <dl class="words">${words.map(({ of, says }) => html`<dt>${pageText(of)}</dt><dd>${pageText(says)}</dd>`)}</dl>
</div>`;
}

const adoptionHtml = ({ at, digest }: AdoptionView, isShown: boolean): Html =>
  isShown
    ? html`<strong>${utc(at)}</strong>`
    : html`<a href="${policyAddress(digest)}">${utc(at)}</a>`;

function changesHtml(
  { looser, stricter, changes }: PoliciesView["shown"],
  before: AdoptionView,
): Html {
  const said = [
    ...looser.map((what) => `Looser: ${what}`),
    ...stricter.map((what) => `Stricter; going back would loosen: ${what}`),
    ...changes,
  ];
  return html`
  <p>Against <a href="${policyAddress(before.digest)}">the one before</a>, adopted ${utc(before.at)}:</p>
  ${
    said.length === 0
      ? html`<p>They say the same.</p>`
      : html`<ul>${said.map((line) => html`<li>${pageText(line)}</li>`)}</ul>`
  }`;
}

/** Where no adoption is of the policy that was asked for. */
export function noPolicyHtml(asked: string): Html {
  return html`<div class="prose"><h1>No such policy</h1><p>${
    asked === ""
      ? "No policy was adopted yet."
      : html`No policy with the digest “${pageText(asked)}” is among those listed on <a href="/policy">the page of the policy</a>.`
  }</p></div>`;
}
