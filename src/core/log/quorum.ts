import { parseVkey } from "./checkpoint.ts";
import { cosignersOf, parseWitnessVkey } from "./cosignature.ts";

/**
 * Which witnesses must have cosigned a checkpoint, as a file that the auditor keeps: a C2SP
 * tlog-policy (c2sp.org/tlog-policy) of `log`, `witness`, `group` and `quorum` lines.
 */

export interface Quorum {
  /** vkeys of the logs that are accepted; empty = any that is accepted otherwise. */
  readonly logs: readonly string[];
  /** vkeys of every witness named. */
  readonly witnesses: readonly string[];
  /** What has to have cosigned; null = nobody. */
  readonly needs: Cosigner | null;
}

/** A witness, or a group of which at least `least` members must have cosigned. */
export type Cosigner =
  | { readonly name: string; readonly vkey: string }
  | { readonly name: string; readonly least: number; readonly members: readonly Cosigner[] };

/** Reads such a file; else the first thing that is wrong with it, with its line. */
export function readQuorum(text: string): Quorum | string {
  const reading = new Reading();
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length === 0 || words[0]?.startsWith("#")) continue;
    const wrong = hasControl(line) ? "it has a control character" : reading.take(words);
    if (wrong !== null) return `line ${at + 1}: ${wrong}`;
  }
  return reading.quorum ?? "it has no quorum line";
}

const hasControl = (line: string): boolean => /[^\t\P{Cc}]/u.test(line);

/** What the lines so far define. */
class Reading {
  quorum: Quorum | null = null;
  readonly #logs: string[] = [];
  readonly #witnesses: string[] = [];
  readonly #named = new Map<string, Cosigner>();
  readonly #members = new Set<string>();
  #needs: Cosigner | null = null;

  /** Takes one line; what is wrong with it, or null. */
  take([what = "", ...words]: readonly string[]): string | null {
    switch (what) {
      case "log":
        return this.#log(words);
      case "witness":
        return this.#witness(words);
      case "group":
        return this.#group(words);
      case "quorum":
        return this.#quorum(words);
      default:
        return `it begins with “${what}”, not with log, witness, group or quorum`;
    }
  }

  #log([vkey = "", ...more]: readonly string[]): string | null {
    if (more.length > 1) return "a log is: log <vkey> [<url>]";
    if (parseVkey(vkey) === undefined) return `“${vkey}” is not the vkey of a log`;
    if (isAmong(vkey, this.#logs)) return "this key of a log is there twice";
    this.#logs.push(vkey);
    return this.#kept();
  }

  #witness([name = "", vkey = "", ...more]: readonly string[]): string | null {
    if (more.length > 1) return "a witness is: witness <name> <vkey> [<url>]";
    if (parseWitnessVkey(vkey) === undefined) return `“${vkey}” is not the vkey of a witness`;
    if (isAmong(vkey, this.#witnesses)) return "this key of a witness is there twice";
    this.#witnesses.push(vkey);
    return this.#define({ name, vkey });
  }

  #group([name = "", count = "", ...names]: readonly string[]): string | null {
    const members = names.flatMap((member) => this.#named.get(member) ?? []);
    const unknown = names.find((member) => !this.#named.has(member));
    const taken = names.find(
      (member, at) => this.#members.has(member) || names.indexOf(member) !== at,
    );
    if (unknown !== undefined) return `no line before it defines “${unknown}”`;
    if (taken !== undefined) return `“${taken}” is a member of a group already`;
    const least = leastOf(count, members.length);
    if (least === null || least < 1 || least > members.length)
      return "a group is: group <name> <all|any|number> <member>…, with a number from 1 to that of its members";
    for (const member of names) this.#members.add(member);
    return this.#define({ name, least, members });
  }

  #quorum([name = "", ...more]: readonly string[]): string | null {
    if (this.quorum !== null) return "there is a quorum line already";
    if (more.length > 0) return "a quorum is: quorum <name>";
    const needs = this.#named.get(name);
    if (needs === undefined && name !== "none") return `no line before it defines “${name}”`;
    this.#needs = needs ?? null;
    this.quorum = { logs: [], witnesses: [], needs: null };
    return this.#kept();
  }

  #define(cosigner: Cosigner): string | null {
    const { name } = cosigner;
    if (name === "none" || this.#named.has(name)) return `“${name}” is defined already`;
    this.#named.set(name, cosigner);
    return this.#kept();
  }

  /** Lines after the quorum may still name logs and witnesses. */
  #kept(): null {
    if (this.quorum !== null)
      this.quorum = { logs: this.#logs, witnesses: this.#witnesses, needs: this.#needs };
    return null;
  }
}

/** Keys are the same when their public keys are, whatever name they bear. */
const isAmong = (vkey: string, known: readonly string[]): boolean =>
  known.some((other) => other.split("+").at(2) === vkey.split("+").at(2));

function leastOf(count: string, members: number): number | null {
  if (count === "all") return members;
  if (count === "any") return 1;
  return /^[1-9]\d{0,3}$/.test(count) ? Number(count) : null;
}

/** What the witnesses of a quorum say of a checkpoint. */
export interface Witnessing {
  /** What is missing, as a clause; null = the quorum is met. */
  readonly lacking: string | null;
  /** vkeys of the witnesses that cosigned it, and when (seconds since 1970). */
  readonly at: ReadonlyMap<string, number>;
}

/** Reads the cosignatures under a note; `forged` = one of them is not what it says it is. */
export function witnessingOf(
  { witnesses, needs }: Quorum,
  note: string,
): Witnessing | { readonly forged: string } {
  const cosigners = cosignersOf(note, witnesses);
  return cosigners.ok
    ? { lacking: lackingFor(needs, cosigners.at), at: cosigners.at }
    : { forged: cosigners.because };
}

/** What is missing where these have cosigned, as a clause; null = the quorum is met. */
function lackingFor(needs: Cosigner | null, cosigned: ReadonlyMap<string, number>): string | null {
  if (needs === null || hasCosigned(needs, cosigned)) return null;
  if ("vkey" in needs) return `${needs.name} has not cosigned it`;
  const missing = needs.members.filter((member) => !hasCosigned(member, cosigned));
  const there = needs.members.length - missing.length;
  const names = missing.map(({ name }) => name).join(", ");
  return `${needs.name} needs ${needs.least} of ${needs.members.length}, and ${there} cosigned it (without: ${names})`;
}

function hasCosigned(cosigner: Cosigner, cosigned: ReadonlyMap<string, number>): boolean {
  if ("vkey" in cosigner) return cosigned.has(cosigner.vkey);
  return (
    cosigner.members.filter((member) => hasCosigned(member, cosigned)).length >= cosigner.least
  );
}
