"""Canonical JSON (docs/log-format.md §1): reading it, writing it, and telling where it breaks."""

import json
import re

MOST = 2**53 - 1
DEEPEST = 64
ENTRY_LIMIT = 32 * 1024


class NotCanonical(ValueError):
    """The bytes are not the one way in which canonical JSON writes a value."""


def _integer(text):
    if len(text) > 17:
        raise NotCanonical("a number that is too long")
    value = int(text)
    if abs(value) > MOST:
        raise NotCanonical("a number beyond 2^53 - 1")
    return value


def _refuse(text):
    raise NotCanonical(f"the number {text}")


def _object(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonical("a key twice")
    return value


def _depth(value):
    """How deep objects and lists are nested; the outermost one counts as 1."""
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
    return deepest


def text_of(value):
    """A value as canonical JSON."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{text_of(key)}:{text_of(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read(data):
    """The object that these bytes are; NotCanonical if they are not one, written canonically."""
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        if not isinstance(value, dict) or _depth(value) > DEEPEST or text_of(value) != text:
            raise NotCanonical("another spelling")
        return value
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from None


class _Cut(Exception):
    """The bytes end, and nothing in them was wrong so far."""


_LITERALS = {b"t"[0]: b"true", b"f"[0]: b"false", b"n"[0]: b"null"}
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\.)*"', re.S)


def is_beginning(data):
    """Whether these bytes are the beginning of a canonical object, cut off inside it or at its
    end: the last line of a file that was cut."""
    try:
        end = _value(data, 0, 0) if data[:1] == b"{" else None
        return end == len(data)
    except _Cut:
        return True
    except (NotCanonical, RecursionError):
        return False


def _at(data, at):
    if at >= len(data):
        raise _Cut
    return data[at]


def _value(data, at, depth):
    first = _at(data, at)
    if first == 0x22:
        return _string(data, at)
    if first in b"{[":
        if depth >= DEEPEST:
            raise NotCanonical("nested too deep")
        return _members(data, at, depth, first == 0x7B)
    if first in _LITERALS:
        return _literal(data, at, _LITERALS[first])
    return _number(data, at)


def _members(data, at, depth, is_object):
    close = 0x7D if is_object else 0x5D
    if _at(data, at + 1) == close:
        return at + 2
    before = None
    while True:
        at += 1
        if is_object:
            start = at
            if _at(data, at) != 0x22:
                raise NotCanonical("no key")
            at = _string(data, at)
            key = json.loads(data[start:at]).encode("utf-16-be")
            if _at(data, at) != 0x3A:
                raise NotCanonical("no colon")
            if before is not None and key <= before:
                raise NotCanonical("keys out of order")
            before = key
            at += 1
        at = _value(data, at, depth + 1)
        following = _at(data, at)
        if following == close:
            return at + 1
        if following != 0x2C:
            raise NotCanonical("no comma")


def _literal(data, at, word):
    for offset, byte in enumerate(word):
        if _at(data, at + offset) != byte:
            raise NotCanonical("no such word")
    return at + len(word)


def _number(data, at):
    begin = at
    if data[at] == 0x2D:
        at += 1
    digits = at
    while at < len(data) and 0x30 <= data[at] <= 0x39:
        at += 1
    if at == digits:
        _at(data, at)
        raise NotCanonical("no value")
    text = data[begin:at].decode()
    if str(_integer(text)) != text:
        raise NotCanonical("another spelling of a number")
    return at


def _string(data, at):
    found = _STRING.match(data, at)
    if not found:
        if re.search(rb"[\x00-\x1f]", re.sub(rb"\\.", b"", data[at + 1 :], flags=re.S)):
            raise NotCanonical("a control character")
        raise _Cut
    piece = found.group()
    try:
        if json.dumps(json.loads(piece.decode()), ensure_ascii=False).encode() != piece:
            raise NotCanonical("another spelling of a string")
    except (ValueError, UnicodeError) as error:
        raise NotCanonical(str(error)) from None
    return found.end()

