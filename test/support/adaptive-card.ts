import { unreadableIn, unreadableWithin } from "./readable.ts";

/**
 * What Teams accepts and what must never be active in a message, as rules for an outgoing activity.
 * Written from the documented properties of Adaptive Cards 1.5 (adaptivecards.io/explorer) and
 * Teams' limits; it shares no code with src/chat/teams.
 */

type Json = Readonly<Record<string, unknown>>;

/**
 * Every rule that an outgoing activity breaks; empty = Teams would show it, and nothing in it is
 * active that should not be.
 */
export function problemsOf(activity: unknown): readonly string[] {
  const { type, summary, attachments } = objectOf(activity);
  if (type !== "message") return [`type is ${String(type)}`];
  const [first, ...more] = listOf(attachments);
  const { contentType, content } = objectOf(first);
  return [
    ...(more.length > 0 ? ["more than one attachment"] : []),
    ...(contentType === "application/vnd.microsoft.card.adaptive" ? [] : ["no adaptive card"]),
    ...(typeof summary === "string" && summary.trim() !== "" ? [] : ["no summary"]),
    ...(typeof summary === "string" ? unreadableIn(summary) : []),
    ...cardProblems(content),
  ];
}

/** The same for a card alone, as a dialog shows it. */
export function cardProblems(card: unknown): readonly string[] {
  const { type, version, body, msteams } = objectOf(card);
  const size = Buffer.byteLength(JSON.stringify(card) ?? "");
  const elements = listOf(body);
  return [
    ...(type === "AdaptiveCard" ? [] : ["not a card"]),
    ...(version === "1.5" ? [] : [`version ${String(version)}`]),
    ...(size <= 25_000 ? [] : [`${size} bytes`]),
    ...(elements.length > 0 ? [] : ["nothing in it"]),
    ...unknownKeys(card, ["type", "$schema", "version", "body", "msteams"]),
    ...unreadableWithin(body),
    ...elements.flatMap(elementProblems),
    ...mentionProblems(elements, listOf(objectOf(msteams)["entities"])),
  ];
}

const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const unknownKeys = (value: unknown, known: readonly string[]): readonly string[] =>
  Object.keys(objectOf(value))
    .filter((key) => !known.includes(key))
    .map((key) => `${String(objectOf(value)["type"])} has ${key}`);

const spacing = ["spacing", "separator"];
const inputs = ["type", "id", "label", "isRequired", "errorMessage", "value"];

function elementProblems(element: unknown): readonly string[] {
  const item = objectOf(element);
  switch (item["type"]) {
    case "TextBlock":
      return [
        ...unknownKeys(item, ["type", "text", "wrap", "isSubtle", "weight", ...spacing]),
        ...textProblems("TextBlock", item["text"], 2_000),
        ...liveProblems(String(item["text"])),
      ];
    case "RichTextBlock":
      return [
        ...unknownKeys(item, ["type", "inlines", ...spacing]),
        ...(listOf(item["inlines"]).length > 0 ? [] : ["RichTextBlock without a run"]),
        ...listOf(item["inlines"]).flatMap(runProblems),
      ];
    case "ActionSet":
      return [
        ...unknownKeys(item, ["type", "actions", ...spacing]),
        ...(listOf(item["actions"]).length > 0 ? [] : ["ActionSet without an action"]),
        ...(listOf(item["actions"]).length <= 6 ? [] : ["more than six actions"]),
        ...listOf(item["actions"]).flatMap(actionProblems),
      ];
    case "Input.Text":
      return [
        ...unknownKeys(item, [...inputs, "isMultiline", "maxLength", "placeholder"]),
        ...inputProblems(item),
      ];
    case "Input.Date":
      return [
        ...unknownKeys(item, inputs),
        ...inputProblems(item),
        ...(item["value"] === undefined || /^\d{4}-\d\d-\d\d$/.test(String(item["value"]))
          ? []
          : [`Input.Date holds ${String(item["value"])}`]),
      ];
    case "Input.ChoiceSet":
      return [
        ...unknownKeys(item, [...inputs, "choices"]),
        ...inputProblems(item),
        ...listOf(item["choices"]).flatMap((choice) =>
          textProblems("choice", objectOf(choice)["title"], 150),
        ),
        ...(new Set(listOf(item["choices"]).map((choice) => objectOf(choice)["value"])).size ===
        listOf(item["choices"]).length
          ? []
          : ["two choices of one value"]),
      ];
    default:
      return [`element ${String(item["type"])}`];
  }
}

function runProblems(run: unknown): readonly string[] {
  const item = objectOf(run);
  return [
    ...(item["type"] === "TextRun" ? [] : [`run ${String(item["type"])}`]),
    ...unknownKeys(item, [
      "type",
      "text",
      "weight",
      "size",
      "color",
      "isSubtle",
      "fontType",
      "selectAction",
    ]),
    ...(item["selectAction"] === undefined ? [] : linkProblems(objectOf(item["selectAction"]))),
    ...textProblems("TextRun", item["text"], 3_000),
  ];
}

/** A run links to a plain web address or has no link. */
const linkProblems = ({ type, url, ...more }: Json): readonly string[] => [
  ...(type === "Action.OpenUrl" ? [] : [`a run does ${String(type)}`]),
  ...(/^https?:\/\/[^\s@/]+(?:\/[^\s]*)?$/.test(String(url))
    ? []
    : [`a run leads to ${String(url)}`]),
  ...Object.keys(more).map((key) => `a run's action has ${key}`),
];

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

function textProblems(what: string, text: unknown, most: number): readonly string[] {
  if (typeof text !== "string" || text.trim() === "") return [`${what} without words`];
  return [
    ...(text.length <= most ? [] : [`${what} of ${text.length} characters`]),
    ...(invisible.test(text.replace(/[\uFE0E\uFE0F]/g, "")) ? [`${what} hides a character`] : []),
  ];
}

/** Markdown and tags in a TextBlock, apart from mentions. */
function liveProblems(text: string): readonly string[] {
  const rest = text.replaceAll(/<at>[^<>]*<\/at>/g, "");
  return /[[\]*_`<>#~|\\]|https?:|\{\{/.test(rest) ? [`live words: ${rest.slice(0, 60)}`] : [];
}

function actionProblems(action: unknown): readonly string[] {
  const item = objectOf(action);
  const named = textProblems("action", item["title"], 75);
  const styled =
    item["style"] === undefined || ["positive", "destructive"].includes(String(item["style"]))
      ? []
      : [`style ${String(item["style"])}`];
  switch (item["type"]) {
    case "Action.Execute":
      return [
        ...named,
        ...styled,
        ...unknownKeys(item, ["type", "title", "verb", "data", "style", "fallback"]),
        ...(typeof item["verb"] === "string" && item["verb"] !== ""
          ? []
          : ["Execute without a verb"]),
        ...(objectOf(item["fallback"])["type"] === "Action.Submit"
          ? actionProblems(item["fallback"])
          : ["Execute without a Submit to fall back on"]),
      ];
    case "Action.Submit":
      return [
        ...named,
        ...styled,
        ...unknownKeys(item, ["type", "title", "data", "style"]),
        ...(Object.keys(objectOf(item["data"])).length > 0 ? [] : ["Submit without data"]),
      ];
    case "Action.OpenUrl":
      return [
        ...named,
        ...unknownKeys(item, ["type", "title", "url"]),
        ...(isOurs(String(item["url"])) ? [] : [`link to ${String(item["url"])}`]),
      ];
    default:
      return [`action ${String(item["type"])}`];
  }
}

/** Allowed links: the console, its pages, and our own messages. */
const isOurs = (url: string): boolean =>
  /^https?:\/\/[\w.:-]+(?:\/|\/escalations\/HP-\d+)?$/.test(url) ||
  /^https:\/\/teams\.microsoft\.com\/l\/message\/[\w.%-]+\/\d+\?tenantId=[\w-]+$/.test(url);

const inputProblems = ({ id, label, isRequired, errorMessage }: Json): readonly string[] => [
  ...(typeof id === "string" && id !== "" ? [] : ["input without an id"]),
  ...textProblems("label", label, 150),
  ...(isRequired === true && typeof errorMessage !== "string" ? ["required without words"] : []),
];

/** Every <at> has its entity and every entity its <at>, in a TextBlock; they occur nowhere else. */
function mentionProblems(
  elements: readonly unknown[],
  entities: readonly unknown[],
): readonly string[] {
  const inBlocks = elements
    .filter((element) => objectOf(element)["type"] === "TextBlock")
    .flatMap((element) => String(objectOf(element)["text"]).match(/<at>[^<>]*<\/at>/g) ?? []);
  const told = entities.map((entity) => String(objectOf(entity)["text"]));
  const accounts = entities.map((entity) => String(objectOf(objectOf(entity)["mentioned"])["id"]));
  return [
    ...inBlocks.filter((text) => !told.includes(text)).map((text) => `${text} mentions nobody`),
    ...told.filter((text) => !inBlocks.includes(text)).map((text) => `${text} stands nowhere`),
    ...(new Set(accounts).size === accounts.length ? [] : ["somebody is mentioned twice"]),
    ...accounts
      .filter((id) => !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
      .map((id) => `mentions ${id}`),
  ];
}
