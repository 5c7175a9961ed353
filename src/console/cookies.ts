import type { FastifyRequest } from "fastify";

/** Names of the console's two cookies. */
export interface CookieNames {
  readonly session: string;
  readonly as: string;
  readonly secure: boolean;
}

/**
 * Over https the `__Host-` prefix keeps other hosts of the domain from setting ours (RFC 6265bis
 * §4.1.3.2).
 */
export function cookieNames(publicUrl: string): CookieNames {
  const secure = publicUrl.startsWith("https://");
  const session = secure ? "__Host-holdpoint_session" : "holdpoint_session";
  return { session, as: "holdpoint_as", secure };
}

/** A cookie's value, "" where there is none. */
export function cookie(request: FastifyRequest, name: string): string {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}

/**
 * A Set-Cookie header for a cookie that no script can read and no other site can send. `maxAge` in
 * seconds; 0 deletes it.
 */
export function setCookie(
  name: string,
  {
    value,
    maxAge,
    secure,
  }: { readonly value: string; readonly maxAge: number; readonly secure: boolean },
): string {
  return `${name}=${value}; Path=/; Max-Age=${Math.max(0, Math.floor(maxAge))}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}
