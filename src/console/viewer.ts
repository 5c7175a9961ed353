import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { SignedIn } from "../app/ports.ts";
import type { EntryId, PersonId } from "../core/ids.ts";
import type { Person } from "../core/people/person.ts";
import { type CookieNames, cookie } from "./cookies.ts";
import type { ConsoleDeps } from "./ports.ts";

/** The viewer of a page. `bound` is what their forms are bound to. */
export type Viewer =
  | {
      readonly is: "person";
      readonly person: Person;
      readonly by: "demo" | "session";
      /** The operator's login link that the session came from. */
      readonly link: EntryId | null;
      readonly bound: string;
    }
  /** Only in demo mode: a person whom the policy does not name. */
  | { readonly is: "stranger"; readonly by: "demo"; readonly bound: string }
  /** Has a token with read access, and runs no commands. */
  | {
      readonly is: "reader";
      readonly role: "auditor" | "operator";
      readonly by: "token";
      readonly bound: "";
    };

/** Why a request is not let in. `no-key`: demo mode's key would let it in. */
export interface NotIn {
  readonly status: 401 | 403;
  readonly why: "no-session" | "elsewhere" | "no-key";
  readonly because: string;
}

/** In the demo cookie: a person whom the policy does not name. */
export const unnamedPerson = "stranger";

/**
 * Identifies the viewer, on each request: by a session, else by demo mode's choice, else by a token
 * with read access.
 */
export function createViewers(deps: ConsoleDeps, cookies: CookieNames) {
  return async (request: FastifyRequest): Promise<Viewer | NotIn> => {
    const demo = deps.demo?.admits(request) ?? null;
    const viewer =
      (await fromSession(deps, cookie(request, cookies.session))) ??
      (demo?.is === "open" ? await fromDemo(deps, cookie(request, cookies.as)) : null) ??
      fromToken(deps, request.headers.authorization);
    if (viewer) return viewer;
    if (demo && demo.is !== "open") return { status: 403, why: demo.is, because: demo.because };
    return {
      status: 401,
      why: "no-session",
      because: "You are not signed in, or your session has expired.",
    };
  };
}

async function fromSession(deps: ConsoleDeps, token: string): Promise<Viewer | null> {
  if (token === "") return null;
  const holder = await deps.sessions.holder(token);
  if (holder === undefined) return null;
  const person = (await deps.people()).find((person) => person.id === holder.person);
  const bound = `session:${hashed(token)}`;
  return person ? { is: "person", person, by: "session", link: holder.link, bound } : null;
}

async function fromDemo(deps: ConsoleDeps, as: string): Promise<Viewer | null> {
  const people = await deps.people();
  const person = people.find((person) => person.id === as) ?? people[0];
  if (as === unnamedPerson || !person) return { is: "stranger", by: "demo", bound: "demo:" };
  return { is: "person", person, by: "demo", link: null, bound: `demo:${person.id}` };
}

function fromToken(deps: ConsoleDeps, authorization: string | undefined): Viewer | null {
  const role = deps.readerOf(authorization);
  return role && { is: "reader", role, by: "token", bound: "" };
}

/** What a nonce is bound to where there is no secret. */
export function hashed(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The person of the policy; null = not named there, or a token. */
export function personOf(viewer: Viewer): PersonId | null {
  return viewer.is === "person" ? viewer.person.id : null;
}

/** The operator's login link with which they signed in; null = none. */
export function linkOf(viewer: Viewer): EntryId | null {
  return viewer.is === "person" ? viewer.link : null;
}

/** The viewer's random id, "" for others. */
export function idOf(viewer: Viewer): string {
  return personOf(viewer) ?? "";
}

/** For whom a page is drawn, and who asks on it. */
export function askerOf(viewer: Viewer): SignedIn {
  return viewer.is === "reader" ? { is: "reader", role: viewer.role } : speakerOf(viewer);
}

/** Who presses what is on a page. */
export function speakerOf(viewer: Viewer): SignedIn {
  return viewer.is === "person"
    ? { is: "person", person: viewer.person.id, link: viewer.link }
    : { is: "stranger" };
}
