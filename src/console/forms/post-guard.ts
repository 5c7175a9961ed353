import type { FastifyRequest } from "fastify";
import type { ViewerContext } from "../viewer-context.ts";

/** Why a form is refused. `ours`: it came from our own page, so its text may be shown again. */
export interface FormProblem {
  readonly status: 403 | 415;
  readonly because: string;
  readonly ours: boolean;
}

/** The fields of a form; empty where the body is none. */
export function readForm(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(
    isForm(request) && Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "",
  );
}

const isForm = (request: FastifyRequest): boolean =>
  /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers["content-type"] ?? "");

/** Checks a POST: from our own page, a form, with a nonce of this viewer. Null where all hold. */
export function formProblem(
  context: Pick<ViewerContext, "deps" | "nonces">,
  {
    request,
    form,
    bound,
  }: { readonly request: FastifyRequest; readonly form: URLSearchParams; readonly bound: string },
): FormProblem | null {
  const origin = originProblem(context, request);
  if (origin !== null) return { status: 403, because: origin, ours: false };
  if (!isForm(request)) {
    return {
      status: 415,
      because: "The body is not a form (application/x-www-form-urlencoded).",
      ours: false,
    };
  }
  return nonceProblem(context, form.get("nonce"), bound);
}

function nonceProblem(
  { nonces }: Pick<ViewerContext, "nonces">,
  sent: unknown,
  bound: string,
): FormProblem | null {
  const problem = nonces.problem(typeof sent === "string" ? sent : "", bound);
  return problem === null ? null : { status: 403, because: problem, ours: true };
}

/** A form with a file, from our own page with a nonce of this viewer; else why it is not. */
export async function readUpload(
  context: Pick<ViewerContext, "deps" | "nonces">,
  request: FastifyRequest,
  bound: string,
): Promise<FormData | FormProblem> {
  const origin = originProblem(context, request);
  if (origin !== null) return { status: 403, because: origin, ours: false };
  const form = await formDataIn(request);
  if (form === null)
    return {
      status: 415,
      because: "The body is not a form with a file (multipart/form-data).",
      ours: false,
    };
  return nonceProblem(context, form.get("nonce"), bound) ?? form;
}

async function formDataIn({ body, headers }: FastifyRequest): Promise<FormData | null> {
  const type = headers["content-type"] ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type) || !Buffer.isBuffer(body)) return null;
  try {
    return await new Response(new Uint8Array(body), {
      headers: { "content-type": type },
    }).formData();
  } catch {
    return null; // not as its header says
  }
}

/** Whether a form comes from a page of ours. */
export function isOurs(context: Pick<ViewerContext, "deps">, request: FastifyRequest): boolean {
  return originProblem(context, request) === null;
}

function originProblem(
  { deps }: Pick<ViewerContext, "deps">,
  request: FastifyRequest,
): string | null {
  const { origin } = request.headers;
  if (origin === undefined) return "The Origin header is missing.";
  const own = new URL(deps.publicUrl).origin;
  // In demo mode the Host header was checked before, unless the request came from elsewhere.
  const demo = deps.demo?.admits(request).is ?? "elsewhere";
  const here = demo === "elsewhere" ? own : `http://${request.headers.host}`;
  if (origin === own || origin === here.toLowerCase()) return null;
  return "The Origin header names another site.";
}
