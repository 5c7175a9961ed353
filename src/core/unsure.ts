import { answers } from "./words.ts";

/** Whether an answer says that it is not known to be recorded: pressing again must be possible. */
export const isUnsure = ({ ok, text }: { readonly ok: boolean; readonly text: string }): boolean =>
  !ok && [answers.notConfirmed, answers.notRecorded].some((one) => text.startsWith(one));
