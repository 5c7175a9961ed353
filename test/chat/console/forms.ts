import type { World } from "./world.ts";

/** What a person's browser does with a page's forms, without a browser. */

const origin = "http://localhost:3000";

interface Sent {
  readonly fields: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts a form as a browser on our own page would. */
export function post(world: World, { fields, path = "/say", headers = {} }: Sent) {
  return world.app.inject({
    method: "POST",
    url: path,
    headers: { origin, "content-type": "application/x-www-form-urlencoded", ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
}

export function get(world: World, url: string, headers: Readonly<Record<string, string>> = {}) {
  return world.app.inject({ method: "GET", url, headers });
}

/** A nonce from the page's command line. */
export async function nonceOn(
  world: World,
  headers: Readonly<Record<string, string>> = {},
  url = "/",
): Promise<string> {
  const page = await get(world, url, headers);
  return /name="nonce" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
}

/** The cookie an answer sets, as a browser sends it back. */
export function cookieOf(answer: {
  readonly headers: { "set-cookie"?: string | string[] | undefined };
}): string {
  return String(answer.headers["set-cookie"] ?? "").split(";")[0] ?? "";
}
