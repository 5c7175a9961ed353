import { answers } from "../words/answers.ts";

/** Whether an answer says that it is not known to be recorded: pressing again must be possible. */
export function isUnsure({ ok, text }: { readonly ok: boolean; readonly text: string }): boolean {
  return (
    !ok &&
    [answers.notConfirmed, answers.notRecorded].some((beginning) => text.startsWith(beginning))
  );
}
