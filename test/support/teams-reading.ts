/** An Adaptive Card as a client shows it: lines, buttons, inputs. */

type Json = Readonly<Record<string, unknown>>;

export interface DrawnAction {
  readonly type: string;
  readonly title: string;
  readonly verb: string;
  readonly data: unknown;
  readonly opensDialog: boolean;
}

interface DrawnInput {
  readonly id: string;
  /** The field's name: what an id ends with. */
  readonly name: string;
  readonly value: string;
  readonly isChoice: boolean;
}

interface Read {
  readonly lines: readonly string[];
  readonly actions: readonly DrawnAction[];
  readonly inputs: readonly DrawnInput[];
}

/** Reads a card. */
export function readCard(card: unknown): Read {
  const elements = (card as { readonly body?: readonly Json[] } | undefined)?.body ?? [];
  return {
    lines: elements.flatMap(lineOf),
    actions: elements.flatMap(({ type, actions }) =>
      type === "ActionSet" ? (actions as Json[]).map(actionOf) : [],
    ),
    inputs: elements.flatMap(inputOf),
  };
}

function lineOf({ type, text, inlines, label, value }: Json): readonly string[] {
  if (type === "TextBlock") return [String(text).replaceAll(/<at>([^<]*)<\/at>/g, "@$1")];
  if (type === "RichTextBlock")
    return [(inlines as Json[]).map(({ text: run }) => String(run)).join("")];
  return String(type).startsWith("Input.") ? [`${String(label)}: ${String(value ?? "")}`] : [];
}

const actionOf = ({ type, title, verb, data }: Json): DrawnAction => ({
  type: String(type),
  title: String(title),
  verb: String(verb ?? ""),
  data,
  opensDialog:
    (data as { readonly msteams?: { readonly type: string } } | undefined)?.msteams?.type ===
    "task/fetch",
});

const inputOf = ({ type, id, value }: Json): readonly DrawnInput[] =>
  String(type).startsWith("Input.")
    ? [
        {
          id: String(id),
          name: String(id).replace(/^field:\d+:/, ""),
          value: String(value ?? ""),
          isChoice: type === "Input.ChoiceSet",
        },
      ]
    : [];
