import type { PressKind } from "../../shared/blocks.ts";
import { type Press, pressOf, shorterPresses } from "../../shared/button-payload.ts";
import { at } from "../../shared/json-path.ts";
import { limits } from "../render/size-budget.ts";

/** The kinds that a button's data names. The button that turns a page acts like any other. */
export type StoredPressKind = Exclude<PressKind, "next">;

const kinds: readonly StoredPressKind[] = ["act", "form", "more", "open"];

/**
 * The data of a button, at most `most` characters; null where its command is too long to be
 * carried.
 */
export function pressData(
  kind: StoredPressKind,
  press: Press,
  most: number = limits.buttonData,
): object | null {
  // Each field is named, so that nothing else in the context gets into a button.
  for (const { line, version, escalation, channel, form } of shorterPresses(press, wordLengths)) {
    const data = { holdpoint: { kind, line, version, escalation, channel, form } };
    if (JSON.stringify(data).length <= most) return data;
  }
  return null;
}

/** A title and a label of at most so many characters. */
const wordLengths = [{ title: 60, submit: 60 }];

/** Reads a press back; null for anything that `pressData` did not write. */
export function readPress(
  data: unknown,
): { readonly kind: StoredPressKind; readonly press: Press } | null {
  const kind = kinds.find((kind) => kind === at(data, "holdpoint", "kind"));
  if (kind === undefined) return null;
  const field = (...path: readonly string[]): unknown => at(data, "holdpoint", ...path);
  const form = field("form");
  const press = pressOf(
    ["line", "version", "escalation", "channel"].map((key) => field(key)),
    form === null
      ? null
      : ["title", "reason", "reasonRequired", "submit"].map((key) => field("form", key)),
  );
  return press && { kind, press };
}
