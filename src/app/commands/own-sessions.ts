import type { PersonId } from "../../core/ids.ts";
import { linkLasts, openLinksOf } from "../../core/people/login-links.ts";
import { rfc3339 } from "../../core/time.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { type CommandContext, type CommandResult, told, type Write } from "./command.ts";
import { newToken } from "./sessions.ts";

/**
 * Signs somebody in to the console from their account in a chat. The session has the rights of that
 * account and ends with it; see core/people/login-links.
 */
export function linkForOneself(
  context: Pick<CommandContext, "publicUrl">,
  { person, to }: { readonly person: PersonId; readonly to: string },
): Write {
  const make = (work: UnitOfWork): CommandResult => {
    const expires = work.now + linkLasts;
    const body = { kind: "session.issued" as const, person, expires: rfc3339(expires) };
    const [entry] = work.add("org", [{ actor: { type: "person", person }, body }]);
    const { token, row } = newToken(work.random, "link", {
      issued: entry?.id ?? "",
      person,
      expires,
    });
    work.extra.sessions.push(row);
    const where = to === "/" ? "" : `?${new URLSearchParams({ to })}`;
    const url = `${context.publicUrl}/login/${token}${where}`;
    return told(
      `Your link to the console: ${url} It works once, within 10 minutes, and is for you alone: whoever opens it acts as you. The session lasts 12 hours; sign-out ends it.`,
    );
  };
  return { do: "write", deployments: [], isKept: false, work: make };
}

/** Ends every session of a person, and every link that was not used yet. */
export function endSessions(person: PersonId): Write {
  const end = (work: UnitOfWork): CommandResult => {
    const issued = openLinksOf(work.org.links, person, work.now);
    if (issued.length === 0) return told("You have no session and no open login link.");
    const body = { kind: "session.ended" as const, person, because: "logout" as const, issued };
    work.add("org", [{ actor: { type: "person", person }, body }]);
    return told(
      "Signed out everywhere: your sessions in the console and your open login links have ended.",
    );
  };
  return { do: "write", deployments: [], isKept: true, work: end };
}
