/**
 * The part of Adaptive Cards 1.5 that we use (https://adaptivecards.io/explorer), and Teams'
 * restrictions of it:
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
 */

export interface AdaptiveCard {
  readonly type: "AdaptiveCard";
  readonly $schema: "http://adaptivecards.io/schemas/adaptive-card.json";
  readonly version: "1.5";
  readonly body: readonly Element[];
  /** Extensions of Teams: mentions, and the full width of a channel. */
  readonly msteams?: { readonly width?: "Full"; readonly entities?: readonly Mention[] };
}

export type Element = TextBlock | RichTextBlock | ActionSet | Input;

/** Its text is Markdown, so it holds only our own words, and mentions, which work nowhere else. */
export interface TextBlock {
  readonly type: "TextBlock";
  readonly text: string;
  readonly wrap: true;
  readonly isSubtle?: boolean;
  readonly weight?: "Bolder";
  readonly spacing?: Spacing;
}

/** Its runs are never parsed, so it holds all other text. */
export interface RichTextBlock {
  readonly type: "RichTextBlock";
  readonly inlines: readonly TextRun[];
  readonly spacing?: Spacing;
  readonly separator?: boolean;
}

export interface TextRun {
  readonly type: "TextRun";
  readonly text: string;
  readonly weight?: "Bolder";
  readonly color?: "Attention";
  readonly size?: "Medium";
  readonly isSubtle?: boolean;
  readonly fontType?: "Monospace";
  /** What a press on the text does. */
  readonly selectAction?: Pick<OpenUrlAction, "type" | "url">;
}

type Spacing = "None" | "Small" | "Medium" | "Large";

export interface ActionSet {
  readonly type: "ActionSet";
  readonly actions: readonly Action[];
  readonly spacing?: Spacing;
}

export type Action = ExecuteAction | SubmitAction | OpenUrlAction;

export interface ExecuteAction {
  readonly type: "Action.Execute";
  readonly title: string;
  readonly verb: string;
  readonly data: object;
  readonly style?: ActionStyle;
  /** For clients without Action.Execute. */
  readonly fallback: SubmitAction;
}

export interface SubmitAction {
  readonly type: "Action.Submit";
  readonly title: string;
  readonly data: object;
  readonly style?: ActionStyle;
}

export interface OpenUrlAction {
  readonly type: "Action.OpenUrl";
  readonly title: string;
  readonly url: string;
}

export type ActionStyle = "positive" | "destructive";

export type Input = TextInput | ChoiceInput | DateInput;

interface InputParts {
  readonly id: string;
  readonly label: string;
  readonly isRequired?: boolean;
  readonly errorMessage?: string;
  readonly value?: string;
}

export interface TextInput extends InputParts {
  readonly type: "Input.Text";
  readonly isMultiline?: boolean;
  readonly maxLength: number;
}

export interface ChoiceInput extends InputParts {
  readonly type: "Input.ChoiceSet";
  readonly choices: readonly { readonly title: string; readonly value: string }[];
}

export interface DateInput extends InputParts {
  readonly type: "Input.Date";
}

/** A mention; `text` must occur unchanged in a TextBlock. */
export interface Mention {
  readonly type: "mention";
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
}

/**
 * What a dialog shows.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/invoking-task-modules
 */
export interface TaskInfo {
  readonly title: string;
  readonly height: "small" | "medium" | "large";
  readonly width: "small" | "medium" | "large";
  readonly card: AdaptiveCard;
}
