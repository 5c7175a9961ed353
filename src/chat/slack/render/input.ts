import type { InputBlock, InputBlockElement } from "@slack/types";
import { type FormInput, inputId, reasonLength } from "../../shared/form-input.ts";
import { limits } from "./size-budget.ts";
import { plainElement } from "./text.ts";

/** The action id under which a view has a field's value. */
export const valueId = "value";

/** A field; the block's id says which one it is. */
export function slackInput(input: FormInput): InputBlock {
  return {
    type: "input",
    block_id: input.at === null ? "reason" : inputId(input, limits.callbackId),
    label: plainElement(input.label, 150),
    optional: !input.required,
    element: elementOf(input),
  };
}

function elementOf({ at, control, value, options }: FormInput): InputBlockElement {
  switch (control) {
    case "choice":
      return choiceElement(value, options);
    case "date":
      return {
        type: "datepicker",
        action_id: valueId,
        ...(value === "" ? {} : { initial_date: value }),
      };
    case "text":
      return {
        type: "plain_text_input",
        action_id: valueId,
        ...(at === null ? { multiline: true } : {}),
        max_length: reasonLength,
        ...(value === "" ? {} : { initial_value: value }),
      };
  }
}

function choiceElement(chosen: string, choices: FormInput["options"]): InputBlockElement {
  const options = choices.map(({ value, label }) => ({
    text: plainElement(label, limits.optionText),
    value,
  }));
  const initial = options.find(({ value }) => value === chosen);
  return {
    type: "static_select",
    action_id: valueId,
    options,
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
}
