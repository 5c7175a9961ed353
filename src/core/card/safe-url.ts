/** An address that a sender gave, as it may be made live. */

const longest = 1_500;

/**
 * The address as a browser understands it, and its host; null for what is no plain web address:
 * another scheme, a name or password in front of the host (which reads like another host), or one
 * that is too long for a card.
 */
export function safeUrl(text: string): { readonly url: string; readonly host: string } | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, host, href } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") return null;
  if (username !== "" || password !== "" || host === "" || href.length > longest) return null;
  return { url: href, host };
}
