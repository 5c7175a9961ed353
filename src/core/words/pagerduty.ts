import { type Line, line, listed, type Part } from "./line.ts";

/**
 * The words of what was done in another system and does not count here. Part of the words of
 * words.ts.
 */

/** Why an acknowledgement in PagerDuty is nobody's here. */
export const notCounted = {
  unknown: (account: string): Line =>
    account === ""
      ? line`it was not a person`
      : line`the policy gives nobody the account ${{ untrusted: account }}`,
  notAsked: (): Line => line`they are not among those who may`,
};

/** Who acknowledged where no person did. */
export const something = "something";

/** A page fell silent there, and the question is still open here. */
export function acknowledgedInPagerDuty(what: {
  readonly deployment: string;
  readonly escalation: string;
  readonly by: Part;
  readonly because: Line;
  readonly asked: readonly Part[];
}): Line {
  const { deployment, escalation, by, because, asked } = what;
  const next =
    asked.length === 0
      ? line`Whoever sees this can acknowledge it here.`
      : line`It has to be acknowledged here, by ${listed(asked, "or")}.`;
  return line`${deployment}: ${by} acknowledged ${escalation} in PagerDuty. That was not recorded: ${because}. ${next}`;
}
