"""Whether the bytes of an export are those that were signed (docs/log-format.md §7, steps 1–8)."""

import re
from hashlib import sha256
from hmac import new as hmac

from canonical import ENTRY_LIMIT, NotCanonical, is_beginning, read
from signed_note import Key, NoChain, Refused, key_chain, open_checkpoint, read_note, unbase64

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


class Verdict(Exception):
    """What is wrong, and with which entry; None = it is no entry, or its place cannot be told."""

    def __init__(self, verdict, index, because):
        super().__init__(because)
        self.verdict, self.index, self.because = verdict, index, because


def tampered(index, because):
    return Verdict("TAMPERED", index, because)


class Tree:
    """The hashes of a log that grows by one leaf after another: the roots of its full subtrees,
    largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def add(self, leaf):
        self.peaks.append(leaf)
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            right = self.peaks.pop()
            self.peaks[-1] = node_hash(self.peaks[-1], right)
            rest //= 2

    def root(self):
        if not self.peaks:
            return sha256(b"").digest()
        *larger, root = self.peaks
        for left in reversed(larger):
            root = node_hash(left, root)
        return root


def leaf_hash(entry):
    return sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return sha256(b"\x01" + left + right).digest()


class Export:
    """The files of an export as bytes; leaves is None if there is no such file."""

    def __init__(self, entries, leaves, checkpoint, key, policies, disclosures):
        self.entries, self.leaves, self.checkpoint = entries, leaves, checkpoint
        self.key, self.policies, self.disclosures = key, policies, disclosures


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


class Walk:
    """One pass over entries.jsonl: its lines, hashes and form. Nothing in it is a verdict yet."""

    def __init__(self, data, origin, stated, sizes):
        self.tree, self.origin, self.stated, self.sizes = Tree(), origin, stated, sizes
        self.roots, self.adopted, self.rotations = {}, [], []
        self.fault = self.differs = None
        self.is_cut, self.last_at = False, None
        self._keep_root()
        at = 0
        while at < len(data):
            newline = data.find(b"\n", at)
            # A last line without its newline was cut off if nothing in what is left is wrong.
            if newline < 0 and is_beginning(data[at:]):
                self.is_cut = True
                return
            end = len(data) if newline < 0 else newline
            self._line(data[at:end], newline >= 0)
            at = end + 1

    def _line(self, line, is_whole):
        index = self.tree.size
        because = self._objection(line, is_whole)
        if because and self.fault is None:
            self.fault = (index, because)
        leaf = leaf_hash(line)
        self.tree.add(leaf)
        stated = self.stated[index] if index < len(self.stated) else leaf
        if stated != leaf and self.differs is None:
            self.differs = index
        self._keep_root()

    def _keep_root(self):
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()

    def _objection(self, line, is_whole):
        try:
            entry = read(line)
        except NotCanonical as error:
            return f"it is not canonical JSON: {error}"
        if not is_whole:
            return "it does not end with a newline"
        if len(line) > ENTRY_LIMIT:
            return f"it is longer than {ENTRY_LIMIT} bytes"
        return self._time_objection(entry) or self._kind_objection(entry) or self._base(entry)

    def _time_objection(self, entry):
        at = entry.get("at")
        if not isinstance(at, str) or not TIME.fullmatch(at):
            return "its at is no time in UTC with milliseconds"
        if self.last_at is not None and at < self.last_at:
            return "its at is before that of the entry above it"
        self.last_at = at
        return None

    def _kind_objection(self, entry):
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind == "":
            return "it has no kind, or an empty one"
        if kind == "key.rotated":
            self.rotations.append((self.tree.size, entry))
        if kind != "policy.adopted":
            return None
        if not isinstance(entry.get("digest"), str):
            return "it adopts a policy without naming its digest"
        self.adopted.append((self.tree.size, entry["digest"]))
        return None

    def _base(self, entry):
        if entry.get("origin") != self.origin:
            return "its origin is another"
        v = entry.get("v")
        return None if type(v) is int and v == 1 else "its v is not 1"


def verify_bytes(export, vkey=None, seen=()):
    """The checkpoint that the export proves; raises Verdict if it does not."""
    key = _key(export)
    try:
        head = open_checkpoint(utf8(export.checkpoint) or "", key)
    except Refused as error:
        _check_kept_key([], key, vkey)
        raise tampered(None, f"the checkpoint cannot be believed: {error}") from None
    leaves = None if export.leaves is None else _leaves(export.leaves)
    notes = [read_note(note) for note in seen]
    sizes = {head.size, *(note[0].size for note in notes if note is not None)}
    walk = Walk(export.entries, head.origin, leaves or [], sizes)
    _check_kept_key(walk.rotations, key, vkey)
    _check_entries(walk, head, leaves)
    _check_leaves(export, walk, leaves)
    _check_policies(export, walk)
    _check_disclosures(export.disclosures)
    chain = _chain(walk, key, head, vkey)
    _check_kept([_opened(note, chain) for note in seen], walk, head)
    return head


def _key(export):
    text = utf8(export.key)
    try:
        if text is None or not text.endswith("\n"):
            raise Refused("it is not one line")
        key = Key(text[:-1])
    except Refused as error:
        raise tampered(None, f"log.pub is no key: {error}") from None
    return key


def _check_kept_key(rotations, key, vkey):
    named = [entry.get(name) for _, entry in rotations for name in ("before", "key")]
    if vkey is not None and vkey != key.text and vkey not in named:
        raise tampered(None, "log.pub is not the key that was kept")


def _chain(walk, key, head, vkey):
    """The log's keys, each handed over to the next; the export's is one of them, in its time."""
    try:
        chain = key_chain(walk.rotations, key, head.origin)
    except NoChain as error:
        raise tampered(error.index, f"it does not hand the log over: {error}") from None
    period = next((period for period in chain if period.key.text == key.text), None)
    if period is None:
        raise tampered(None, "log.pub is none of the keys that the log had")
    if period.objection(head.size) or period.is_distrusted(head.size):
        raise tampered(None, f"the key of the checkpoint: {period.objection(head.size) or 'stolen'}")
    if vkey is not None and all(period.key.text != vkey for period in chain):
        raise tampered(None, "the key that was kept is none of the keys that the log had")
    return chain


def _opened(note, chain):
    because = Refused("there is no key")
    for period in chain:
        try:
            opened = open_checkpoint(note, period.key)
        except Refused as error:
            because = error
            continue
        outside = period.objection(opened.size)
        return Refused(outside) if outside else opened
    return because


def _leaves(data):
    """The hashes in the file `leaves`; None if it is not lines of 64 lower-case hex digits."""
    if not re.fullmatch(rb"(?:[0-9a-f]{64}\n)*", data):
        return None
    return [bytes.fromhex(line.decode()) for line in data.split(b"\n")[:-1]]


def _root_of(leaves):
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def _check_entries(walk, head, leaves):
    count = walk.tree.size
    if walk.roots.get(head.size) != head.root:
        raise _unproven(walk, head, leaves)
    if walk.fault:
        raise tampered(*walk.fault)
    if count > head.size:
        raise tampered(head.size, "the entries from here on are not signed")
    if walk.is_cut:
        raise tampered(count, "a piece of a line follows the last entry signed")


def _unproven(walk, head, leaves):
    """The entries are not those that were signed; the leaf hashes, if they still are, say where
    that begins."""
    count = walk.tree.size
    located = leaves is not None and len(leaves) == head.size and _root_of(leaves) == head.root
    if located and walk.differs is not None:
        return tampered(walk.differs, "it is not the entry that was signed")
    if not located and walk.fault:
        return tampered(*walk.fault)
    if count < head.size:
        return Verdict("TRUNCATED", count, f"{count} of {head.size} entries are there")
    return tampered(None, "the entries are not those that were signed")


def _check_leaves(export, walk, leaves):
    if export.leaves is None:
        return
    if leaves is None or len(leaves) != walk.tree.size or walk.differs is not None:
        raise tampered(None, "the file leaves was changed")


def _check_policies(export, walk):
    for digest, data in export.policies.items():
        if sha256(data).hexdigest() != digest:
            raise tampered(None, f"policies/{digest}.json was changed")
    for index, digest in walk.adopted:
        if digest not in export.policies:
            raise tampered(None, f"policies/{digest}.json, adopted by entry {index}, is missing")


def _check_disclosures(data):
    lines = data.split(b"\n")
    if lines.pop() != b"":
        raise tampered(None, "the last line of disclosures.jsonl does not end")
    for number, line in enumerate(lines, 1):
        try:
            said = read(line)
        except NotCanonical:
            raise tampered(None, f"line {number} of disclosures.jsonl was changed") from None
        if not _is_disclosure(said):
            raise tampered(None, f"line {number} of disclosures.jsonl does not open")


def _is_disclosure(said):
    text = {key: value for key, value in said.items() if isinstance(value, str)}
    is_name = "person" in text and "name" in text
    if is_name:
        return "commitment" not in text
    if not {"commitment", "salt", "text"} <= text.keys():
        return False
    salt = unbase64(text["salt"])
    return salt is not None and len(salt) == 32 and commitment(salt, text["text"]) == text["commitment"]


def commitment(salt, text):
    return "c_" + hmac(salt, text.encode("utf-8"), "sha256").hexdigest()


def _check_kept(kept, walk, head):
    for opened in kept:
        if isinstance(opened, Refused):
            raise tampered(None, f"a checkpoint that was kept is not of this log: {opened}")
        if opened.size <= head.size and walk.roots.get(opened.size) != opened.root:
            raise Verdict("FORKED", None, f"another root for the first {opened.size} entries")
    longest = max((opened.size for opened in kept), default=0)
    if longest > head.size:
        raise Verdict("TRUNCATED", head.size, f"a checkpoint that was kept covers {longest}")
