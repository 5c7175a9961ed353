import { rangeOf } from "../../address.ts";
import { parseWitnessVkey } from "../../log/cosignature.ts";
import { type CheckInput, known } from "./findings.ts";

/** Whoever is told besides the chats. */

/** Endpoints and pagers: whom they concern, and whether they could be reached as written. */
export function checkTold(look: CheckInput): void {
  checkConcerned(look, "notify", look.doc.notify ?? {});
  checkConcerned(look, "wake", look.doc.wake ?? {});
  for (const [id, endpoint] of Object.entries(look.doc.notify ?? {}))
    checkEndpoint(look, ["notify", id], endpoint);
  for (const [id, { channel, url, witness, ...rest }] of Object.entries(look.doc.audit ?? {})) {
    checkWitness(look, id, witness);
    if (channel !== undefined)
      known(look, { section: "channels", name: channel, path: ["audit", id, "channel"] });
    if (url !== undefined) checkEndpoint(look, ["audit", id], { ...rest, url });
  }
}

function checkWitness({ report }: CheckInput, id: string, witness: string | undefined): void {
  if (witness !== undefined && parseWitnessVkey(witness) === undefined)
    report.error(
      ["audit", id, "witness"],
      "is not the key of a witness: <name>+<8 hex digits>+<base64>, as the witness prints it",
    );
}

/** The deployments whose news somebody is told. */
function checkConcerned(
  look: CheckInput,
  section: "notify" | "wake",
  all: Readonly<Record<string, { readonly deployments?: readonly string[] | undefined }>>,
): void {
  for (const [id, { deployments = [] }] of Object.entries(all))
    for (const [at, name] of deployments.entries())
      known(look, { section: "deployments", name, path: [section, id, "deployments", at] });
}

interface Endpoint {
  readonly url: string;
  readonly privateAddresses?: readonly string[] | undefined;
}

function checkEndpoint(
  { report }: CheckInput,
  path: readonly string[],
  { url, privateAddresses = [] }: Endpoint,
) {
  const { protocol, username, password } = new URL(url);
  if (protocol !== "https:" && privateAddresses.length === 0)
    report.error([...path, "url"], "must be https: without it only privateAddresses are posted to");
  if (username !== "" || password !== "")
    report.error([...path, "url"], "names a user or a password: the signature says who sends");
  for (const [at, range] of privateAddresses.entries()) {
    if (rangeOf(range) === null)
      report.error(
        [...path, "privateAddresses", at],
        `“${range}” is no address or block of addresses, like 10.0.4.0/24`,
      );
  }
}

/** A rule that is high or critical asks for somebody at once, whatever the hour. */
export function checkWoken({ doc, report }: CheckInput): void {
  const pagers = Object.values(doc.wake ?? {});
  for (const id of Object.keys(doc.deployments)) {
    const unheard = Object.entries(doc.triggers)
      .filter(([, { deployments }]) => deployments.includes(id))
      .filter(([, { severity }]) => severity === "high" || severity === "critical")
      .filter(
        ([, { severity }]) =>
          !pagers.some(
            (pager) => pager.deployments.includes(id) && pager.severities.includes(severity),
          ),
      )
      .map(([trigger, { severity }]) => `${trigger} is ${severity}`);
    if (unheard.length > 0)
      report.warning(
        ["deployments", id],
        `nobody is paged for it: no pager of wake names it, though ${unheard.join(", ")}`,
      );
  }
}
