import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { unreadableWithin } from "./readable.ts";

/**
 * What Slack would refuse in a payload. Two checks: a JSON Schema made from the types of
 * @slack/types (block-kit.schema.json), and the limits and rules that Slack only documents in
 * prose, written here again because src/chat/slack/render/size-budget.ts is under test.
 */
export type PayloadKind = "message" | "modal" | "home";

interface Fields {
  readonly [key: string]: unknown;
}

const schema: Fields = JSON.parse(
  readFileSync(new URL("./block-kit.schema.json", import.meta.url), "utf8"),
);

/** Which @slack/types the schema was made from. */
export const schemaMadeFrom = String(schema["$comment"]);

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(schema, "kit");

const judges = new Map<string, ValidateFunction>();
function judge(pointer: string): ValidateFunction {
  const known = judges.get(pointer) ?? ajv.compile({ $ref: `kit#${pointer}` });
  judges.set(pointer, known);
  return known;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Every rule of Slack or of ours that this payload breaks; empty = none. A message may have the
 * arguments of its call besides.
 */
export function problemsOf(payload: unknown, kind: PayloadKind): string[] {
  const whole = read(payload);
  if (!isFields(whole)) return ["is no object"];
  const judged = kind === "message" ? messageIn(whole) : whole;
  const blocks = listOf(judged["blocks"]);
  return [
    ...unreadableWithin(judged),
    ...(kind === "message" ? messageProblems(judged, blocks) : viewProblems(judged, blocks, kind)),
    ...(kind === "message"
      ? []
      : schemaProblems(
          { ...judged, blocks: [] },
          `/definitions/Payloads/properties/${kind}`,
          kind,
        )),
    ...blocks.flatMap((block, at) => blockProblems(block, `block ${at}`)),
    ...repeated(
      blocks.map((block) => isFields(block) && block["block_id"]),
      "block_id",
    ),
    ...[...walk(judged)].flatMap(([at, fields]) => rulesOf(fields).map((rule) => `${at}: ${rule}`)),
  ];
}

/** Slack's own client sends objects as JSON text. */
const read = (value: unknown): unknown => (typeof value === "string" ? JSON.parse(value) : value);

const messageIn = ({ text, blocks }: Fields): Fields => ({
  text,
  ...(blocks === undefined ? {} : { blocks: read(blocks) }),
});

const longest = 10_000; // measured: msg_blocks_too_long near 13,200

const messageProblems = (message: Fields, blocks: readonly unknown[]): string[] =>
  said({
    "a message needs a text": textIn(message["text"]).trim() === "",
    "text is over 4,000": textIn(message["text"]).length > 4000,
    "blocks are no list": message["blocks"] !== undefined && !Array.isArray(message["blocks"]),
    "more than 30 blocks (Slack: 50)": blocks.length > 30,
    "more than 10,000 characters in all": JSON.stringify(message).length > longest,
  });

function viewProblems(view: Fields, blocks: readonly unknown[], kind: PayloadKind): string[] {
  const hasInput = blocks.some((block) => isFields(block) && block["type"] === "input");
  const titles = ["title", "submit", "close"].filter((name) => lengthOf(view[name]) > 24);
  return [
    ...said({
      "more than 100 blocks": blocks.length > 100,
      "a view needs blocks": blocks.length === 0,
      "more than 250 kB": JSON.stringify(view).length > 250_000,
      "private_metadata is over 3,000": textIn(view["private_metadata"]).length > 3000,
      "callback_id is over 255": textIn(view["callback_id"]).length > 255,
      "a modal with inputs needs a submit":
        kind === "modal" && hasInput && view["submit"] === undefined,
    }),
    ...titles.map((name) => `${name} is over 24`),
  ];
}

const lengthOf = (text: unknown): number => (isFields(text) ? textIn(text["text"]).length : 0);

const said = (claims: Readonly<Record<string, boolean>>): string[] =>
  Object.entries(claims).flatMap(([problem, is]) => (is ? [problem] : []));

const blockNames: Readonly<Record<string, string>> = {
  actions: "ActionsBlock",
  context: "ContextBlock",
  divider: "DividerBlock",
  header: "HeaderBlock",
  image: "ImageBlock",
  input: "InputBlock",
  rich_text: "RichTextBlock",
  section: "SectionBlock",
};

/**
 * Checks a block against the schema of its own type: against the union, every type would report an
 * error.
 */
function blockProblems(block: unknown, at: string): string[] {
  const name = isFields(block) ? blockNames[textIn(block["type"])] : undefined;
  if (!isFields(block) || name === undefined) return [`${at} is of no type that we use`];
  const ids = listOf(block["elements"]).map((item) => isFields(item) && item["action_id"]);
  return [
    ...schemaProblems(block, `/definitions/${name}`, at),
    ...repeated(ids, `action_id in ${at}`),
  ];
}

function schemaProblems(value: unknown, pointer: string, at: string): string[] {
  const validate = judge(pointer);
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).map(
    ({ instancePath, message }) => `${at}${instancePath} ${message}`,
  );
  return [...new Set(errors)].slice(0, 5);
}

function repeated(ids: readonly unknown[], what: string): string[] {
  const given = ids.filter((id) => typeof id === "string");
  return new Set(given).size < given.length ? [`the same ${what} twice`] : [];
}

/** Every object in a payload, with its path. */
export function* walk(value: unknown, at = ""): Generator<[string, Fields]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* walk(item, `${at}/${i}`);
  } else if (isFields(value)) {
    yield [at, value];
    for (const [key, item] of Object.entries(value)) yield* walk(item, `${at}/${key}`);
  }
}

/** What Slack documents in prose about one object of a payload, by its type. */
const rulesOf = (fields: Fields): string[] => [
  ...said({
    "action_id is over 255": textIn(fields["action_id"]).length > 255,
    "block_id is over 255": textIn(fields["block_id"]).length > 255,
    "half a character": Object.values(fields).some(
      (field) => typeof field === "string" && /\p{Surrogate}/u.test(field),
    ),
  }),
  ...(rules[textIn(fields["type"])]?.(fields) ?? optionRules(fields)),
];

const isDay = (day: unknown): boolean => /^\d{4}-\d\d-\d\d$/.test(textIn(day));

const rules: Readonly<Record<string, (fields: Fields) => string[]>> = {
  plain_text: (text) => said({ "a text without words": textIn(text["text"]).trim() === "" }),
  mrkdwn: (text) =>
    said({
      "a text without words": textIn(text["text"]).trim() === "",
      "mrkdwn over 3,000": textIn(text["text"]).length > 3000,
    }),
  text: (text) =>
    said({
      "an empty text": textIn(text["text"]) === "",
      "a text over 3,000": textIn(text["text"]).length > 3000,
    }),
  user: (user) => said({ "no account": !/^[UW][A-Z0-9]{2,30}$/.test(textIn(user["user_id"])) }),
  link: (link) => said({ "no address": !/^https?:\/\//.test(textIn(link["url"])) }),
  section: (section) =>
    said({
      "a section without text and fields":
        section["text"] === undefined && listOf(section["fields"]).length === 0,
      "section text over 3,000": lengthOf(section["text"]) > 3000,
      "more than 10 fields": listOf(section["fields"]).length > 10,
      "a field over 2,000": listOf(section["fields"]).some((item) => lengthOf(item) > 2000),
    }),
  header: (header) => said({ "header over 150": lengthOf(header["text"]) > 150 }),
  actions: (actions) =>
    said({
      "no elements": listOf(actions["elements"]).length === 0,
      "more than 25 elements": listOf(actions["elements"]).length > 25,
    }),
  context: (context) =>
    said({
      "no elements": listOf(context["elements"]).length === 0,
      "more than 10 elements": listOf(context["elements"]).length > 10,
    }),
  rich_text: (block) => said({ "no elements": listOf(block["elements"]).length === 0 }),
  rich_text_section: (section) => said({ "no elements": listOf(section["elements"]).length === 0 }),
  rich_text_preformatted: (section) =>
    said({ "no elements": listOf(section["elements"]).length === 0 }),
  button: (button) =>
    said({
      "button text over 75": lengthOf(button["text"]) > 75,
      "button value over 2,000": textIn(button["value"]).length > 2000,
    }),
  input: (block) => said({ "label over 2,000": lengthOf(block["label"]) > 2000 }),
  plain_text_input: (field) => {
    const most = typeof field["max_length"] === "number" ? field["max_length"] : 3000;
    return said({
      "max_length over 3,000": most > 3000,
      "initial_value over max_length": textIn(field["initial_value"]).length > most,
    });
  },
  static_select: (select) => {
    const options = listOf(select["options"]);
    const initial = JSON.stringify(select["initial_option"]);
    return said({
      "no options": options.length === 0,
      "more than 100 options": options.length > 100,
      "initial_option is none of the options":
        initial !== undefined && !options.some((option) => JSON.stringify(option) === initial),
    });
  },
  datepicker: (field) =>
    said({
      "no such day": field["initial_date"] !== undefined && !isDay(field["initial_date"]),
    }),
};

/** An option has no type of its own. */
function optionRules(fields: Fields): string[] {
  if (!isFields(fields["text"]) || typeof fields["value"] !== "string") return [];
  return said({
    "option text over 75": lengthOf(fields["text"]) > 75,
    "option value over 150": fields["value"].length > 150,
    "an option without a value": fields["value"] === "",
  });
}
