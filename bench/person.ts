import { demoKey, type Program } from "./program.ts";

/** Somebody signed in to the console. */
export interface Person {
  readonly cookie: string;
  /** Good for a day and bound to the person, not to one form. */
  readonly nonce: string;
}

/** Demo mode lets whoever has its key choose who to be. */
export async function signIn({ url }: Program, name: string): Promise<Person> {
  const opened = await fetch(`${url}/?key=${demoKey}`, { redirect: "manual" });
  const [entry = ""] = opened.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const page = await (await fetch(url, { headers: { cookie: entry } })).text();
  const [, id] = new RegExp(`<option value="(p_[a-z0-9]+)"[^>]*>${name}`).exec(page) ?? [];
  const cookie = `${entry}; holdpoint_as=${id}`;
  const own = await (await fetch(url, { headers: { cookie } })).text();
  const [, nonce] = /name="nonce" value="([^"]+)"/.exec(own) ?? [];
  if (id === undefined || nonce === undefined)
    throw new Error(`the console lets nobody be ${name}`);
  return { cookie, nonce };
}

/** Says a line; answers how long the answer took, ms. */
export async function say(
  { url }: Program,
  { cookie, nonce }: Person,
  line: string,
): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}/say`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, origin: url },
    body: new URLSearchParams({ nonce, line }),
  });
  await answer.arrayBuffer();
  if (answer.status !== 303) throw new Error(`POST /say answered ${answer.status}`);
  return performance.now() - began;
}
