import { expect, test } from "vitest";
import { receiver } from "../support/receiver.ts";
import { endpoint, faultOf, notice, outward, resolving } from "./start.ts";

const refused = "which is not a public address and not one of its privateAddresses";
const onlyListed = "which is not one of its privateAddresses, and http is for those alone";

test.each([
  "https://127.0.0.1/x",
  "https://127.1/x",
  "https://0x7f000001/x",
  "https://2130706433/x",
  "https://0177.0.0.1/x",
  "https://10.1.2.3/x",
  "https://100.64.0.1/x",
  "https://169.254.169.254/latest/meta-data",
  "https://172.16.0.1/x",
  "https://192.168.0.1/x",
  "https://0.0.0.0/x",
  "https://224.0.0.1/x",
  "https://255.255.255.255/x",
  "https://[::1]/x",
  "https://[::]/x",
  "https://[::ffff:127.0.0.1]/x",
  "https://[::ffff:a9fe:a9fe]/x",
  "https://[64:ff9b::7f00:1]/x",
  "https://[fd00:ec2::254]/x",
  "https://[fe80::1]/x",
  "https://[ff02::1]/x",
])("an address written out, %s, is not posted to", async (url) => {
  const fault = await faultOf(outward().notify(endpoint(url, { privateAddresses: [] }), notice, 1));

  expect(fault.message).toContain(refused);
  expect(fault.arrived).toBe("no");
});

test.each([
  ["localhost", ["127.0.0.1"]],
  ["metadata.google.internal", ["169.254.169.254"]],
  ["intranet.example.org", ["10.0.0.5"]],
  ["carrier.example.org", ["100.64.1.1"]],
  ["six.example.org", ["fd00::5"]],
  ["mapped.example.org", ["::ffff:10.0.0.5"]],
  ["several.example.org", ["192.168.0.1", "fe80::1", "127.0.0.1"]],
  ["multicast.example.org", ["239.1.1.1"]],
] as const)("a name for such an address, %s, is not posted to", async (name, found) => {
  const resolve = resolving({ [name]: [found] });

  const fault = await faultOf(
    outward({ resolve }).notify(endpoint(`https://${name}/x`, { privateAddresses: [] }), notice, 1),
  );

  expect(fault.message).toContain(refused);
  expect(fault.message).toContain(found[0]);
});

test("a name that changes its mind after a look gains nothing: what is checked is what is connected to", async () => {
  const hidden = await receiver();
  const asked: string[] = [];
  const port = new URL(hidden.url).port;
  const resolve = resolving({ "rebind.example.org": [["127.0.0.1"], ["8.8.8.8"]] }, asked);

  const there = endpoint(`https://rebind.example.org:${port}/x`, { privateAddresses: [] });
  const fault = await faultOf(outward({ resolve }).notify(there, notice, 1));

  expect(fault.message).toContain(refused);
  expect([asked, hidden.heard]).toEqual([["rebind.example.org"], []]);
});

test("of several addresses of a name only those that may be reached are tried", async () => {
  const inside = await receiver();
  const port = new URL(inside.url).port;
  const resolve = resolving({
    "mixed.example.org": [["10.0.0.1", "127.0.0.1", "169.254.169.254"]],
  });

  await outward({ resolve }).notify(endpoint(`http://mixed.example.org:${port}/x`), notice, 1);

  expect(inside.heard).toHaveLength(1);
});

test("an address of privateAddresses is posted to, its neighbours are not", async () => {
  const inside = await receiver();
  const listed = { privateAddresses: ["127.0.0.0/30", "10.0.0.0/8"] };
  const port = new URL(inside.url).port;

  await outward().notify(endpoint(inside.url, listed), notice, 1);
  const fault = await faultOf(
    outward().notify(endpoint(`http://127.0.0.9:${port}`, listed), notice, 1),
  );

  expect(inside.heard).toHaveLength(1);
  expect(fault.message).toContain(onlyListed);
});

test.each(["http://8.8.8.8/x", "http://[2606:4700::1111]/x"])(
  "without TLS a public address, %s, is not posted to",
  async (url) => {
    const fault = await faultOf(outward().notify(endpoint(url), notice, 1));

    expect(fault.message).toContain(onlyListed);
  },
);

test("a name that nobody knows is tried again", async () => {
  const there = endpoint("https://nowhere.example.org/x");

  const fault = await faultOf(outward().notify(there, notice, 1));

  expect([fault.message, fault.retry, fault.retryIn]).toEqual([
    "gateway could not be reached (ENOTFOUND)",
    "later",
    5_000,
  ]);
});
