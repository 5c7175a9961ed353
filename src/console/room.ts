import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answers } from "./answers.ts";
import type { CookieNames } from "./cookies.ts";
import { type AssetLinks, doorHtml, type Page, pageHtml } from "./layout.ts";
import type { Live } from "./live.ts";
import type { Nonces } from "./nonce.ts";
import type { ConsoleDeps } from "./ports.ts";
import type { Seat } from "./press.ts";
import { notInHtml } from "./still-pages.ts";
import type { NotIn, Viewer } from "./viewer.ts";
import type { Html } from "./visible.ts";

/** Everything the routes share. */
export interface Room {
  readonly deps: ConsoleDeps;
  readonly cookies: CookieNames;
  readonly viewerOf: (request: FastifyRequest) => Promise<Viewer | NotIn>;
  readonly nonces: Nonces;
  readonly answers: Answers;
  readonly live: Live;
  readonly assets: AssetLinks;
}

/** No Referrer-Policy `no-referrer`: with it browsers send `Origin: null` with every form (Fetch standard, "append a request Origin header"). */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** The viewer's place on a page. */
export const seatAt = (room: Room, viewer: Viewer, from: string): Seat => ({
  viewer,
  from,
  now: room.deps.clock.now(),
  nonce: () => room.nonces.issue(viewer.bound),
});

/** Sends a piece of a page, or a page. */
export const sendHtml = (reply: FastifyReply, body: string | Html): FastifyReply =>
  reply.header("content-type", "text/html; charset=utf-8").send(String(body));

/** Sends a whole page to somebody who is in. */
export const sendPage = async (
  room: Room,
  reply: FastifyReply,
  seat: Seat,
  page: Page,
): Promise<FastifyReply> => {
  const people = seat.viewer.by === "demo" ? await room.deps.views.people() : [];
  return sendHtml(reply, pageHtml(page, seat, people, room.deps.commandList, room.assets));
};

/** Sends one message to somebody who is not in, or whose form is not accepted. */
export const sendDoor = (
  room: Room,
  reply: FastifyReply,
  status: number,
  title: string,
  main: Html,
): FastifyReply => sendHtml(reply.status(status), doorHtml(title, room.assets, main));

/** What answers a request. */
export type Route = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A route for who is in: the others get the page that says how to get in. */
export const forViewers =
  (
    room: Room,
    work: (request: FastifyRequest, reply: FastifyReply, viewer: Viewer) => Promise<FastifyReply>,
  ): Route =>
  async (request, reply) => {
    const viewer = await room.viewerOf(request);
    if ("is" in viewer) return work(request, reply, viewer);
    return sendNotIn(room, reply, viewer);
  };

/** 401, or in demo mode 403 with the condition that failed. */
const sendNotIn = (room: Room, reply: FastifyReply, notIn: NotIn): FastifyReply => {
  if (notIn.status === 401) reply.header("www-authenticate", 'Bearer realm="holdpoint"');
  return sendDoor(room, reply, notIn.status, doorTitles[notIn.why], notInHtml(notIn));
};

const doorTitles: Readonly<Record<NotIn["why"], string>> = {
  "no-session": "Not signed in",
  elsewhere: "Not open from here",
  "no-key": "The key is missing",
};

/** The address's query. */
export const queryOf = (request: FastifyRequest): URLSearchParams =>
  new URLSearchParams(request.url.split("?")[1] ?? "");

/** A named piece of the address's path. */
export const param = (request: FastifyRequest, name: string): string => {
  const params = new Map(Object.entries(request.params ?? {}));
  return String(params.get(name) ?? "");
};
