import { type Press, pressOf } from "../../shared/button-payload.ts";
import { at } from "../../shared/json-path.ts";
import { shortened } from "../../shared/text.ts";
import { limits } from "../render/size-budget.ts";

/**
 * What a press does: at once, after a form, by showing what is behind More…, or by asking a command
 * for its form.
 */
export type PressKind = "act" | "form" | "more" | "open";

const kinds: readonly PressKind[] = ["act", "form", "more", "open"];

/**
 * What a button carries, at most `most` characters; null where its command is too long to be
 * carried: half of it could be another deed. What is too long gives way in this order: the reason
 * filled in beforehand, a reason within the line.
 */
export function pressData(
  kind: PressKind,
  press: Press,
  most: number = limits.buttonData,
): object | null {
  // Named one by one: what else the context may hold has no business in a button.
  for (const { line, version, escalation, channel, form } of shorterAndShorter(press)) {
    const data = { holdpoint: { kind, line, version, escalation, channel, form } };
    if (JSON.stringify(data).length <= most) return data;
  }
  return null;
}

function* shorterAndShorter(press: Press): Generator<Press> {
  yield press;
  const { form } = press;
  if (form !== null)
    for (const reason of [1_500, 1_000, 600, 300, 150, 60, 0])
      yield { ...press, form: { ...form, reason: cut(form.reason, reason) } };
  const bare = form && {
    ...form,
    title: cut(form.title, 60),
    submit: cut(form.submit, 60),
    reason: "",
  };
  yield { ...press, form: bare };
  const found = /\sbecause\s/i.exec(press.line);
  if (found === null) return;
  const end = found.index + found[0].length;
  for (const reason of [1_500, 1_000, 400, 100, 20])
    yield {
      ...press,
      line: press.line.slice(0, end) + cut(press.line.slice(end), reason),
      form: bare,
    };
}

const cut = (text: string, most: number): string => (most === 0 ? "" : shortened(text, most));

/** Reads a press back; null for anything that `pressData` did not write. */
export function readPress(
  data: unknown,
): { readonly kind: PressKind; readonly press: Press } | null {
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
