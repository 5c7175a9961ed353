import { BlockList, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isAmong, isPublic, rangeOf } from "../../src/core/address.ts";

test.each([
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.100.100.200",
  "100.127.255.255",
  "127.0.0.1",
  "127.8.8.8",
  "169.254.169.254",
  "169.254.170.2",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.192",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.1.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::FFFF:A9FE:A9FE",
  "::ffff:10.0.0.1",
  "0:0:0:0:0:ffff:c0a8:1",
  "::127.0.0.1",
  "::ffff:0:127.0.0.1",
  "64:ff9b::10.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::1",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "localhost",
  "",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "1.2.3.256",
  "0x7f.0.0.1",
  "1::2::3",
  "2600:::1",
  "2600:1:2:3:4:5:6:7:8",
  "26000::1",
])("%s is not public", (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each([
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.1",
  "192.167.255.255",
  "192.169.0.0",
  "223.255.255.255",
  "::ffff:8.8.8.8",
  "64:ff9b::8.8.8.8",
  "2001:4860:4860::8888",
  "2600:1f18::1",
  "2606:4700::1111",
])("%s is public", (address) => {
  expect(isPublic(address)).toBe(true);
});

test("a listed range holds its own addresses in every spelling, and no others", () => {
  const ranges = ["10.0.4.0/24", "fd00:1::/32", "192.168.7.9"].flatMap(
    (name) => rangeOf(name) ?? [],
  );
  const held = ["10.0.4.0", "10.0.4.255", "::ffff:10.0.4.7", "fd00:1:2::3", "192.168.7.9"];
  const others = ["10.0.5.0", "10.0.3.255", "fd00:2::1", "192.168.7.8", "127.0.0.1", "nonsense"];

  expect(held.filter((name) => !isAmong(name, ranges))).toEqual([]);
  expect(others.filter((name) => isAmong(name, ranges))).toEqual([]);
});

test.each([
  "10.0.0.0/33",
  "fd00::/129",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0/8",
  "example.org",
  "/8",
])("%s is no range", (text) => {
  expect(rangeOf(text)).toBeNull();
});

test("any address and range is understood as Node's own list understands it", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, address, fc.nat(128), (name, other, length) => {
      const isFour = isIPv4(other);
      const prefix = Math.min(length, isFour ? 32 : 128);
      const range = rangeOf(`${other}/${prefix}`);
      const carries = [name, other].some(
        (each) => isIPv6(each) && /^(?:0*:)*:?:?(?:0*:)*ffff|^64:ff9b/i.test(each),
      );
      if (carries) return;
      const list = new BlockList();
      list.addSubnet(other, prefix, isFour ? "ipv4" : "ipv6");
      expect(range && isAmong(name, [range])).toBe(
        isIPv4(name) === isFour && list.check(name, isFour ? "ipv4" : "ipv6"),
      );
    }),
  );
  expect.hasAssertions();
});
