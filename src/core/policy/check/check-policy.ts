import { nameAsRead } from "../../people/person.ts";
import type { PolicyDoc } from "../schema/policy-schema.ts";
import { signedTypes } from "../source-auth.ts";
import { checkDeployment } from "./check-deployment.ts";
import { checkExpect } from "./check-expect.ts";
import { checkMapping } from "./check-mapping.ts";
import { checkTold, checkWoken } from "./check-notify.ts";
import { checkReached } from "./check-reached.ts";
import { checkSchedule } from "./check-schedule.ts";
import { checkSigned } from "./check-signed-text.ts";
import { checkTrigger } from "./check-trigger.ts";
import { type CheckInput, type Finding, known, type Names, newReport } from "./findings.ts";

/**
 * Everything the shape alone cannot tell: references, zones, conditions, and rules that could never
 * be met. With "part", something of a wrong shape was set aside: what it would have used is not
 * called unused.
 */
export function checkPolicy(
  doc: PolicyDoc,
  names: Names,
  how: "whole" | "part",
): readonly Finding[] {
  const { report, findings } = newReport();
  const look: CheckInput = { doc, names, report };
  checkPeople(look);
  for (const [id, item] of Object.entries(doc.schedules)) checkSchedule(look, id, item);
  for (const [id, item] of Object.entries(doc.deployments)) checkDeployment(look, id, item);
  for (const [id, item] of Object.entries(doc.triggers)) checkTrigger(look, id, item);
  for (const [id, item] of Object.entries(doc.sources)) checkSource(look, id, item);
  checkGroups(look);
  checkReaders(look);
  checkErasers(look);
  checkChannels(look);
  checkTold(look);
  if (how === "whole") {
    checkUnused(look);
    checkWoken(look);
  }
  return findings;
}

function checkPeople(look: CheckInput): void {
  checkNames(look);
  checkAccounts(look, "slack");
  checkAccounts(look, "teams");
  checkAccounts(look, "pagerduty");
  checkAccounts(look, "oidc");
  for (const [key, { slack, teams }] of Object.entries(look.doc.people)) {
    if (slack ?? teams) continue;
    look.report.warning(["people", key], "has no chat id: only the console reaches this person");
  }
}

/** Which deployments belong together, each named once. */
function checkGroups(look: CheckInput): void {
  for (const [id, members] of Object.entries(look.doc.groups ?? {}))
    for (const [at, name] of members.entries()) {
      const path = ["groups", id, at];
      if (!known(look, { section: "deployments", name, path })) continue;
      const first = members.indexOf(name);
      if (first < at)
        look.report.clash(path, ["groups", id, first], `names ${name} twice: name it once`);
    }
}

/** Who may read what; and whom `readers` leaves without anything to read. */
function checkReaders(look: CheckInput): void {
  const { doc, report } = look;
  if (doc.readers === undefined) return;
  for (const [key, { deployments = [] }] of Object.entries(doc.readers)) {
    known(look, { section: "people", name: key, path: ["readers", key] });
    for (const [at, name] of deployments.entries()) {
      const path = ["readers", key, "deployments", at];
      known(look, { section: "deployments", name, path });
    }
  }
  const rules = JSON.stringify([
    Object.values(doc.deployments).map(({ owner, authority }) => [owner, authority]),
    doc.schedules,
  ]);
  for (const key of Object.keys(doc.people))
    if (!Object.hasOwn(doc.readers, key) && !rules.includes(JSON.stringify(key)))
      report.warning(
        ["people", key],
        "is named by no rule and is none of the readers: reads nothing",
      );
}

/** Who may erase, and who confirms a looser policy: at least two different people. */
function checkErasers(look: CheckInput): void {
  namedTwice(look, ["redact", "by"], "nobody erases alone, and two are needed");
  namedTwice(look, ["adoption", "by"], "two are needed");
}

function namedTwice(look: CheckInput, path: ["redact" | "adoption", "by"], why: string): void {
  const by = look.doc[path[0]]?.by ?? [];
  for (const [at, name] of by.entries()) {
    known(look, { section: "people", name, path: [...path, at] });
    if (by.indexOf(name) < at) look.report.error([...path, at], `names ${name} twice: ${why}`);
  }
}

/** A chat's account is how a person is known when they press: it must be one person's. */
function checkAccounts(
  { doc, report }: CheckInput,
  chat: "slack" | "teams" | "pagerduty" | "oidc",
): void {
  const holders = new Map<string, string>();
  for (const [key, person] of Object.entries(doc.people)) {
    const account = person[chat]?.toLowerCase();
    if (account === undefined) continue;
    const other = holders.get(account);
    if (other === undefined) holders.set(account, key);
    else
      report.clash(
        ["people", key, chat],
        ["people", other, chat],
        `is the account of ${other}: two people cannot share one`,
      );
  }
}

/**
 * Somebody under two keys would be two people where two are needed, and two people of one name
 * cannot be told apart on a card, in a command or in the record.
 */
function checkNames({ doc, report }: CheckInput): void {
  const holders = new Map<string, string>();
  for (const [key, { name }] of Object.entries(doc.people)) {
    const read = nameAsRead(name);
    const other = holders.get(read);
    if (other === undefined) holders.set(read, key);
    else
      report.clash(
        ["people", key, "name"],
        ["people", other, "name"],
        `is the name of ${other}. If they are one person, keep one key; if they are two, add a word that tells them apart`,
      );
  }
}

/** Where cards are shown. */
function checkChannels(look: CheckInput): void {
  const { doc } = look;
  for (const [id, channel] of Object.entries(doc.channels)) {
    if (channel.slack ?? channel.teams) continue;
    look.report.warning(["channels", id], "is in no chat: only the console shows its cards");
  }
  if (doc.unmatched)
    known(look, {
      section: "channels",
      name: doc.unmatched.channel,
      path: ["unmatched", "channel"],
    });
}

function checkSource(look: CheckInput, id: string, source: PolicyDoc["sources"][string]): void {
  const path = ["sources", id];
  if (source.deployment !== undefined)
    checkReached(look, source.deployment, [...path, "deployment"]);
  for (const [from, to] of Object.entries(source.map ?? {}))
    checkReached(look, to, [...path, "map", from]);
  checkAuth(look, path, source);
  checkExpect(look, id, source);
  checkMapping(look, id, source);
  const named = Object.values(look.doc.people).some(({ pagerduty }) => pagerduty !== undefined);
  if (source.type === "pagerduty" && !named)
    look.report.warning(path, "nobody has a pagerduty account: no acknowledgement there counts");
  if (source.type === "inspect" && source.deployment === undefined) {
    look.report.error(
      path,
      "deployment is missing: runs that do not say theirs need one",
      look.names.deployments.join(", "),
    );
  }
}

/**
 * Not every sender signs; and where it does in a way of its own, that way is known and not written
 * in the policy.
 */
function checkAuth(
  { report }: CheckInput,
  path: readonly string[],
  { type, auth }: PolicyDoc["sources"][string],
): void {
  if ("signature" in auth && !signedTypes.includes(type)) {
    const instead = type === "mapped" ? "write the signature out as hmac, or use" : "use";
    report.error(
      [...path, "auth", "signature"],
      `only ${signedTypes.join(", ")} sign in a way of their own: for ${type} ${instead} standardWebhooks, bearer or header`,
    );
  }
  if ("hmac" in auth && type !== "mapped") {
    const instead = signedTypes.includes(type) ? "signature" : "standardWebhooks, bearer or header";
    report.error(
      [...path, "auth", "hmac"],
      `is for sources of type mapped: for ${type} use ${instead}`,
    );
  }
  if ("hmac" in auth) checkSigned(report, [...path, "auth", "hmac"], auth.hmac);
}

function checkUnused({ doc, report }: CheckInput): void {
  const deployments = Object.values(doc.deployments);
  const text = JSON.stringify(deployments.map(({ authority }) => authority));
  for (const id of Object.keys(doc.schedules)) {
    if (!text.includes(`"schedule:${id}"`))
      report.warning(["schedules", id], "is used by no deployment");
  }
  const used = new Set([...deployments.map(({ channel }) => channel), doc.unmatched?.channel]);
  for (const id of Object.keys(doc.channels)) {
    if (!used.has(id)) report.warning(["channels", id], "is used by nothing");
  }
  const watched = new Set(
    Object.values(doc.triggers).flatMap(({ shadow, deployments }) => (shadow ? [] : deployments)),
  );
  for (const id of Object.keys(doc.deployments)) {
    if (!watched.has(id))
      report.warning(
        ["deployments", id],
        "has no trigger: nothing that is measured would make anybody look",
      );
  }
  if (!doc.unmatched)
    report.warning(
      ["holdpoint"],
      "there is no unmatched: signals of an unknown deployment are shown in no channel",
    );
}
