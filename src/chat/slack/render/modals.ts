import type { HomeView, KnownBlock, ModalView } from "@slack/types";
import type { Reply } from "../../../app/ports.ts";
import type { Card, Line } from "../../../core/card/card.ts";
import { note } from "../../shared/blocks.ts";
import type { ButtonContext, Press } from "../../shared/button-payload.ts";
import type { AnswerContext } from "../../shared/draw-answer.ts";
import { contextOf, drawMore } from "../../shared/draw-card.ts";
import { deedOf, drawFields, drawForm, formOf } from "../../shared/draw-form.ts";
import { lineOfForm } from "../../shared/form-line.ts";
import { shortenedAtWord, visible } from "../../shared/text.ts";
import * as common from "../../shared/words.ts";
import { decodePress, encodePress, viewIds } from "../inbound/button-payload.ts";
import { answerBlocks } from "./answer.ts";
import { slackBlocks } from "./blocks.ts";
import { valueId } from "./input.ts";
import { fitted, limits } from "./size-budget.ts";
import { plainElement } from "./text.ts";
import * as words from "./words.ts";

/** A modal with blocks that we know. */
export type Modal = Omit<ModalView, "blocks"> & { blocks: KnownBlock[] };
/** An App Home with blocks that we know. */
export type HomeTab = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };

interface Frame {
  readonly id: (typeof viewIds)[keyof typeof viewIds];
  readonly title: string;
  readonly close: string;
  readonly submit: string | null;
  readonly metadata: string;
}

const modal = ({ id, title, close, submit, metadata }: Frame, blocks: KnownBlock[]): Modal => ({
  type: "modal",
  callback_id: id,
  title: plainElement(title, limits.modalTitle),
  close: plainElement(close, limits.modalTitle),
  ...(submit === null
    ? {}
    : {
        submit: plainElement(
          shortenedAtWord(visible(submit).trim(), limits.modalTitle),
          limits.modalTitle,
        ),
      }),
  private_metadata: metadata,
  blocks,
});

/**
 * The empty view that is opened at once, since a trigger expires after 3 s; the real view replaces
 * it.
 */
export function skeleton(title: string): Modal {
  return modal(
    { id: viewIds.notice, title, close: common.close, submit: null, metadata: "" },
    slackBlocks([note(words.loading)]),
  );
}

/** The form of a button; its submit button names the command. */
export function formModal(press: Press, told: readonly Line[] = []): Modal {
  const form = formOf(press);
  const metadata = encodePress({ ...press, form: press.form && { ...press.form, reason: "" } });
  const { title, submit } = form;
  return modal(
    { id: viewIds.form, title, close: common.cancel, submit, metadata },
    slackBlocks(drawForm(form, told)),
  );
}

/** Asks for the fields that a command lacks. */
export function fieldsModal(form: NonNullable<Reply["form"]>, context: ButtonContext): Modal {
  const deed = deedOf(form.command);
  const { version, escalation, channel } = context;
  const metadata = encodePress({ line: form.command, version, escalation, channel, form: null });
  return modal(
    { id: viewIds.fields, title: deed, close: common.cancel, submit: deed, metadata },
    slackBlocks(drawFields(form)),
  );
}

/** An answer in an open modal. */
export function noticeModal(title: string, answer: Reply, context: AnswerContext): Modal {
  const { line, version, escalation, channel } = context;
  const metadata = encodePress({ line, version, escalation, channel, form: null });
  const frame = { id: viewIds.notice, title, close: common.close, submit: null, metadata };
  return fitted(limits.viewJson, (budget) => modal(frame, answerBlocks(answer, context, budget)));
}

/** What More… shows. */
export function moreModal(card: Card, channel: string): Modal {
  const press = { ...contextOf(card, channel), line: card.escalation, form: null };
  const frame: Frame = {
    id: viewIds.notice,
    title: card.escalation,
    close: common.close,
    submit: null,
    metadata: encodePress(press),
  };
  return fitted(limits.viewJson, (budget) =>
    modal(frame, slackBlocks(drawMore(card, channel, budget))),
  );
}

/** The values of a submitted view's fields. */
export type ViewValues = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly value?: string | null | undefined;
          readonly selected_date?: string | null | undefined;
          readonly selected_option?: { readonly value: string } | null | undefined;
        }
      >
    >
  >
>;

/**
 * The command line of a submitted form, and the press that opened it; null where the metadata is
 * not ours.
 */
export function readForm(
  values: ViewValues,
  metadata: string,
): { readonly line: string; readonly press: Press } | null {
  const press = decodePress(metadata);
  if (press === null) return null;
  return { line: lineOfForm(press.line, fieldsIn(values)), press };
}

const fieldsIn = (values: ViewValues) =>
  Object.entries(values)
    .map(([block, elements]) => {
      const [, at = "0", name = block] = /^field:(\d+):(.*)$/.exec(block) ?? [];
      const held = elements[valueId];
      const chosen = held?.selected_option?.value.replace(/^=/, "");
      return { at: Number(at), name, value: chosen ?? held?.selected_date ?? held?.value ?? "" };
    })
    .sort((item, other) => item.at - other.at);
