import type { Button } from "../../../core/card/card.ts";
import type { EscalationId } from "../../../core/ids.ts";
import type { PressButton } from "../../shared/blocks.ts";
import type { ButtonContext, Press } from "../../shared/button-payload.ts";
import type { Link } from "../../shared/links.ts";
import { nothing, shortened, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import { type PressKind, pressData } from "../inbound/button-payload.ts";
import type { Action, ActionSet, ActionStyle } from "./adaptive-card.ts";
import { limits } from "./size-budget.ts";

/** Words on a button or a title: Teams shows them as they are. */
export function titleText(text: string, most: number = limits.buttonText): string {
  return shortened(visible(text), most).trim() || nothing;
}

const styles: Readonly<Record<Button["style"], ActionStyle | null>> = {
  primary: "positive",
  danger: "destructive",
  plain: null,
};

/** A button as Teams draws it; none where its command is too long to be carried. */
export function pressable(
  { label, command, style, form, version }: Button,
  buttonContext: ButtonContext,
  most: number = limits.buttonData,
): Action[] {
  const press = {
    ...buttonContext,
    version: version ?? buttonContext.version,
    line: command,
    form,
  };
  return actionFor(form === null ? "act" : "form", { label, press, most, style });
}

/** A button that Teams' own room adds: the next page, a form to fill in. */
export function ownButton(
  kind: PressKind,
  {
    label,
    line,
    buttonContext,
  }: { readonly label: string; readonly line: string; readonly buttonContext: ButtonContext },
): Action[] {
  return actionFor(kind, { label, press: { ...buttonContext, line, form: null } });
}

/** More… of an escalation. */
export function moreButton(escalation: EscalationId, buttonContext: ButtonContext): Action[] {
  return ownButton("more", { label: common.more, line: escalation, buttonContext });
}

/**
 * What is done at once is executed, and its answer seen by who pressed alone; whatever shows
 * something first opens a dialog.
 */
function actionFor(
  kind: PressKind,
  {
    label,
    press,
    most = limits.buttonData,
    style = "plain",
  }: {
    readonly label: string;
    readonly press: Press;
    readonly most?: number | undefined;
    readonly style?: Button["style"] | undefined;
  },
): Action[] {
  const data = pressData(kind, press, most);
  if (data === null) return [];
  const look = styles[style];
  const drawn = { title: titleText(label), ...(look === null ? {} : { style: look }) };
  if (kind !== "act")
    return [
      { type: "Action.Submit", ...drawn, data: { msteams: { type: "task/fetch" }, ...data } },
    ];
  const fallback = { type: "Action.Submit", ...drawn, data } as const;
  return [{ type: "Action.Execute", ...drawn, verb: "act", data, fallback }];
}

/** A link in words of ours, to our own console or to a message of our own. */
export function linkRow({ text, url }: Link): ActionSet[] {
  return row([{ type: "Action.OpenUrl", title: titleText(text), url }]);
}

/** One row; none without buttons. */
export function row(
  actions: readonly Action[],
  spacing: ActionSet["spacing"] = "Small",
): ActionSet[] {
  return actions.length === 0
    ? []
    : [{ type: "ActionSet", actions: actions.slice(0, limits.actionsPerSet), spacing }];
}

/**
 * One row as Teams draws it, at most six; a button whose command is too long to be carried is left
 * out.
 */
export function teamsRow(buttons: readonly PressButton[]): ActionSet[] {
  return row(
    buttons.flatMap(({ kind, label, press, most, style }) =>
      actionFor(kind === "next" ? "act" : kind, { label, press, most, style }),
    ),
  );
}
