"""Keys and checkpoints (docs/log-format.md §3): C2SP signed-note and tlog-checkpoint."""

import base64
import binascii
import re
import unicodedata
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 0x01


class Refused(Exception):
    """Why a key or a checkpoint is not believed, in words."""


class Checkpoint:
    def __init__(self, origin, size, root):
        self.origin, self.size, self.root = origin, size, root


class Key:
    """A vkey: the name of the log, the key id and the public key."""

    def __init__(self, text):
        found = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
        data = unbase64(found[3]) if found else None
        if data is None or len(data) != 33 or data[0] != ED25519 or not is_name(found[1]):
            raise Refused("it is not a C2SP vkey for Ed25519")
        self.text, self.name, self.public = text, found[1], data[1:]
        self.id = sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if self.id.hex() != found[2]:
            raise Refused("its key id does not fit it")

    def verify(self, message, signature):
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            return True
        except (InvalidSignature, ValueError):
            return False


def is_name(name):
    """No white space, no plus, no control character."""
    return name != "" and not any(
        char in "+\ufeff" or unicodedata.category(char) in ("Cc", "Cs", "Zs", "Zl", "Zp")
        for char in name
    )


def unbase64(text):
    """Bytes of standard base64, in its one canonical form; None if it is another."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if text != "" and base64.b64encode(data).decode() == text else None


NOTE = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:\u2014 [^\n]+\n)+)"
)


def read_note(text):
    """The checkpoint in a note and its signature lines, without believing it; None = it is none."""
    found = NOTE.fullmatch(text)
    root = unbase64(found[3]) if found else None
    if root is None or not is_name(found[1]):
        return None
    signatures = []
    for line in found[4][:-1].split("\n"):
        parts = re.fullmatch(r"\u2014 (\S+) ([A-Za-z0-9+/=]+)", line)
        data = unbase64(parts[2]) if parts else None
        if data is None or len(data) <= 4 or not is_name(parts[1]):
            return None
        signatures.append((parts[1], data))
    return Checkpoint(found[1], int(found[2]), root), signatures


def open_checkpoint(text, key):
    """The checkpoint that this key signed; Refused says why it is not believed."""
    read = read_note(text)
    if read is None:
        raise Refused("it is not in the form of a C2SP checkpoint")
    checkpoint, signatures = read
    if checkpoint.origin != key.name:
        raise Refused(f"it is of the log {checkpoint.origin}, the key is of {key.name}")
    ours = [data for name, data in signatures if name == key.name and data[:4] == key.id]
    if not ours:
        raise Refused("the key did not sign it")
    root = base64.b64encode(checkpoint.root).decode()
    body = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n".encode()
    if not all(len(data) == 68 and key.verify(body, data[4:]) for data in ours):
        raise Refused("its signature does not fit its text")
    return checkpoint


class Period:
    """A key of the log: the entries with which it took over and handed over, None if there is none,
    and up to how many entries its checkpoints count if it was stolen."""

    def __init__(self, key, since):
        self.key, self.since, self.replaced, self.distrusted = key, since, None, None

    def objection(self, size):
        """Why this key does not sign a checkpoint over so many entries, or None."""
        if self.since is not None and size <= self.since:
            return f"it became the log's key at entry {self.since} only"
        if self.replaced is not None and size > self.replaced + 1:
            return f"it was replaced at entry {self.replaced}"
        return None

    def is_distrusted(self, size):
        return self.distrusted is not None and size > self.distrusted


class NoChain(Exception):
    """The entry that does not hand the log over, and why."""

    def __init__(self, index, because):
        super().__init__(because)
        self.index = index


def key_chain(rotations, only, origin):
    """The keys of the log, first to newest (docs/log-format.md §3.1)."""
    before = rotations[0][1].get("before") if rotations else None
    if not rotations or not isinstance(before, str):
        before = only.text
    periods = [Period(_key_of(before, origin) or only, None)]
    for index, entry in rotations:
        because = _rotation_objection(index, entry, periods, origin)
        if because:
            raise NoChain(index, because)
        periods[-1].replaced, periods[-1].distrusted = index, entry.get("distrusted")
        periods.append(Period(Key(entry["key"]), index))
    return periods


def _key_of(text, origin):
    try:
        key = Key(text)
    except (Refused, TypeError):
        return None
    return key if key.name == origin else None


def _rotation_objection(index, entry, periods, origin):
    old, new = _key_of(entry.get("before"), origin), _key_of(entry.get("key"), origin)
    if old is None or new is None:
        return "its keys are not keys of this log"
    if old.text != periods[-1].key.text:
        return "the key that it replaces was not the log's key"
    if any(period.key.text == new.text for period in periods):
        return "its new key has been the log's key before"
    size = entry.get("distrusted")
    if "distrusted" in entry and not (type(size) is int and 0 <= size <= index):
        return "it distrusts the old key from a size that the log did not have"
    shown = size if "distrusted" in entry else "-"
    message = f"holdpoint key rotation\n{old.text}\n{new.text}\n{shown}\n".encode()
    for key, name in ((old, "signed"), (new, "proof")):
        signature = unbase64(entry[name]) if isinstance(entry.get(name), str) else None
        if signature is None or not key.verify(message, signature):
            return f"its {name} is not by that key"
    return None
