/**
 * The parts of a command that a form's field can fill; every other field is a word, in the form's
 * order.
 */
const clauses: readonly string[] = ["to", "for", "by", "on", "since", "until", "kind"];
const reasons: readonly string[] = ["because", "reason"];

/**
 * The command line of a form, as it would be typed. `line` is the whole command, or a start that
 * `field.<name>` values complete; the reason comes last.
 */
export function lineOf(form: URLSearchParams): string {
  const start = oneLine(form.get("line") ?? "");
  const fields = [...form]
    .filter(([name]) => name.startsWith("field."))
    .map(([name, value]) => [name.slice("field.".length), oneLine(value)] as const)
    .filter(([, value]) => value !== "");
  const words = fields.filter(([name]) => !clauses.includes(name) && !reasons.includes(name));
  const named = fields.filter(([name]) => clauses.includes(name));
  const reason = oneLine(
    form.get("reason") ?? fields.find(([name]) => reasons.includes(name))?.[1] ?? "",
  );
  return [
    start,
    ...words.map(([, value]) => value),
    ...named.map(([name, value]) => `${name} ${value}`),
    ...(reason === "" ? [] : [`because ${reason}`]),
  ].join(" ");
}

const oneLine = (text: string): string => text.replace(/\s+/gu, " ").trim();
