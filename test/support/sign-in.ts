import { clientId, clientSecret, type Issuer } from "./oidc-issuer.ts";
import type { Browser } from "./process.ts";

/** The environment of a server whose people sign in at an issuer. */
export function issuerEnv(
  { url }: Pick<Issuer, "url">,
  accounts: "slack" | "teams" | "policy" = "policy",
): Readonly<Record<string, string>> {
  return {
    HOLDPOINT_OIDC_ISSUER: url,
    HOLDPOINT_OIDC_CLIENT_ID: clientId,
    HOLDPOINT_OIDC_CLIENT_SECRET: clientSecret,
    HOLDPOINT_OIDC_ACCOUNTS: accounts,
  };
}

/** Everybody of the example signs in with a subject; the policy has no other account of them. */
export function bySubject(yaml: string): string {
  return yaml.replace(
    /^ {2}(\w+):( +)\{ name: (.*?), +slack: \w+, teams: [\w-]+ \}/gm,
    (_line, key, gap, name) => `  ${key}:${gap}{ name: ${name}, oidc: sub-${key} }`,
  );
}

type Visit = Awaited<ReturnType<Browser["page"]>>;

/** From our sign-in to the issuer, and back as far as the address with which it sends one back. */
export async function atIssuer(
  browser: Browser,
  issuer: Pick<Issuer, "visit">,
  to = "/",
): Promise<string> {
  const begun = await browser.page(`/sign-in?${new URLSearchParams({ to })}`);
  const back = new URL(await issuer.visit(begun.location ?? ""));
  return `${back.pathname}${back.search}`;
}

/** Signs in; the page that our server answers with. */
export async function signInAt(
  browser: Browser,
  issuer: Pick<Issuer, "visit">,
  to = "/",
): Promise<Visit> {
  return browser.page(await atIssuer(browser, issuer, to));
}
