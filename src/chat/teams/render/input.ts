import { type FormInput, inputId, reasonLength } from "../../shared/form-input.ts";
import type { Input } from "./adaptive-card.ts";
import { titleText } from "./buttons.ts";
import { limits } from "./size-budget.ts";
import * as words from "./words.ts";

/** The id of the reason in a button's form. */
export const reasonId = "because";

/** A field; its id says which one it is. */
export function teamsInput(input: FormInput): Input {
  const parts = {
    id: input.at === null ? reasonId : inputId(input, 200),
    label: titleText(input.label, limits.choiceText),
    ...(input.required ? { isRequired: true, errorMessage: words.needed } : {}),
    ...(input.value === "" ? {} : { value: input.value }),
  };
  switch (input.control) {
    case "choice":
      return { ...parts, type: "Input.ChoiceSet", choices: input.options.map(choiceOf) };
    case "date":
      return { ...parts, type: "Input.Date" };
    case "text":
      return {
        ...parts,
        type: "Input.Text",
        ...(input.at === null ? { isMultiline: true } : {}),
        maxLength: reasonLength,
      };
  }
}

const choiceOf = ({ value, label }: FormInput["options"][number]) => ({
  title: titleText(label, limits.choiceText),
  value,
});
