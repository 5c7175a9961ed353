import { historyLine, textsIn } from "../../core/card/history-line.ts";
import { textOf } from "../../core/card/kept-text.ts";
import { nameOf, type ViewContext } from "../../core/card/view-context.ts";
import { csvText } from "../../core/csv.ts";
import type { Commitment } from "../../core/ids.ts";
import { visible } from "../../core/text.ts";
import { plain } from "../../core/words/line.ts";
import type { EntryFilter, FileFormat, Recorded, Reply, Store } from "../ports.ts";

/** Entries as a file: CSV for a spreadsheet, JSON Lines for a program. */

/** More than a person reads, and as much as one answer holds. */
export const mostExported = 10_000;
const page = 500;

/** Every entry that a question finds, newest first, up to {@link mostExported}. */
export async function allEntries(
  store: Pick<Store, "entries">,
  filter: Omit<EntryFilter, "limit">,
): Promise<readonly Recorded[]> {
  const found: Recorded[] = [];
  let below = filter.below;
  while (found.length < mostExported) {
    const asked = below === undefined ? filter : { ...filter, below };
    const some = await store.entries({ ...asked, limit: page });
    found.push(...some);
    below = some.at(-1)?.index;
    if (some.length < page) break;
  }
  return found.slice(0, mostExported);
}

/** The entries as a file of that format. `view` has their texts. */
export function entryFile(
  view: ViewContext,
  found: readonly Recorded[],
  { format, name }: { readonly format: FileFormat; readonly name: string },
): NonNullable<Reply["file"]> {
  const text =
    format === "csv"
      ? csvText([columns, ...found.map((recorded) => rowOf(view, recorded))])
      : found.map((recorded) => `${jsonLine(view, recorded)}\n`).join("");
  return { name: `${name}.${format}`, text };
}

const jsonLine = (view: ViewContext, { index, entry, bytes }: Recorded): string =>
  // The entry's own bytes: its hash can be checked against the log.
  `{"index":${index},"text":${JSON.stringify(plain(historyLine(view, { index, entry }, "UTC")))},"entry":${new TextDecoder().decode(bytes)}}`;

const columns = [
  "record",
  "time (UTC)",
  "kind",
  "decision",
  "deployment",
  "escalation",
  "people",
  "rule",
  "before",
  "after",
  "deviation",
  "break-glass",
  "reason",
  "sentence",
  "entry",
];

function rowOf(view: ViewContext, { index, entry }: Recorded): readonly (string | number)[] {
  const made = entry.kind === "decision.made" ? entry : null;
  const cells = [
    entry.at,
    entry.kind,
    made?.decision ?? (entry.kind === "decision.denied" ? entry.asked : ""),
    "deployment" in entry ? entry.deployment : "",
    "escalation" in entry ? entry.escalation : "",
    (made?.people ?? personOf(entry)).map((person) => nameOf(view, person)).join(", "),
    "authority" in entry ? entry.authority : "",
    made?.before ?? "",
    made?.after ?? "",
    made?.deviation ?? "",
    made?.breakGlass ? "yes" : "",
    reasonsOf(view, textsIn(entry)),
    sentenceOf(view, { index, entry }),
    entry.id,
  ];
  return [index, ...cells.map(visible)];
}

const personOf = ({ actor }: Recorded["entry"]) => (actor.type === "person" ? [actor.person] : []);

function reasonsOf(view: ViewContext, commitments: readonly Commitment[]): string {
  return commitments
    .map((commitment) => textOf(view, commitment))
    .flatMap((text) => (text === null ? [] : plain([text])))
    .join(" / ");
}

/** Without number and time, which have columns of their own. */
const sentenceOf = (view: ViewContext, recorded: Pick<Recorded, "index" | "entry">): string =>
  plain(historyLine(view, recorded, "UTC").slice(1));
