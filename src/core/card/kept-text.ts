import type { Commitment } from "../ids.ts";
import * as words from "../words/words.ts";
import type { Part } from "./card.ts";
import type { ViewContext } from "./view-context.ts";

/** A text by its commitment, as untrusted words; erased ones say so. */
export function textOf(view: ViewContext, commitment: Commitment | ""): Part | null {
  return commitment === "" ? null : { untrusted: view.texts.get(commitment) ?? words.erased };
}

/** As much of a text as a card has room for; the whole of it is in the record. */
export function shortTextOf(view: ViewContext, commitment: Commitment | ""): Part | null {
  const text = textOf(view, commitment);
  return text && { untrusted: words.clipped(words.plain([text]), 160) };
}

/** As much of it as a form has room for. */
export function longTextOf(view: ViewContext, commitment: Commitment | ""): Part | null {
  const text = textOf(view, commitment);
  return text && { untrusted: words.clipped(words.plain([text]), 1_000) };
}
