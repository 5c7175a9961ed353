import type { FastifyRequest } from "fastify";

/** Names of the console's cookies. */
export interface CookieNames {
  readonly session: string;
  readonly as: string;
  /** The sign-in at an issuer that this browser has begun. */
  readonly flow: string;
  /** The page to land on after signing in. */
  readonly to: string;
  readonly secure: boolean;
}

/**
 * Over https the `__Host-` prefix keeps other hosts of the domain from setting ours (RFC 6265bis
 * §4.1.3.2).
 */
export function cookieNames(publicUrl: string): CookieNames {
  const secure = publicUrl.startsWith("https://");
  const prefix = secure ? "__Host-" : "";
  return {
    session: `${prefix}holdpoint_session`,
    as: "holdpoint_as",
    flow: `${prefix}holdpoint_sign_in`,
    to: `${prefix}holdpoint_to`,
    secure,
  };
}

/** A cookie's value, "" where there is none. */
export function cookie(request: FastifyRequest, name: string): string {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}

/**
 * A Set-Cookie header for a cookie that no script can read. `maxAge` in seconds; 0 deletes it.
 * `Strict`: a request that another site begins does not have it. `Lax`: it does where somebody is
 * sent here to read a page, as an issuer sends them back.
 */
export function setCookie(
  name: string,
  {
    value,
    maxAge,
    secure,
    sameSite = "Strict",
  }: {
    readonly value: string;
    readonly maxAge: number;
    readonly secure: boolean;
    readonly sameSite?: "Strict" | "Lax";
  },
): string {
  return `${name}=${value}; Path=/; Max-Age=${Math.max(0, Math.floor(maxAge))}; HttpOnly; SameSite=${sameSite}${secure ? "; Secure" : ""}`;
}
