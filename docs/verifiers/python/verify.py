#!/usr/bin/env python3
"""Verifies an export of a Holdpoint log: its bytes, and what its entries mean.

A second verifier, in Python, written from docs/log-format.md. Beside the standard library it needs
the package `cryptography` (Debian: python3-cryptography) and the time zones of the machine.

    python3 verify.py <dir> [--key <vkey>] [--seen <checkpoint file>]... [--bytes]
    python3 verify.py --many      exports as JSON Lines on stdin, a verdict for each on stdout

The exit code is 0 for OK, 1 for any other verdict, 2 if it could not read.
"""

import argparse
import base64
import json
import sys
from pathlib import Path

from log_bytes import Export, Verdict, verify_bytes
from replay import Meaning


def judge(export, vkey=None, seen=(), only_bytes=False):
    """The verdict as an object: is, index, because, and what was counted where that is OK."""
    try:
        head = verify_bytes(export, vkey, seen)
    except Verdict as verdict:
        return {"is": verdict.verdict, "index": verdict.index, "because": verdict.because}
    said = {"is": "OK", "index": None, "because": f"{head.size} entries of {head.origin}"}
    if only_bytes:
        return said
    meaning = Meaning(export)
    if meaning.finding:
        finding = meaning.finding
        said = {"is": finding.verdict, "index": meaning.index, "because": finding.because}
    counted = {"entries": meaning.entries, "unknown": meaning.unknown, "claims": meaning.claims}
    return {**said, **counted, "disclosures": meaning.disclosures}


def export_in(directory):
    policies = directory / "policies"
    return Export(
        entries=(directory / "entries.jsonl").read_bytes(),
        leaves=_optional(directory / "leaves", None),
        checkpoint=(directory / "checkpoint").read_bytes(),
        key=(directory / "log.pub").read_bytes(),
        policies={file.stem: file.read_bytes() for file in policies.glob("*.json")},
        disclosures=_optional(directory / "disclosures.jsonl", b""),
    )


def _optional(file, other):
    return file.read_bytes() if file.exists() else other


def many(lines, out):
    """An export a line, each file in base64: what the tests use to ask about thousands."""
    for line in lines:
        asked = json.loads(line)

        def data(name, asked=asked):
            return None if asked[name] is None else base64.b64decode(asked[name])

        policies = {name: base64.b64decode(text) for name, text in asked["policies"].items()}
        export = Export(
            data("entries"), data("leaves"), data("checkpoint"), data("key"), policies, data("disclosures")
        )
        out.write(json.dumps(judge(export, asked["vkey"], asked["seen"])) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?")
    parser.add_argument("--key")
    parser.add_argument("--seen", action="append", default=[])
    parser.add_argument("--bytes", action="store_true", help="leave out what the entries mean")
    parser.add_argument("--many", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.many:
        many(sys.stdin, sys.stdout)
        return 0
    if asked.directory is None:
        parser.error("which directory?")
    try:
        export = export_in(Path(asked.directory))
        seen = [Path(name).read_text(encoding="utf-8") for name in asked.seen]
    except OSError as error:
        print(f"Cannot verify: {error}")
        return 2
    said = judge(export, asked.key, seen, asked.bytes)
    place = "" if said["index"] is None else f" at entry {said['index']}"
    print(f"{said['is']}{place}: {said['because']}")
    if "disclosures" in said:
        print(f"Disclosures: {said['disclosures']}")
        for what, count in {**said["unknown"], **said["claims"]}.items():
            print(f"{what}: {count}")
    return 0 if said["is"] == "OK" else 1


if __name__ == "__main__":
    sys.exit(main())
