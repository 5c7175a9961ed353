"""A policy, read from its canonical form (docs/log-format.md §6)."""

import re
from copy import copy
from canonical import text_of
from times import Hours, Recurrence, at_wall, duration
from datetime import date

PAUSED = "paused"
SEVERITIES = ("info", "warning", "high", "critical")
CHANGES_WITHIN = ("narrow", "pause", "resume", "retest", "monitor", "keep")
DAY = 86_400_000
REMEMBERS = ("repeated", "compare", "over", "spread", "together", "for", "expect")


class Schedule:
    def __init__(self, doc):
        self.zone, self.rotation = doc["timezone"], doc["rotation"]
        self.handoff = Recurrence(doc["handoff"])
        self.overrides = [
            (over["person"], _local(over["from"], self.zone), _local(over["to"], self.zone))
            for over in doc["overrides"]
        ]

    def on_call(self, at):
        for person, start, end in self.overrides:
            if start <= at < end:
                return person
        turn = max(0, self.handoff.period_at(at, self.zone))
        return self.rotation[turn % len(self.rotation)]

    def people(self):
        return {*self.rotation, *(person for person, _, _ in self.overrides)}


def _local(text, zone):
    return at_wall(date.fromisoformat(text[:10]), text[11:], zone)


class Deployment:
    def __init__(self, name, doc):
        self.id, self.owner, self.starts = name, doc.get("owner"), doc["starts"]
        self.model = doc["model"]
        self.scopes, self.authority = doc["scopes"], doc["authority"]
        said = doc.get("severities", {})
        self.severities = {severity: item["authority"] for severity, item in said.items()}
        self.undo, self.hours = duration(doc["undo"]), Hours(doc["hours"])
        review = doc["reassess"]
        self.every = Recurrence(review["every"]) if review.get("every") else None
        self.within = {kind: duration(length) for kind, length in review["within"].items()}
        self.remind = [duration(length) for length in review["remind"]]
        self.overdue_every, self.on = duration(review["overdue"]["every"]), review["on"]
        self.on_overdue, self.grace = _on_overdue(review)
        carried = doc.get("enforcement")
        self.gateways = carried["gateways"] if carried else None
        self.confirm_within = duration(carried["confirmWithin"]) if carried else None

    def level(self, scope):
        """0 is the widest; paused, and what this policy does not know, is below all."""
        ids = self.scope_ids()
        return ids.index(scope) if scope in ids else len(ids)

    def scope_ids(self):
        return [scope["id"] for scope in self.scopes]

    def scope_text(self, scope):
        """Everything that a scope means, to compare; None if there is none of that name."""
        return next((text_of(item) for item in self.scopes if item["id"] == scope), None)

    def narrower(self, a, b):
        return a if self.level(a) >= self.level(b) else b

    def strength(self, response):
        """How far a response restricts: re-test and monitoring not at all."""
        if response["kind"] == "narrow":
            return self.level(response["scope"])
        return len(self.scopes) if response["kind"] == "pause" else -1

    def meant_now(self, response, scope):
        """A response where this scope is in force: `narrow: next` is one scope narrower."""
        if response != {"kind": "narrow", "scope": "next"} or "next" in self.scope_ids():
            return response
        below = self.scope_ids()[self.level(scope) + 1 :]
        return {"kind": "narrow", "scope": below[0]} if below else {"kind": "pause"}

    def meets(self, response, scope):
        return response is None or self.level(scope) >= self.strength(response)

    def overdue_scope(self, scope):
        """What follows an overdue review; None where nothing would get narrower."""
        if self.on_overdue is None:
            return None
        after = self.on_overdue
        if after == "narrow":
            ids, level = self.scope_ids(), self.level(scope) + 1
            after = ids[level] if level < len(ids) else scope
        else:
            after = after["scope"]
        return after if self.level(after) > self.level(scope) else None

    def review_by(self, kind, now, at_most=None, by_people=True):
        """When a decision of this kind is asked again, at the latest."""
        after = self.hours.next_day(now) - 1 if by_people else now
        limit = now + self.within[kind]
        coming = self.every.after(after, self.hours.zone) if self.every else limit
        due = self.hours.earlier(min(limit, coming), now)
        return due if at_most is None else min(due, now + at_most)

    def reminders(self, due, since):
        days = self.hours
        moved = [
            due
            if before == 0
            else days.earlier(
                days.working_days_before(due, before // DAY) if before % DAY == 0 else due - before,
                since,
            )
            for before in self.remind
        ]
        return {at for at in moved if at > since}


def _on_overdue(review):
    """"narrow" for the next narrower scope, or the scope; and how long after the review."""
    said = review.get("onOverdue", "remind")
    if said == "remind":
        return None, None
    if said == "pause":
        said = {"scope": PAUSED}
    elif isinstance(said, dict):
        said = {"scope": said["narrow"]}
    return said, duration(review["grace"]) if "grace" in review else 7 * DAY


class Trigger:
    def __init__(self, name, doc):
        self.id, self.deployments = name, doc["deployments"]
        self.when, self.severity = doc.get("when", "false"), doc["severity"]
        self.authority, self.shadow = doc.get("authority"), doc.get("shadow", False)
        self.memory = {key: _memory(key, doc[key]) for key in REMEMBERS if key in doc}
        said = doc["response"]
        self.parts = [_part(item) for item in (said if isinstance(said, list) else [said])]
        restricting = [part for part in self.parts if part["kind"] in ("narrow", "pause")]
        main = (restricting or self.parts)[0]
        self.response = {key: main[key] for key in ("kind", "scope") if key in main}
        self.acknowledge_within = _optional(doc.get("acknowledgeWithin"))
        self.decide_within = _optional(doc.get("decideWithin"))
        self.on_timeout = doc.get("onTimeout")
        self.acts_first = doc.get("act") == "first"
        self.worse_by = doc.get("worseBy")


def _part(said):
    """One part of a written response."""
    if isinstance(said, str):
        return {"kind": said, "suite": "", "by": "", "within": None, "monitor": ""}
    if "narrow" in said:
        return {"kind": "narrow", "scope": said["narrow"]}
    if "monitor" in said:
        return {"kind": "monitor", "monitor": said["monitor"]}
    run = said["retest"]
    within = _optional(run.get("within"))
    return {"kind": "retest", "suite": run["suite"], "by": run.get("by", ""), "within": within}


def _memory(key, value):
    """What a trigger asks of earlier signals, with lengths in milliseconds: 24h and 1d are one."""
    if key == "spread" and isinstance(value, str):
        return {"by": value}
    if isinstance(value, dict):
        return {name: _memory(name, item) for name, item in value.items()}
    is_length = isinstance(value, str) and re.fullmatch(r"[0-9]+[smhdw]", value)
    return duration(value) if is_length and key not in ("suite", "after") else value


def _optional(text):
    return None if text is None else duration(text)


class Policy:
    def __init__(self, digest, doc):
        self.digest, self.people, self.doc = digest, set(doc["people"]), doc
        self.schedules = {name: Schedule(item) for name, item in _sorted(doc["schedules"])}
        self.channels = doc["channels"]
        self.deployments = {name: Deployment(name, item) for name, item in _sorted(doc["deployments"])}
        self.triggers = {name: Trigger(name, item) for name, item in _sorted(doc["triggers"])}
        self.groups = doc.get("groups", {})
        self.rebind = duration(doc["rebind"]) if "rebind" in doc else DAY
        self.adoption = set(doc["adoption"].get("by", [])) if "adoption" in doc else None
        self.redact = set(doc["redact"]["by"]) if "redact" in doc else None
        self.sources = dict(_sorted(doc["sources"]))
        self.notify = doc.get("notify", {})
        self.wake = doc.get("wake", {})
        self.audit = doc.get("audit", {})

    def together(self, name):
        """The deployments of a group, or those that run a model; none for anything else."""
        kind, _, rest = name.partition(":")
        if kind == "group":
            return self.groups.get(rest, [])
        running = [found.id for found in self.deployments.values() if found.model == rest]
        return running if kind == "model" and rest else []

    def reached(self, name):
        """The deployments that a sender means by a name."""
        return self.together(name) or [name]


    def ruled(self, name, escalation):
        """A deployment with the authority that counts for an escalation (§7.3); None: as a whole."""
        own = self.deployments.get(name)
        if own is None or escalation is None:
            return own
        changed = own
        if escalation.severity in own.severities:
            changed = _changed(own, own.severities[escalation.severity])
        trigger = self.triggers.get(escalation.trigger)
        if trigger and trigger.authority and name in trigger.deployments:
            changed = _changed(changed, trigger.authority)
        return changed

    def authorities(self, name):
        """Every authority of a deployment: its own, and what severities and triggers make of it."""
        own = self.deployments[name]
        triggers = [t.authority for t in self.triggers.values() if t.authority and name in t.deployments]
        changes = [*own.severities.values(), *triggers]
        return [own.authority, *(_changed(own, change).authority for change in changes)]


def _changed(deployment, change):
    """Key by key; who may restrict by the deployment's own rules still may."""
    other, own = copy(deployment), deployment.authority
    restrict, widen = change.get("restrict", {}), change.get("widen", {})
    still = [own["restrict"]["decider"], *own["restrict"]["deputies"], *own["restrict"]["alsoMay"]]
    other.authority = {
        "acknowledge": change.get("acknowledge", own["acknowledge"]),
        "restrict": {
            "decider": restrict.get("decider", own["restrict"]["decider"]),
            "deputies": restrict.get("deputies", own["restrict"]["deputies"]),
            "alsoMay": list(dict.fromkeys([*restrict.get("alsoMay", []), *still])),
        },
        "widen": {
            "decider": widen.get("decider", own["widen"]["decider"]),
            "deputies": widen.get("deputies", own["widen"]["deputies"]),
            "confirm": {**own["widen"]["confirm"], **widen.get("confirm", {})},
        },
        "breakGlass": change.get("breakGlass", own["breakGlass"]),
    }
    return other


def _sorted(items):
    return sorted(items.items(), key=lambda item: item[0].encode("utf-16-be"))


NO_POLICY = Policy(
    "", {"people": [], "schedules": {}, "channels": {}, "deployments": {}, "triggers": {}, "sources": {}}
)
