"""The keys that an entry of each kind has, and the values they may have (docs/log-format.md §4)."""

import re

import times
from policy import SEVERITIES

GROUPS = {
    "seen": ("suite", "scorer", "score", "metric"),
    "of": ("suite", "scorer", "score", "metric", "group", "reducer"),
    "about": ("name",),
    "named": ("name",),
    "evidence": ("suite", "occurrence"),
    "looser": ("what",),
}
SEALED = re.compile(r"c_[0-9a-f]{64}")


def is_sealed(name):
    """Whether a commitment stands for a name."""
    return SEALED.fullmatch(name) is not None


def unsealed(entry):
    """The entry with its commitment in place of each name that it does not have."""
    parts = {
        key: _each(value, GROUPS[key]) if key in GROUPS else value for key, value in entry.items()
    }
    return _open(parts, ("because",) if entry["kind"] == "escalation.opened" else ("suite",))


def _each(value, names):
    if isinstance(value, list):
        return [_open(item, names) if isinstance(item, dict) else item for item in value]
    return _open(value, names) if isinstance(value, dict) else value


def _open(group, names):
    commitment = group.get("texts")
    if not isinstance(commitment, str):
        return group
    rest = {key: value for key, value in group.items() if key != "texts"}
    return {**{name: commitment for name in names}, **rest}


def text(value):
    return isinstance(value, str)


def flag(value):
    return isinstance(value, bool)


def count(value):
    return type(value) is int and value >= 0


def time(value):
    return text(value) and times.parse(value) is not None


def word(*allowed):
    return lambda value: text(value) and value in allowed


def begins(prefix):
    return lambda value: text(value) and value.startswith(prefix)


def like(pattern):
    return lambda value: text(value) and re.fullmatch(pattern, value) is not None


def or_none(check):
    """The value, or the empty text."""
    return lambda value: value == "" or check(value)


def or_null(check):
    return lambda value: value is None or check(value)


def many(check):
    return lambda value: isinstance(value, list) and all(map(check, value))


def having(**keys):
    return lambda value: isinstance(value, dict) and objection(value, keys) is None


def optional(check):
    def may(value):
        return check(value)

    may.is_optional = True
    return may


def objection(value, keys):
    """The first key of an object whose value is not allowed; None if all are."""
    for key, check in keys.items():
        if key not in value:
            if not getattr(check, "is_optional", False):
                return key
        elif not check(value[key]):
            return key
    return None


person, entry_id, commitment = begins("p_"), begins("e_"), begins("c_")
escalation = like(r"HP-[1-9][0-9]*")
severity = word(*SEVERITIES)
RULES = (
    "restrict.decider",
    "restrict.deputy",
    "restrict.alsoMay",
    "widen.decider",
    "widen.deputy",
    "breakGlass",
)
start_rule = word(*RULES)
authority = word(
    *RULES,
    "onTimeout.respond",
    "act.first",
    "reassess.onOverdue",
    "undo",
    "widen.decider+widen.confirm",
    "widen.deputy+widen.confirm",
)
part = word("name", "slack", "teams", "pagerduty", "oidc")
chat = word("slack", "teams")
on_call = many(having(schedule=text, person=person))
named = many(having(source=text, name=text, severity=severity, signal=commitment))
references = many(having(delivery=text, body=like("[0-9a-f]{64}"), model=text, value=text))
seen = or_null(having(signal=commitment))


def actor(value):
    if not isinstance(value, dict):
        return False
    if value.get("type") == "person":
        return person(value.get("person"))
    if value.get("type") == "stranger":
        return "account" not in value or commitment(value["account"])
    return value.get("type") in ("policy", "operator", "gateway", "auditor")


def response(value):
    if not isinstance(value, dict):
        return False
    if value.get("kind") == "narrow":
        return text(value.get("scope"))
    return value.get("kind") in ("retest", "monitor", "pause")


SURFACES = ("console", "slack", "teams", "pagerduty", "http", "cli", "webhook", "tick", "start")
BASE = {
    "at": time,
    "clock": optional(time),
    "id": entry_id,
    "subject": like(r"org|deployment:[\s\S]*"),
    "actor": actor,
    "surface": word(*SURFACES),
    "link": optional(entry_id),
    "policy": text,
}
REASON = {"reason": optional(commitment)}
WAITS = {"takesEffect": optional(time), "unless": optional(many(person))}
ABOUT = {"deployment": text, "escalation": or_none(escalation)}
ONE = {"escalation": escalation}

KINDS = {
    "policy.proposed": {
        "digest": text,
        "before": text,
        "looser": many(having(deployment=text, what=text)),
        "person": person,
        "reason": commitment,
        "basis": optional(commitment),
        "expires": time,
    },
    "policy.adopted": {
        "digest": text,
        "before": text,
        "looser": many(having(deployment=text, what=text)),
        "started": many(having(deployment=text, scope=text, reassessBy=or_none(time))),
        "person": optional(person),
        "confirmer": optional(person),
        "basis": optional(commitment),
        "proposal": optional(entry_id),
        **REASON,
    },
    "escalation.opened": {
        **ONE,
        "deployment": text,
        "trigger": text,
        "severity": severity,
        "verdict": word("fired", "indeterminate", "none"),
        "because": text,
        "seen": seen,
        "evidence": optional(references),
        "model": optional(text),
        "reason": or_none(commitment),
        "response": or_null(response),
        "decider": or_none(person),
        "acknowledgeBy": or_none(time),
        "decideBy": or_none(time),
        "answerBy": optional(or_none(time)),
        "onCall": optional(on_call),
        "channel": text,
        "about": optional(having(source=text, name=text)),
        "named": optional(named),
    },
    "escalation.updated": {
        **ONE,
        "firing": flag,
        "verdict": word("fired", "indeterminate"),
        "worst": text,
        "seen": seen,
        "severity": optional(severity),
        "named": optional(named),
        "names": optional(count),
        "worse": optional(
            having(
                was=text,
                decision=word("keep", "retest", "monitor"),
                acknowledgeBy=or_none(time),
                decideBy=or_none(time),
                answerBy=or_none(time),
            )
        ),
    },
    "escalation.acknowledged": {**ONE, **REASON},
    "acknowledge.missed": {**ONE, "due": time},
    "authority.passed": {
        **ONE,
        "from": or_none(person),
        "to": or_none(person),
        "because": word("time", "away", "unreachable"),
        "decideBy": or_none(time),
    },
    "escalation.moved": {**ONE, "from": text, "to": text},
    "oncall.changed": {
        **ABOUT,
        "proposal": or_none(entry_id),
        "schedule": text,
        "from": or_none(person),
        "to": person,
        "asked": many(word("acknowledge", "decide", "confirm")),
        "decider": or_none(person),
    },
    "decision.proposed": {
        **ABOUT,
        "to": text,
        "reason": or_none(commitment),
        "authority": start_rule,
        "needs": count,
        "expires": time,
        "onCall": optional(on_call),
        **WAITS,
    },
    "decision.confirmed": {"deployment": text, "proposal": entry_id, "needs": count, **REASON, **WAITS},
    "decision.lapsed": {
        "deployment": text,
        "proposal": entry_id,
        "because": word(
            "time",
            "posture changed",
            "escalation opened",
            "authority withdrawn",
            "accounts changed",
            "disowned",
        ),
    },
    "decision.made": {
        **ABOUT,
        "decision": word("narrow", "pause", "resume", "retest", "monitor", "keep"),
        "settles": many(escalation),
        "authority": authority,
        "before": text,
        "after": text,
        "version": count,
        "deviation": word("none", "stricter", "weaker", "other", "unplanned"),
        "reassessBy": time,
        "reason": or_none(commitment),
        "reasonToFollow": flag,
        "people": many(person),
        "byLink": optional(many(person)),
        "agreed": optional(many(having(person=person, reason=commitment))),
        "group": optional(having(name=text, count=count, first=optional(entry_id))),
        "undoes": or_none(entry_id),
        "reopens": optional(
            many(having(escalation=escalation, acknowledgeBy=or_none(time), decideBy=or_none(time)))
        ),
        "breakGlass": flag,
        "cause": word("", "nobody seen", "seen, not decided", "unreachable", "at once", "not reviewed"),
        "suite": text,
        "by": or_none(person),
        "due": or_none(time),
        "monitor": text,
        "evidence": optional(references),
        "moreEvidence": optional(count),
        "model": optional(text),
    },
    "decision.explained": {"deployment": text, "explains": entry_id, "reason": commitment},
    "decision.denied": {
        **ABOUT,
        "asked": text,
        "because": text,
        "line": optional(commitment),
        **REASON,
    },
    "reassessment.set": {
        "deployment": text,
        "reassessBy": time,
        "because": word("asked", "change", "policy"),
        "change": text,
        **REASON,
    },
    "reassessment.reminded": {
        "deployment": text,
        "reassessBy": time,
        "due": time,
        "to": or_none(person),
    },
    "reassessment.overdue": {
        "deployment": text,
        "reassessBy": time,
        "due": time,
        "step": count,
        "to": or_none(person),
        "insteadOf": or_none(person),
    },
    "reassessment.warned": {
        "deployment": text,
        "reassessBy": time,
        "due": time,
        "to": or_none(person),
        "scope": text,
        "takesEffect": time,
    },
    "escalation.closed": {
        **ONE,
        "because": word("quiet", "undone", "resumed", "confirmed", "matched"),
    },
    "enforcement.reported": {
        "deployment": text,
        "gateway": text,
        "what": word("told", "failed", "applied"),
        "version": count,
    },
    "rehearsal.answered": {
        **ONE,
        "asked": text,
        "authority": or_none(start_rule),
        "reason": or_none(commitment),
    },
    "retest.followed": {
        **ABOUT,
        "retest": entry_id,
        "suite": text,
        "what": word("complete", "incomplete", "errored", "reminded", "missed"),
        "to": or_none(person),
        "due": or_none(time),
        "remind": or_none(time),
        "run": or_null(having(source=text, model=text)),
    },
    "trigger.shadowed": {
        "deployment": text,
        "trigger": text,
        "verdict": word("fired", "indeterminate"),
        "source": text,
        "signal": commitment,
    },
    "signal.noted": {
        "deployment": text,
        "what": word("test", "over"),
        "source": text,
        "signal": commitment,
    },
    "person.away": {"person": person, "until": time},
    "session.issued": {
        "person": person,
        "expires": time,
        "signIn": optional(having(account=word("slack", "teams", "oidc"), issuer=text)),
    },
    "session.used": {"person": person, "issued": entry_id, "expires": time},
    "session.ended": {
        "person": person,
        "issued": many(entry_id),
        "because": word("logout", "disowned"),
    },
    "identity.bound": {
        "bound": many(having(person=person, parts=many(having(of=part, value=commitment)))),
    },
    "identity.changed": {
        "person": person,
        "what": word("added", "removed", "changed"),
        "changes": many(having(of=part, before=or_none(commitment), after=or_none(commitment))),
        "deployments": many(text),
        "rebind": optional(time),
    },
    "identity.linked": {
        "person": person,
        "chat": chat,
        "account": commitment,
        "rebind": optional(time),
    },
    "identity.unlinked": {"person": person, "chat": chat, "because": word("asked", "policy")},
    "redaction.asked": {
        "person": or_none(person),
        "entry": or_none(entry_id),
        "reason": commitment,
        "expires": time,
    },
    "log.redacted": {
        "asked": entry_id,
        "person": or_none(person),
        "entry": or_none(entry_id),
        "commitments": many(commitment),
        "reason": commitment,
    },
    "hold.placed": {
        "what": word("everything", "person", "deployment", "escalation"),
        "target": text,
        "reason": commitment,
    },
    "hold.lifted": {"hold": entry_id, "reason": commitment},
    "record.read": {"what": word("question", "export"), "question": commitment},
    "key.rotated": {
        "before": text,
        "key": text,
        "distrusted": optional(count),
        "signed": text,
        "proof": text,
        "reason": commitment,
    },
    "log.restored": {"size": count, "root": like("[0-9a-f]{64}"), "reason": commitment},
}
