/**
 * The page of ours that an address asks for, "/" for everything else. Only these paths are passed
 * on, so that no link of ours leads to another site, whatever stands in it.
 */
export function ownPath(asked: string): string {
  return pages.test(asked) ? asked : "/";
}

const pages =
  /^\/(?:(?:history|ask|policy|deployments\/[\w.-]{1,100})(?:\?[\w=&%+.:-]{1,500})?|log|help|deployments|escalations\/HP-[1-9]\d{0,11}(?:\/record)?)?$/;
