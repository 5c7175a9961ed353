import type { FormField } from "../../app/ports.ts";
import { storable } from "../../core/text.ts";
import { shortened, visible } from "./text.ts";

/** One field to fill in. */
export interface FormInput {
  /**
   * Its place among the fields, whose order is that of the line's words; null = the reason of a
   * button's form, which may have several lines.
   */
  readonly at: number | null;
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly control: FormField["kind"];
  /** What stands in it at first; "" = nothing. */
  readonly value: string;
  readonly options: FormField["options"];
}

/** Ours: what a reason needs. */
export const reasonLength = 2_000;
/** What Slack takes (composition-objects/option-object); more than anybody finds on a phone. */
const mostOptions = 100;
/** With the `=` before it, as Slack takes it. */
const optionLength = 150;
/** Nobody promises an order of inputs, so an input's id begins with its place. */
export function inputId({ at, name }: FormInput, most: number): string {
  return shortened(`field:${at}:${storable(name)}`, most);
}

/**
 * A field as an input. Values of a choice begin with `=`, as "" is one of ours ("the next
 * narrower") and none of a chat's. Too many to choose from are typed, and nothing is chosen for
 * anybody.
 */
export function inputOf(
  { kind, name, label, required, ...field }: FormField,
  at: number,
): FormInput {
  const parts = { at, name, label, required, options: [] };
  const options = field.options
    .filter(({ value }) => value.length < optionLength && value === storable(value))
    .map((option) => ({ value: `=${option.value}`, label: option.label }));
  if (kind === "choice" && options.length > 0 && options.length <= mostOptions) {
    const chosen = options.find(({ value }) => value === `=${field.value}`);
    return { ...parts, control: kind, options, value: chosen?.value ?? "" };
  }
  if (kind === "date") {
    const value = /^\d{4}-\d\d-\d\d$/.test(field.value) ? field.value : "";
    return { ...parts, control: kind, value };
  }
  return { ...parts, control: "text", value: textOf(field.value) };
}

/** Text as it stands in a field at first. */
export function textOf(text: string): string {
  return shortened(visible(text), reasonLength).trim();
}
