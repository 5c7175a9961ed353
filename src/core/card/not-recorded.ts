import { answers } from "../words/answers.ts";

/**
 * Whether an answer says that it is not known to be recorded, or that a question was not answered:
 * pressing again must be possible.
 */
export function isUnsure({ ok, text }: { readonly ok: boolean; readonly text: string }): boolean {
  return (
    !ok &&
    [answers.notConfirmed, answers.notRecorded, answers.notAnswered].some((beginning) =>
      text.startsWith(beginning),
    )
  );
}

/** Whether an answer says that a question could not be answered. */
export function isUnanswered({
  ok,
  text,
}: {
  readonly ok: boolean;
  readonly text: string;
}): boolean {
  return !ok && text.startsWith(answers.notAnswered);
}
