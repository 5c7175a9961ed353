import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import { checkProof } from "../../core/log/check-proof.ts";
import { parseVkey } from "../../core/log/checkpoint.ts";
import type { Html } from "../pages/html-text.ts";
import { checkedHtml, proofsHtml } from "../pages/log-page.ts";
import {
  forViewers,
  pageContextFor,
  sendNotice,
  sendPage,
  type ViewerContext,
  viewsFor,
} from "../viewer-context.ts";
import { readUpload } from "./post-guard.ts";

export const checkPath = "/log/check";

/** An entry, its policy and their texts are far smaller. */
const largestProof = 4 * 2 ** 20;

export const proofTooLarge =
  "The file is larger than the 4 MB that this page checks. Check it on your own machine: npm run holdpoint -- prove --check <file>.";

/**
 * POST /log/check: a proof file, checked as `prove --check` does, by the same function. Nothing of
 * it is kept, and nothing is answered that does not stand in it.
 */
export function addProofCheck(app: FastifyInstance, context: ViewerContext): void {
  app.post(
    checkPath,
    { bodyLimit: largestProof },
    forViewers(context, async (request, reply, viewer) => {
      const form = await readUpload(context, request, viewer.bound);
      if ("because" in form)
        return sendNotice(context, {
          reply,
          status: form.status,
          title: "Not checked",
          main: html`<p>${form.because} Nothing was checked. <a href="/log">Load the page again</a> and use the form there.</p>`,
        });
      const pageContext = pageContextFor(context, viewer, "/log");
      const { keys, name } = await (await viewsFor(context, viewer)).log();
      const { ok, main } = await checked(form, { name, keys: keys.map(({ vkey }) => vkey) });
      return sendPage(context, {
        reply: reply.status(ok ? 200 : 400),
        pageContext,
        page: { title: "A checked proof", main: html`${main}${proofsHtml(pageContext)}` },
      });
    }),
  );
}

/** `ok`: whether something was checked at all. */
async function checked(
  form: FormData,
  log: { readonly name: string; readonly keys: readonly string[] },
): Promise<{ readonly ok: boolean; readonly main: Html }> {
  const no = (because: string) => ({ ok: false, main: notCheckedHtml(because) });
  const sent = form.getAll("proof");
  const [file] = sent;
  if (sent.length > 1) return no("More than one file was sent. Check one after the other.");
  if (file === undefined || typeof file === "string" || (file.size === 0 && file.name === ""))
    return no("No file was chosen. Choose the .tlog-proof file, or drop it on the form.");
  const key = String(form.get("key") ?? "").trim();
  if (key !== "" && parseVkey(key) === undefined)
    return no("The key is not in the form <name>+<8 hex digits>+<base64>, as log.pub has it.");
  const text = (await file.text()).replace(/\n?$/, "\n"); // pasted from a chat
  const proof = checkProof(text, key === "" ? null : key);
  return { ok: true, main: checkedHtml(proof, { file: file.name, log }) };
}

const notCheckedHtml = (because: string): Html => html`
<section class="prose" aria-labelledby="checked-heading">
  <h1 id="checked-heading">Not checked</h1>
  <p role="alert" class="answer refused">${because}</p>
</section>`;
