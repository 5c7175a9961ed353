import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { type Block, Message } from "slack-blocks-to-jsx";
import { at, textAt } from "./slack-reading.ts";

/** Draws Slack messages with a third-party renderer and a plain frame around them. */

/** One thing to look at. */
export type Shown =
  | { readonly is: "message"; readonly blocks: unknown }
  /** A card with what stands under it. */
  | { readonly is: "thread"; readonly messages: readonly { readonly blocks: unknown }[] }
  | { readonly is: "view"; readonly view: object };

const css = readFileSync(
  createRequire(import.meta.url).resolve("slack-blocks-to-jsx/dist/style.css"),
  "utf8",
);

const frame = `
  body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.46 Lato, "Liberation Sans", Arial, sans-serif; }
  .message { display: flex; gap: 8px; padding: 12px 14px; max-width: 760px; }
  .thread { max-width: 760px; }
  .thread .message + .message { margin-left: 30px; border-left: 2px solid #ddd; }
  .logo { flex: 0 0 36px; height: 36px; border-radius: 6px; background: #1f2937; color: #fff; font: bold 20px/36px sans-serif; text-align: center; }
  .who b { font-weight: 900; } .who i { font: 600 10px/14px sans-serif; background: #ddd; color: #555; padding: 1px 4px; border-radius: 2px; margin-left: 4px; }
  .blocks { min-width: 0; flex: 1; }
  .modal { max-width: 520px; margin: 0 auto; border: 1px solid #ddd; border-radius: 8px; overflow: hidden; }
  .modal > header, .modal > footer { display: flex; gap: 8px; padding: 14px 18px; align-items: center; }
  .modal > header { font-weight: 900; font-size: 18px; border-bottom: 1px solid #eee; }
  .modal > footer { justify-content: flex-end; border-top: 1px solid #eee; }
  .modal > footer button { font: bold 15px sans-serif; padding: 7px 14px; border-radius: 4px; border: 1px solid #bbb; background: #fff; }
  .modal > footer button.submit { background: #007a5a; border-color: #007a5a; color: #fff; }
  .modal > main, .home { padding: 10px 18px; }
  .home { max-width: 760px; }
  #slack_blocks_to_jsx > div { min-width: 0; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx--block_wrapper { overflow-wrap: anywhere; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx--block_wrapper:has(> .slack_blocks_to_jsx__rich_text):not(:first-child) { margin-top: 8px; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx__rich_text_section_element { white-space: pre-wrap; display: block; margin: 0; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx__actions { margin-bottom: 0; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx__actions > div { min-width: 0; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx__actions > div > div { max-width: calc(100% - 8px); }
  #slack_blocks_to_jsx .slack_blocks_to_jsx__button_element, .slack_blocks_to_jsx__button_element * { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
  #slack_blocks_to_jsx textarea { resize: none; font: inherit; }
  #slack_blocks_to_jsx .slack_blocks_to_jsx__input .text-small.gap-1:has(> p:only-child) { display: none; } /* the renderer's own hint */
  .slack_user { background: #e8f5fa; color: #1264a3; border-radius: 3px; padding: 0 2px; }
`;

const drawnBlocks = (blocks: unknown, names: ReadonlyMap<string, string>): string =>
  renderToStaticMarkup(
    createElement(Message, {
      // What we send is of Slack's own types; the renderer has a second set of them.
      blocks: (Array.isArray(blocks) ? blocks : []) as Block[],
      logo: "",
      name: "Holdpoint",
      theme: "light",
      withoutWrapper: true,
      data: { users: [...names].map(([id, name]) => ({ id, name })) },
    }),
  );

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A whole page. `names` are people by their Slack id. */
export function slackPage(shown: Shown, names: ReadonlyMap<string, string>): string {
  const body = drawn(shown, names);
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${css}${frame}</style>${body}`;
}

function drawn(shown: Shown, names: ReadonlyMap<string, string>): string {
  switch (shown.is) {
    case "message":
      return message(shown.blocks, names);
    case "thread":
      return `<div class="thread">${shown.messages.map(({ blocks }) => message(blocks, names)).join("")}</div>`;
    case "view":
      return viewed(shown.view, names);
  }
}

const message = (blocks: unknown, names: ReadonlyMap<string, string>): string =>
  `<div class="message"><div class="logo">H</div><div class="blocks"><div class="who"><b>Holdpoint</b><i>APP</i></div>${drawnBlocks(blocks, names)}</div></div>`;

function viewed(view: object, names: ReadonlyMap<string, string>): string {
  const blocks = drawnBlocks(at(view, "blocks"), names);
  if (textAt(view, "type") === "home") return `<div class="home">${blocks}</div>`;
  const submit = textAt(view, "submit", "text");
  const close = escaped(textAt(view, "close", "text"));
  const buttons = `<button>${close}</button>${submit === "" ? "" : `<button class="submit">${escaped(submit)}</button>`}`;
  return `<div class="modal"><header>${escaped(textAt(view, "title", "text"))}</header><main>${blocks}</main><footer>${buttons}</footer></div>`;
}
