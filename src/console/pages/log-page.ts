import { html } from "hono/html";
import type { CosignedView, LogView } from "../../app/ports.ts";
import type { CheckedProof, GoodProof } from "../../core/log/check-proof.ts";
import type { KeyPeriod } from "../../core/log/key-chain.ts";
import { carried, type PageContext } from "../forms/press.ts";
import { entriesWords } from "./board.ts";
import { type Html, pageText } from "./html-text.ts";
import { utc } from "./times.ts";

/** The log's name and key, what of it was signed and by whom. */
export function logHtml(log: LogView): Html {
  const { size, at, note, keys } = log;
  return html`
<div id="live" class="prose log" data-fragment="/fragments/log" data-title="Audit log">
  <h1>Audit log</h1>
  <p class="big">${entriesWords(size)}</p>
  ${size > 0 && html`<p>Last entry ${utc(at)}.</p>`}
  <h2>Name and key</h2>
  <p>The log is called <strong>${pageText(log.name)}</strong>. Its signatures are checked with ${keys.length === 1 ? "this key" : "these keys, the newest last"}:</p>
  ${keys.map(keyHtml)}
  <p>Keep a copy where this server cannot change it: what you check is only as good as the key you check it with.</p>
  <h2>Newest checkpoint</h2>
  ${note === null ? html`<p class="calm">No checkpoint has been signed yet.</p>` : noteHtml(note)}
  <h2>Witnesses</h2>
  ${witnessesHtml(log)}
</div>`;
}

const keyHtml = ({ vkey, since, replaced, distrusted }: KeyPeriod): Html => html`
  <pre tabindex="0" aria-label="Verifier key">${pageText(vkey)}</pre>
  ${since !== null && html`<p>Took the log over with record ${since}.</p>`}
  ${replaced !== null && html`<p>Handed the log over with record ${replaced}.${distrusted !== null && html` It was stolen: its checkpoints count up to ${entriesWords(distrusted)}.`}</p>`}`;

const noteHtml = (note: string): Html => html`
  <p>The signed head of the log, with the cosignatures of witnesses where there are any. Keep a copy somewhere else: with an old checkpoint anybody can prove that the log was rewritten.</p>
  <pre tabindex="0" aria-label="Signed checkpoint">${linesText(note)}</pre>
  <p>Programs read it at <code>/log/checkpoint</code>, with a token.</p>`;

/** Text with its line breaks; invisible characters are made visible. */
const linesText = (text: string): string => text.split("\n").map(pageText).join("\n");

function witnessesHtml({ witnesses, cosigned }: LogView): Html {
  const named =
    witnesses.length === 0
      ? html`<p class="calm">The policy names no witness: nobody but this server says that the log was never rewritten.</p>`
      : html`<p>The policy names ${witnesses.map(pageText).join(", ")}.</p>`;
  return cosigned.length === 0
    ? html`${named}<p class="calm">No checkpoint was cosigned yet.</p>`
    : html`${named}
  <table class="wide">
    <caption>The last checkpoints that witnesses cosigned, newest first. Of those that nobody cosigned, only the newest is kept.</caption>
    <thead><tr><th scope="col">Entries</th><th scope="col">Cosigned by</th></tr></thead>
    <tbody>${cosigned.map(cosignedHtml)}</tbody>
  </table>`;
}

const cosignedHtml = ({ size, by }: CosignedView): Html => html`
      <tr><td>${size}</td><td><ul class="lines">${by.map(
        ({ name, at }) =>
          html`<li>${pageText(name)}, ${at === null ? html`<strong>with a signature that does not fit</strong>` : utc(at)}</li>`,
      )}</ul></td></tr>`;

/** How proofs, and the whole log, are checked: here, and without trusting this server. */
export function proofsHtml(pageContext: PageContext): Html {
  return html`
<section class="prose" aria-labelledby="proofs-heading">
  <h2 id="proofs-heading">Check a proof</h2>
  <p><code>prove HP-7</code> gives the proof of a decision as a file. Drop it here, or choose it.</p>
  <form class="drop" method="post" action="/log/check" enctype="multipart/form-data" data-drop aria-labelledby="proofs-heading">
    ${carried(pageContext, null)}
    <p><label for="proof">Proof file (.tlog-proof, up to 4 MB)</label>
      <input id="proof" name="proof" type="file" required></p>
    <p><label for="proof-key">The log's key as you kept it (optional)</label>
      <input id="proof-key" name="key" maxlength="300" autocomplete="off" spellcheck="false"></p>
    <button class="button primary"><span>Check</span></button>
  </form>
  <p>This server does the checking here, with the function that <code>prove --check</code> has. Whoever does not trust this server does it on
    their own machine, which needs the file, a copy of Holdpoint and no network:</p>
  <pre tabindex="0" aria-label="Command">${offline("<file>")}</pre>
  <h2>Verify the whole log offline</h2>
  <p>Export the log, then verify it. Verifying needs only the directory: no server, no database, no account.</p>
  <pre tabindex="0" aria-label="Commands">npm run holdpoint -- log export ./log
npm run holdpoint -- log verify ./log --seen checkpoint-you-kept</pre>
  <p>The result is OK, or names the first bad entry: TAMPERED, TRUNCATED or FORKED bytes, UNAUTHORIZED if nobody had the right to make it, INCONSISTENT if it does not follow from those before it.</p>
</section>`;
}

const offline = (file: string): string =>
  `npm run holdpoint -- prove --check ${file} --key "$(cat log.pub)"`;

/** What a check found; `log` is this server's own. */
export function checkedHtml(
  checked: CheckedProof,
  {
    file,
    log,
  }: {
    readonly file: string;
    readonly log: { readonly name: string; readonly keys: readonly string[] };
  },
): Html {
  const title = checked.is === "OK" ? "The proof holds" : "TAMPERED";
  return html`
<section class="prose checked" aria-labelledby="checked-heading">
  <h1 id="checked-heading">${title}</h1>
  <p class="muted">File <bdi>${pageText(file.slice(0, 200))}</bdi></p>
  ${
    checked.is === "OK"
      ? goodHtml(checked, log)
      : html`
  <p role="alert" class="answer refused">It proves nothing: ${pageText(checked.because)}.</p>`
  }
  <p>This server says so. Without trusting it:</p>
  <pre tabindex="0" aria-label="Command">${offline(isPlain(file) ? file : "<file>")}</pre>
</section>`;
}

/** Whether a name means nothing else to a shell. */
const isPlain = (name: string): boolean => /^[A-Za-z0-9][\w.-]{0,120}$/.test(name);

/** More texts than an entry and its policy have that people look through on a page. */
const mostTexts = 100;

function goodHtml(
  proof: GoodProof,
  log: { readonly name: string; readonly keys: readonly string[] },
): Html {
  const { index, head, entry, disclosures, missing, policy } = proof;
  return html`
  <p role="status" class="answer done">Entry ${index} is one of the ${head.size} that were signed as <strong>${pageText(head.origin)}</strong>.</p>
  <ul class="lines">
    <li>${comparedText(proof, log)}</li>
    <li>${policy === "" ? "Its policy is not in the file." : "The policy in the file is the one that the entry names."}</li>
    <li>Not checked: whether it follows from the entries before it (<code>log verify</code>, of an export); who cosigned it (<code>--quorum</code>, offline); who the people are.</li>
  </ul>
  <h2>The entry</h2>
  <pre tabindex="0" aria-label="Entry">${linesText(JSON.stringify(entry, null, 2))}</pre>
  ${
    disclosures.length > 0 &&
    html`
  <h2>Texts it commits to</h2>
  <dl class="texts">${disclosures.slice(0, mostTexts).map(
    ({ commitment, text }) => html`
    <dt><code>${commitment}</code></dt><dd><bdi>${pageText(text)}</bdi></dd>`,
  )}</dl>
  ${disclosures.length > mostTexts && html`<p>${disclosures.length - mostTexts} more are in the file.</p>`}`
  }
  ${missing.length > 0 && html`<p>Without a text, erased or left out: ${missing.length}.</p>`}`;
}

function comparedText(
  { key, compared, head }: GoodProof,
  { name, keys }: { readonly name: string; readonly keys: readonly string[] },
): string {
  if (compared) return "Signed with the key that you gave.";
  if (keys.includes(key))
    return "Signed with the key that this server shows as this log's. Compare it with the one that you kept.";
  return head.origin === name
    ? "Signed with another key than this log's, under its name: somebody else made it."
    : `Of another log than this server's (${pageText(name)}): nothing here says whose it is.`;
}
