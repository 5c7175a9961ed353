import { z } from "zod";
import { causeOf } from "./signal-send.ts";

/** A running server, and the operator's token where one is set (in demo mode the demo key). */
export interface ServerAddress {
  readonly url: string;
  readonly token: string | null;
}

/** `errors` are the mistakes of a document, one line each. */
export type ClientResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly because: string; readonly errors: readonly string[] };

const problemBody = z.object({ detail: z.string(), errors: z.array(z.string()).default([]) });
const policyBody = z.object({ digest: z.string() });
const adoptedBody = z.object({
  is: z.enum(["adopted", "same", "proposed"]),
  until: z.string().optional(),
  confirmers: z.array(z.string()).optional(),
  digest: z.string(),
  index: z.number().optional(),
  looser: z.array(z.string()).default([]),
});
const linkBody = z.object({ url: z.string(), expires: z.string() });

const rehearsalBody = z.object({ escalation: z.string(), told: z.string() });

const restoredBody = z.object({ told: z.string() });

/** The result of `policy adopt`. */
export type AdoptedPolicy = z.infer<typeof adoptedBody>;

/** For whom a policy is adopted and why. */
export interface AdoptedFor {
  readonly as: string;
  readonly because: string;
  readonly confirmedBy: string | null;
  readonly basis?: string | null;
}

/** Adopts a policy in place of the one in force. */
export async function adoptPolicy(
  server: ServerAddress,
  yaml: string,
  said: AdoptedFor | null,
): Promise<ClientResult<AdoptedPolicy>> {
  const current = await ask(server, { path: "/v1/policy", init: {}, schema: policyBody });
  if (!current.ok) return current;
  return ask(server, {
    path: "/v1/policy",
    init: {
      method: "POST",
      headers: {
        "content-type": said === null ? "application/yaml" : "application/json",
        "if-match": `"${current.value.digest}"`,
      },
      body: said === null ? yaml : JSON.stringify({ policy: yaml, ...said }),
    },
    schema: adoptedBody,
  });
}

/** Creates a one-time login link, with which a person can decide when chat is down. */
export function loginLink(
  server: ServerAddress,
  person: string,
): Promise<ClientResult<z.infer<typeof linkBody>>> {
  return ask(server, {
    path: "/v1/login-links",
    init: posted({ person }),
    schema: linkBody,
  });
}

/** Opens a rehearsal of a deployment. */
export function rehearse(
  server: ServerAddress,
  deployment: string,
): Promise<ClientResult<z.infer<typeof rehearsalBody>>> {
  return ask(server, {
    path: "/v1/rehearse",
    init: posted({ deployment }),
    schema: rehearsalBody,
  });
}

/** Records that the server's database was restored on purpose. */
export function restored(
  server: ServerAddress,
  because: string,
): Promise<ClientResult<z.infer<typeof restoredBody>>> {
  return ask(server, {
    path: "/v1/log/restored",
    init: posted({ because }),
    schema: restoredBody,
  });
}

/** Replaces the key of the server's log. */
export function rotateKey(
  server: ServerAddress,
  asked: { readonly because: string; readonly distrusted?: number },
): Promise<ClientResult<z.infer<typeof restoredBody>>> {
  return ask(server, {
    path: "/v1/log/rotate-key",
    init: posted(asked),
    schema: restoredBody,
  });
}

function posted(body: object): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** Requests a body of a known shape from a server. */
export async function ask<T>(
  server: ServerAddress,
  {
    path,
    init,
    schema,
  }: { readonly path: string; readonly init: RequestInit; readonly schema: z.ZodType<T> },
): Promise<ClientResult<T>> {
  const asked = await request(server, path, init);
  if (!asked.ok) return asked;
  const read = schema.safeParse(await asked.value.json().catch(() => undefined));
  return read.success
    ? { ok: true, value: read.data }
    : refused(
        `${server.url} sent an answer that this program cannot read. Use the same version as the server.`,
      );
}

/**
 * Calls a server; an error is returned as its sentence. Redirects are not followed, since they
 * would carry the token to another host.
 */
export async function request(
  server: ServerAddress,
  path: string,
  init: RequestInit = {},
): Promise<ClientResult<Response>> {
  const headers = new Headers(init.headers);
  if (server.token !== null) headers.set("authorization", `Bearer ${server.token}`);
  try {
    const response = await fetch(new URL(path, server.url), {
      ...init,
      headers,
      redirect: "error",
    });
    if (response.ok) return { ok: true, value: response };
    const problem = problemBody.safeParse(await response.json().catch(() => undefined));
    if (response.status === 401) return refused(unknownHere(server.url));
    if (!problem.success) return refused(`${server.url} answered ${response.status}.`);
    return { ok: false, because: problem.data.detail, errors: problem.data.errors };
  } catch (error) {
    return refused(`${server.url} could not be reached: ${causeOf(error)}`);
  }
}

const unknownHere = (url: string): string =>
  `${url} refused the token. Set HOLDPOINT_OPERATOR_TOKEN, the same value as on the server; in demo mode, HOLDPOINT_DATA, the same directory.`;

const refused = (because: string): ClientResult<never> => ({ ok: false, because, errors: [] });
