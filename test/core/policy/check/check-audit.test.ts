import { expect, test } from "vitest";
import { testWitness } from "../../log/support.ts";
import { said } from "../small-policy.ts";

const audit = (more: string): readonly [string, string] => [
  "wake:\n",
  `audit:\n  vault: { ${more} }\nwake:\n`,
];

const witness = testWitness("audit.example.org/w", 3).vkey;

test.each([
  ["channel: riks", "audit.vault.channel: no channel “riks”"],
  [
    "directory: audit",
    "audit.vault.directory: must be an absolute path like /var/lib/audit/holdpoint",
  ],
  [
    "channel: risk, directory: /var/lib/a",
    "audit.vault: must have exactly one of channel, url and",
  ],
  ["url: https://a.example.org/", "audit.vault.secret: is missing"],
  [
    "directory: /var/lib/a, secret: env:S",
    "audit.vault.secret: must have a secret with the url of",
  ],
  [
    'url: https://a.example.org/, witness: "a+00000000+AQ=="',
    "audit.vault.witness: is not the key of a witness: <name>+<8 hex digits>+<base64>",
  ],
  [`witness: "${witness}", directory: /var/lib/a`, "audit.vault.url: is missing"],
  [
    `url: https://a.example.org/, secret: env:S, witness: "${witness}"`,
    "audit.vault.secret: must have a secret with the url of a webhook, and none without",
  ],
  ["url: http://a.example.org/, secret: env:S", "audit.vault.url: must be https"],
  ['directory: /var/lib/a, privateAddresses: ["10.0.0.1"]', "privateAddresses: belongs to url"],
])("an address of audit with %s", (more, only) => {
  expect(said(audit(more))).toEqual([expect.stringContaining(only)]);
});
