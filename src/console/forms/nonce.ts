import { createHmac, timingSafeEqual } from "node:crypto";
import type { Instant } from "../../core/ids.ts";
import type { ConsoleDeps } from "../ports.ts";

const lifetime = 24 * 60 * 60 * 1000;
/** The clocks of replicas may differ a little. */
const ahead = 60 * 1000;

/** Why a form is not accepted, as a sentence. */
export type NonceProblem = string;

/**
 * Makes and checks form nonces: `<when>.<random>.<mac>`, bound to one session or person. Nothing is
 * stored.
 */
export function createNonces(deps: Pick<ConsoleDeps, "clock" | "random" | "secret">) {
  const mac = (stamp: string, random: string, bound: string): Buffer =>
    createHmac("sha256", deps.secret).update(`form\0${stamp}\0${random}\0${bound}`).digest();
  return {
    issue: (bound: string): string => {
      const stamp = deps.clock.now().toString(36);
      const random = deps.random.id("");
      return `${stamp}.${random}.${mac(stamp, random, bound).toString("base64url")}`;
    },
    /** Null where it is valid. */
    problem: (nonce: string, bound: string): NonceProblem | null => {
      const [stamp = "", random = "", given = "", ...more] = nonce.split(".");
      if (nonce === "") return "This page is out of date: its form has no key.";
      const expected = mac(stamp, random, bound);
      const sent = Buffer.from(given, "base64url");
      if (more.length > 0 || sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
        return "This page is out of date: it was opened by somebody else, or the server has changed since.";
      }
      return ageProblem(deps.clock.now() - Number.parseInt(stamp, 36));
    },
  };
}

/** See createNonces. */
export type Nonces = ReturnType<typeof createNonces>;

const ageProblem = (age: Instant): NonceProblem | null =>
  age >= -ahead && age <= lifetime
    ? null
    : "This page is out of date: it was opened more than 24 hours ago.";
