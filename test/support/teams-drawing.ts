import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * Draws Teams messages with Microsoft's own renderer, the colours and sizes of Teams' light theme,
 * and a plain frame around them.
 */

/** One thing to look at. */
export type ShownInTeams =
  | { readonly is: "message"; readonly card: unknown }
  | { readonly is: "dialog"; readonly title: string; readonly card: unknown };

const renderer = readFileSync(
  createRequire(import.meta.url).resolve("adaptivecards/dist/adaptivecards.min.js"),
  "utf8",
);
const drawing = readFileSync(new URL("./in-page/teams-card.js", import.meta.url), "utf8");

/** Two colours of a text: as it is, and subtle. */
const text = (usual: string, subtle: string) => ({ default: usual, subtle });
const plain = text("#242424", "#616161");

const fonts = {
  fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 200, default: 400, bolder: 600 },
  lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
};

/** Fluent's light theme, which Teams uses for cards. */
const hostConfig = {
  ...fonts,
  fontFamily: "inherit",
  fontTypes: {
    default: { ...fonts, fontFamily: "inherit" },
    monospace: { ...fonts, fontFamily: "Consolas, 'Liberation Mono', monospace" },
  },
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 0 },
  separator: { lineThickness: 1, lineColor: "#e0e0e0" },
  containerStyles: {
    default: {
      backgroundColor: "#ffffff",
      foregroundColors: {
        default: plain,
        dark: plain,
        accent: text("#5b5fc7", "#5b5fc7"),
        attention: text("#c4314b", "#c4314b"),
        good: text("#237b4b", "#237b4b"),
        warning: text("#835c00", "#835c00"),
      },
    },
  },
  inputs: { label: { inputSpacing: "small", requiredInputs: { suffix: " *" } } },
  actions: {
    maxActions: 6,
    spacing: "default",
    buttonSpacing: 8,
    actionsOrientation: "horizontal",
    actionAlignment: "left",
  },
};

const frame = `
  body { margin: 0; background: #f5f5f5; color: #242424; font: 14px/20px "Segoe UI", "Liberation Sans", Arial, sans-serif; }
  .message { display: flex; gap: 8px; max-width: 760px; padding: 12px; }
  .logo { flex: 0 0 32px; height: 32px; border-radius: 50%; background: #1f2937; color: #fff; font: bold 16px/32px sans-serif; text-align: center; }
  .post { flex: 1; min-width: 0; } .who { font-weight: 600; } .who i { font: 12px/16px sans-serif; color: #616161; margin-left: 6px; }
  .post .ac-adaptiveCard { margin-top: 6px; padding: 12px 16px 16px !important; border-radius: 6px; background: #fff; box-shadow: 0 1px 3px #0003; }
  .modal { max-width: 560px; margin: 0 auto; padding: 16px 20px 20px; background: #fff; }
  .modal h2 { margin: 0 0 12px; font-size: 18px; line-height: 24px; }
  .modal .ac-adaptiveCard { padding: 0 !important; }
  .ac-adaptiveCard { outline: none; } .ac-textBlock, .ac-richTextBlock { overflow-wrap: anywhere; }
  .ac-actionSet { flex-wrap: wrap; row-gap: 8px; }
  .ac-input { box-sizing: border-box; width: 100%; padding: 6px 10px; border: 1px solid #d1d1d1; border-bottom-color: #616161; border-radius: 4px; font: inherit; }
  textarea.ac-input { min-height: 72px; resize: none; }
  .ac-pushButton { max-width: 100%; padding: 5px 12px; border: 1px solid #d1d1d1; border-radius: 4px; background: #fff; color: #242424; font: inherit; font-weight: 600; }
  .ac-pushButton.style-positive { border-color: #5b5fc7; background: #5b5fc7; color: #fff; }
  .ac-pushButton.style-destructive { border-color: #c4314b; background: #c4314b; color: #fff; }
  .ac-richTextBlock a { color: #4f52b2; } .mention { color: #5b5fc7; font-weight: 600; }
`;

/** A whole page. */
export function teamsPage(shown: ShownInTeams): string {
  const around =
    shown.is === "dialog"
      ? `<div class="modal"><h2>${escaped(shown.title)}</h2></div>`
      : `<div class="message"><div class="logo">H</div><div class="post"><div class="who">Holdpoint<i>App</i></div></div></div>`;
  const given = JSON.stringify({ card: shown.card, hostConfig }).replaceAll("<", "\\u003c");
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${frame}</style>${around}<script>${renderer}</script><script>{const given = ${given};\n${drawing}}</script>`;
}

const escaped = (words: string): string =>
  words.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
