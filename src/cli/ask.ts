import { z } from "zod";
import { ask, type ClientResult, type ServerAddress } from "./operator-client.ts";

/** A question as in a chat, asked of a running server. */

const answerBody = z.object({
  text: z.string(),
  lines: z.array(z.string()),
  next: z.string().nullable(),
  file: z.object({ name: z.string(), text: z.string() }).nullable(),
});

/**
 * Asks a line. `out` gets the file of an answer that is one, and then `err` the words about it, so
 * that the output can be redirected; else `out` gets the words.
 */
export async function askLine(
  server: ServerAddress,
  words: readonly string[],
  { out, err }: { readonly out: (line: string) => void; readonly err: (line: string) => void },
): Promise<ClientResult<null>> {
  const query = new URLSearchParams({ line: words.join(" ") });
  const asked = await ask(server, { path: `/v1/ask?${query}`, init: {}, schema: answerBody });
  if (!asked.ok) return asked;
  const { text, lines, next, file } = asked.value;
  const say = file ? err : out;
  for (const line of [text, ...lines]) say(line);
  if (next !== null) say(`More: ${next}`);
  if (file) out(file.text.replace(/\n$/, ""));
  return { ok: true, value: null };
}
