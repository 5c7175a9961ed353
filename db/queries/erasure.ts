import type { ErasureStore } from "../../src/app/ports.ts";
import { arrayText } from "../column-types.ts";
import type { Executor } from "../executor.ts";

/** Erasing what the log has commitments to. */
export function erasureQueries(execute: Executor): ErasureStore {
  return {
    erase: async ({ commitments, person, everywhere, there, escalations, deliveries }) => {
      const list = (values: readonly string[]): string => arrayText(values.map(storable));
      const [[isErased] = []] = await execute({
        text: "select holdpoint.erase_unless_held($1::text::text[], $2::text, $3::text::text[], $4::text::text[], $5::text::text[], $6::text::text[])",
        params: [
          list(commitments),
          person,
          list(everywhere),
          list(there),
          list(escalations),
          list(deliveries),
        ],
      });
      return isErased === true;
    },
    outOfReach: async (escalations, { words, but }) => {
      const rows = await execute({
        text: `select chat, count(*)::int from holdpoint.messages
          where chat <> 'console' and escalation = any($1::text::text[]) and key not like 'card:%'
          group by chat order by chat`,
        params: [arrayText(escalations)],
      });
      const [[texts] = []] = await execute({
        text: `select count(*)::int from holdpoint.texts t where t.commitment <> all($2::text::text[])
          and exists (select from unnest($1::text::text[]) as w(word)
            where position(convert_to(word, 'UTF8') in t.text) > 0)`,
        params: [arrayText(words.map(storable)), arrayText(but)],
      });
      return {
        messages: rows.map(([chat, count]) => ({ chat: String(chat), count: Number(count) })),
        texts: Number(texts),
      };
    },
  };
}

/** `text` cannot hold U+0000; JSON in the tables has U+FFFD there. */
const storable = (text: string): string => text.replaceAll("\0", "\ufffd");
