import type { Button, Line } from "../../core/card/card.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { ButtonContext, Press } from "./button-payload.ts";
import type { FormInput } from "./form-input.ts";
import type { Link } from "./links.ts";
import { fullPress } from "./size-budget.ts";
import * as words from "./words.ts";

/**
 * What is shown, before a chat draws it. Cards, answers, digests and the home are drawn once, as a
 * list of blocks. Every chat reads every option here.
 */
export type Block =
  /** The name of the whole message, of one part of a page, or of one item of a list. */
  | {
      readonly kind: "title";
      readonly of: "whole" | "part" | "item";
      readonly line: Line;
      /** Characters that are shown of it. */
      readonly most: number;
    }
  /** `apart`: a new paragraph begins with it. */
  | { readonly kind: "line"; readonly line: Line; readonly most: number; readonly apart: boolean }
  /** Our own words about the block above. */
  | { readonly kind: "note"; readonly text: string }
  /** What a person said, shown to them again. */
  | { readonly kind: "quote"; readonly text: string; readonly most: number }
  /** One row. A button whose command is too long to be carried is left out. */
  | { readonly kind: "buttons"; readonly buttons: readonly PressButton[] }
  | { readonly kind: "input"; readonly input: FormInput }
  | { readonly kind: "link"; readonly link: Link; readonly apart: boolean }
  /** Between the parts of a page. */
  | { readonly kind: "divider" }
  /** The text of a file, unchanged. */
  | { readonly kind: "mono"; readonly text: string; readonly most: number };

/**
 * What a press does: at once, after a form, by showing what is behind More…, or by asking a command
 * for its form. `next` acts at once too, and turns a page.
 */
export type PressKind = "act" | "form" | "more" | "open" | "next";

export interface PressButton {
  readonly kind: PressKind;
  readonly label: string;
  readonly style: Button["style"];
  readonly press: Press;
  /** Characters that it carries at most; see `fullPress`. */
  readonly most: number;
}

export function line(words: Line, most: number, apart = false): Block {
  return { kind: "line", line: words, most, apart };
}

export function title(of: "whole" | "part" | "item", words: Line, most: number): Block {
  return { kind: "title", of, line: words, most };
}

export function linkTo(link: Link, apart = false): Block {
  return { kind: "link", link, apart };
}

export function note(text: string): Block {
  return { kind: "note", text };
}

/** One row; none without buttons. */
export function row(buttons: readonly PressButton[]): Block[] {
  return buttons.length === 0 ? [] : [{ kind: "buttons", buttons }];
}

/** A button that the core offers. */
export function pressButton(button: Button, context: ButtonContext, most: number): PressButton {
  const { label, command, style, form } = button;
  const { escalation, channel } = context;
  const version = button.version ?? context.version;
  const press: Press = { version, escalation, channel, line: command, form };
  return { kind: form === null ? "act" : "form", label, style, press, most };
}

/** A button that only a chat needs: the next page, a form to fill in, More…. */
export function ownButton(
  kind: "more" | "open" | "next",
  said: { readonly label: string; readonly line: string },
  { version, escalation, channel }: ButtonContext,
): PressButton {
  const press: Press = { version, escalation, channel, line: said.line, form: null };
  return { kind, label: said.label, style: "plain", press, most: fullPress };
}

/** More… of an escalation. */
export function moreButton(escalation: EscalationId, context: ButtonContext): PressButton {
  return ownButton("more", { label: words.more, line: escalation }, context);
}
