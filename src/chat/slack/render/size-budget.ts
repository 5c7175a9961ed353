import { fullestThatFits, type SizeBudget } from "../../shared/size-budget.ts";

/**
 * Slack's limits, and our lower ones. Lengths are in UTF-16 code units, which is never less than
 * what Slack counts. Sources: docs.slack.dev/reference/block-kit/blocks, …/block-elements,
 * …/composition-objects, …/surfaces/modals, unless noted.
 */
export const limits = {
  /** Slack allows 50 (reference/block-kit/blocks). */
  messageBlocks: 30,
  /** 100 in a modal or App Home (reference/views). */
  viewBlocks: 100,
  /**
   * Measured: `msg_blocks_too_long` from about 13,200 characters of blocks in all; not documented.
   */
  messageJson: 10_000,
  /** Ours, for phones; a view may have 250 kB. */
  viewJson: 60_000,
  /** 40,000 are cut, more than 4,000 are advised against (reference/methods/chat.postMessage). */
  messageText: 3900,
  /** Ours: what a lock screen shows. */
  lockScreen: 120,
  /** section.text (blocks/section-block). */
  sectionText: 3000,
  /** header.text, plain_text only (blocks/header-block). */
  headerText: 150,
  /** button.text (block-elements/button-element). */
  buttonText: 75,
  /** button.value (block-elements/button-element). */
  buttonValue: 2000,
  /** elements of an actions block (blocks/actions-block). */
  actionsPerBlock: 25,
  /** option.text (composition-objects/option-object). */
  optionText: 75,
  /** input.label (blocks/input-block). */
  inputLabel: 2000,
  /** plain_text_input.max_length (block-elements/plain-text-input-element). */
  inputText: 3000,
  /** modal title, submit and close (reference/views/modal-views). */
  modalTitle: 24,
  /** private_metadata (reference/views/modal-views). */
  privateMetadata: 3000,
  /** callback_id, action_id and block_id (reference/views/modal-views, block-elements). */
  callbackId: 255,
} as const;

/** The largest drawing that fits into `most` characters of JSON; the smallest if nothing fits. */
export function fitted<T>(most: number, draw: (budget: SizeBudget) => T): T {
  return fullestThatFits(draw, (drawn) => JSON.stringify(drawn).length <= most);
}
