import type { Witnessing } from "../core/log/quorum.ts";
import type { LogVerdict } from "../core/log/verdict.ts";
import type { Meaning } from "../core/replay/verify-meaning.ts";

/** What `log verify` says besides its verdict: what was checked, and what was not. */
export function meaningLines(verdict: LogVerdict, meaning: Meaning | null): readonly string[] {
  if (meaning === null)
    return ["Checked: the bytes, the order and the signature. Not checked: what the entries mean."];
  if (meaning.finding !== null)
    return [
      `The bytes are those that were signed. ${before(meaning.finding.index)} Those after it were not judged.`,
    ];
  return [
    `Checked: the bytes, and what ${entries(meaning.entries)} mean${meaning.entries === 1 ? "s" : ""}, replayed under the policies in the export: each follows from those before it, and was made by somebody who had the right to.`,
    ...unknownLines(meaning),
    ...claimLines(meaning),
    ...disclosureLines(meaning),
    notChecked(verdict),
  ];
}

/** Who cosigned the checkpoint, and when. */
export function witnessLines({ at }: Witnessing): readonly string[] {
  const names = [...at].map(
    ([vkey, seconds]) =>
      `${vkey.split("+")[0]} at ${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`,
  );
  return [
    names.length === 0
      ? "No witness of your quorum file cosigned the checkpoint."
      : `Cosigned: ${names.join(", ")}.`,
  ];
}

const before = (index: number): string =>
  index === 0
    ? "It is the first entry."
    : `Nothing is wrong with the meaning of the ${index} before it.`;

const entries = (count: number): string => (count === 1 ? "1 entry" : `${count} entries`);

function unknownLines({ unknown }: Meaning): readonly string[] {
  const kinds = [...unknown].map(([kind, count]) => `${kind} (${count})`);
  return kinds.length === 0
    ? []
    : [`Not understood: entries of kinds that this version does not know: ${kinds.join(", ")}.`];
}

/** What the log cannot show: it is believed, and said. */
function claimLines({ claims }: Meaning): readonly string[] {
  return [...claims].map(
    ([claim, count]) => `Believed, since no entry can show it: ${claim} (${entries(count)}).`,
  );
}

function disclosureLines({ disclosures }: Meaning): readonly string[] {
  const { used, unused, twice, missing, redacted } = disclosures;
  const parts = [
    `${used} open a text of the log or of a policy`,
    ...(unused > 0 ? [`${unused} open what stands in neither`] : []),
    ...(twice > 0 ? [`${twice} are there twice`] : []),
    ...(redacted > 0 ? [`${redacted} texts were erased, as the log says`] : []),
    ...(missing > 0 ? [`${missing} commitments have none: erased, or left out`] : []),
  ];
  return [`Disclosures: ${parts.join("; ")}.`];
}

function notChecked({ compared }: LogVerdict): string {
  const parts = [
    "whether the signals were as they were recorded",
    "who used an account",
    ...(compared ? [] : ["whether everything was rewritten and signed again (--key, --seen)"]),
    "whether an entry is missing from which nothing follows",
  ];
  return `Not checked: ${parts.join("; ")}.`;
}
