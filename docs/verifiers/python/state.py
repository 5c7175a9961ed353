"""What the entries say so far (docs/log-format.md §7.2): the state of each deployment, and of what
belongs to none."""

import times

UNCONFIRMED, UNMATCHED, REHEARSAL = "unconfirmed", "unmatched", "rehearsal"
REMEMBERED = 172_800_000


def time_of(entry):
    """When an entry was written, by the clock that deadlines go by."""
    return times.instant(entry.get("clock", entry["at"]))


def person_in(entry):
    return entry["actor"].get("person") if entry["actor"]["type"] == "person" else None


class Decided:
    def __init__(self, entry, at):
        self.entry, self.at, self.decision = entry["id"], at, entry["decision"]
        self.people, self.settles = entry["people"], entry["settles"]
        self.authority = entry["authority"]
        self.before, self.after = entry["before"], entry["after"]
        self.escalation, self.to_follow = entry["escalation"], entry["reasonToFollow"]


class Escalation:
    def __init__(self, entry, at):
        self.id, self.trigger = entry["escalation"], entry["trigger"]
        self.severity, self.policy, self.channel = entry["severity"], entry["policy"], entry["channel"]
        self.response, self.about = entry["response"], entry.get("about")
        self.is_shared = "named" in entry
        self.status, self.opened_at, self.settled_at = "open", at, None
        self.acknowledged, self.missed = [], False
        self.acknowledge_by = times.or_none(entry["acknowledgeBy"])
        self.decide_by = times.or_none(entry["decideBy"])
        self.decider = entry["decider"]
        self.named = [self.decider] if self.decider else []
        self.decided, self.undone = None, []
        self.verdict, self.answered = entry["verdict"], None
        self.worst = "" if "named" in entry else (entry["seen"] or {}).get("value", "")

    def is_rehearsal(self):
        return self.trigger == REHEARSAL

    def is_acknowledge_only(self):
        """Nothing is to be decided about it: it is acknowledged."""
        return self.trigger == UNCONFIRMED or (self.trigger == UNMATCHED and self.decided is None)

    def is_decidable(self):
        return not self.is_acknowledge_only() and not self.is_rehearsal()

    def is_seen(self):
        return bool(self.acknowledged) or (self.decided is not None and len(self.decided.people) > 0)

    def acknowledgement_due(self):
        is_asked = self.status == "open" and not self.is_seen() and not self.missed
        return self.acknowledge_by if is_asked else None

    def settle(self, at):
        self.status, self.settled_at = "settled", at

    def open_again(self):
        self.status, self.settled_at, self.decided = "open", None, None


class Proposal:
    """A resume that somebody requested."""

    def __init__(self, entry, at):
        self.entry, self.by, self.at = entry["id"], person_in(entry), at
        self.to, self.reason = entry["to"], entry["reason"]
        self.authority, self.people = entry["authority"], entry["needs"]
        self.approved, self.agreed, self.links = [], {}, {}
        self.expires = times.instant(entry["expires"])
        self.waits = _waits(entry)
        if entry.get("link"):
            self.links[self.by] = entry["link"]

    def approve(self, entry, at):
        person = person_in(entry)
        self.approved.append((person, at))
        if entry.get("reason"):
            self.agreed[person] = entry["reason"]
        if entry.get("link"):
            self.links[person] = entry["link"]
        self.waits = _waits(entry) or self.waits


def _waits(entry):
    return times.instant(entry["takesEffect"]) if "takesEffect" in entry else None


class Review:
    """When the question is asked again."""

    def __init__(self, by, at):
        self.by, self.set_at, self.reminded, self.steps = by, at, [], 0
        self.warned = None


class DeploymentState:
    def __init__(self, name):
        self.id, self.scope, self.version, self.decided = name, None, 0, None
        self.under = []
        self.review = self.proposal = self.last = None
        self.escalations, self.retests, self.applied = [], {}, {}

    def find(self, escalation):
        return next((found for found in self.escalations if found.id == escalation), None)

    def undecided(self):
        return [found for found in self.escalations if found.status == "open" and found.is_decidable()]

    def live(self):
        """Those whose rules count for widening; None alone stands for the deployment as a whole."""
        return [found for found in self.escalations if found.is_decidable()] or [None]

    def fold(self, entry):
        at, kind = time_of(entry), entry["kind"]
        handler = FOLDS.get(kind)
        if handler:
            handler(self, entry, at)


def _adopted(state, entry, at):
    start = next(item for item in entry["started"] if item["deployment"] == state.id)
    if state.scope is None:
        state.scope, state.version = start["scope"], 1
        by = times.or_none(start["reassessBy"])
        state.review = None if by is None else Review(by, at)


def _about(change):
    """A fold of an entry about one escalation."""

    def fold(state, entry, at):
        found = state.find(entry["escalation"])
        if found:
            change(found, entry, at)

    return fold


def _updated(found, entry, _at):
    found.severity = entry.get("severity", found.severity)
    found.worst = entry["worst"]
    if "worse" in entry and found.status == "settled":
        worse = entry["worse"]
        found.open_again()
        found.acknowledged, found.missed, found.answered = [], False, None
        found.acknowledge_by = times.or_none(worse["acknowledgeBy"])
        found.decide_by = times.or_none(worse["decideBy"])
    elif ("severity" in entry or "named" in entry) and found.status == "settled":
        found.open_again()
        found.acknowledged, found.missed = [], False


def _acknowledged(found, entry, at):
    is_all = found.is_acknowledge_only()
    if person_in(entry):
        found.acknowledged.append(person_in(entry))
    if is_all:
        found.settle(at)


def _passed(found, entry, _at):
    found.decider = entry["to"]
    if entry["to"]:
        found.named.append(entry["to"])
    found.decide_by = times.or_none(entry["decideBy"])


def _handed_off(state, entry, _at):
    found = state.find(entry["escalation"])
    if not found:
        return
    found.decider = entry["decider"]
    if "decide" not in entry["asked"]:
        return
    if entry["from"] and entry["from"] in found.named:
        found.named = [entry["to"] if name == entry["from"] else name for name in found.named]
    else:
        found.named = [*found.named, entry["to"]]


class Ruled:
    """What rules depend on: of an escalation that is closed, for which something is restricted."""

    def __init__(self, found):
        self.policy, self.trigger, self.severity, self.named = found.policy, found.trigger, found.severity, []

    def is_same(self, other):
        mine, its = (self.policy, self.trigger, self.severity), (other.policy, other.trigger, other.severity)
        return mine == its


def _restricted_for(state, entry):
    """What is restricted now, and for what: a resume clears it, an undo takes back its own."""
    if entry["undoes"]:
        again = [f for f in state.escalations if f.decided and f.decided.entry == entry["undoes"]]
        return [one for one in state.under if not any(one.is_same(other) for other in again)]
    if entry["decision"] == "resume":
        return []
    if entry["decision"] not in ("narrow", "pause"):
        return state.under
    answered = [f for f in state.escalations if f.id in entry["settles"] or f.id == entry["escalation"]]
    more = [Ruled(f) for f in answered if not any(one.is_same(f) for one in state.under)]
    return [*state.under, *more]


def _made(state, entry, at):
    decision = Decided(entry, at)
    state.under = _restricted_for(state, entry)
    if entry["undoes"]:
        for found in state.escalations:
            if found.decided and found.decided.entry == entry["undoes"]:
                _reopen(found, entry, at)
    else:
        for found in state.escalations:
            _settle(found, entry, decision)
    if state.scope is not None:
        state.decided = decision
        if entry["before"] != entry["after"]:
            state.scope, state.version = entry["after"], entry["version"]
    by = times.instant(entry["reassessBy"])
    if state.review is None or state.review.by != by:
        state.review = Review(by, at)
    if entry["decision"] == "resume":
        state.proposal = None
    if entry["decision"] == "retest" and entry["suite"]:
        state.retests = _with_retest(state.retests, entry)
    state.last = decision


def _settle(found, entry, decision):
    is_aside = found.status == "settled" and entry["decision"] in ("retest", "monitor")
    if found.id in entry["settles"]:
        found.status, found.decided = "settled", decision
        found.settled_at = decision.at if found.settled_at is None else found.settled_at
        if entry["decision"] in ("keep", "retest", "monitor") and found.worst != "":
            found.answered = found.worst
    elif found.id == entry["escalation"] and not is_aside:
        found.decided = decision


def _reopen(found, entry, at):
    """Open again, with the time that was left. Older entries do not say how much: there, a deadline
    that had passed meanwhile starts again."""
    found.open_again()
    reopens = entry.get("reopens", [])
    clocks = next((item for item in reopens if item["escalation"] == found.id), None)
    if clocks:
        found.acknowledge_by = times.or_none(clocks["acknowledgeBy"])
        found.decide_by = times.or_none(clocks["decideBy"])
        if person_in(entry):
            found.undone.append(person_in(entry))
    elif found.decide_by is not None and found.decide_by <= at:
        found.decide_by = at + (found.decide_by - found.opened_at)


class Retest:
    def __init__(self, entry):
        self.suite, self.due, self.is_over = entry["suite"], times.or_none(entry["due"]), False


def _with_retest(retests, entry):
    """The newest twenty are kept, those without a result before the others."""
    all_of_them = {**retests, entry["id"]: Retest(entry)}
    if len(all_of_them) > 20:
        over = [name for name, retest in all_of_them.items() if retest.is_over]
        del all_of_them[over[0] if over else next(iter(all_of_them))]
    return all_of_them


def _followed(state, entry, _at):
    retest = state.retests.get(entry["retest"])
    if retest and entry["what"] == "complete":
        retest.is_over = entry["run"] is not None


def _explained(state, entry, _at):
    all_of_them = [state.last, state.decided, *(found.decided for found in state.escalations)]
    for decision in all_of_them:
        if decision and decision.entry == entry["explains"]:
            decision.to_follow = False


def _set(state, entry, at):
    state.review = Review(times.instant(entry["reassessBy"]), at)


def _reminded(state, entry, _at):
    if state.review and state.review.by == times.instant(entry["reassessBy"]):
        if entry["kind"] == "reassessment.overdue":
            state.review.steps = entry["step"]
        else:
            state.review.reminded.append(times.instant(entry["due"]))


def _warned(state, entry, _at):
    if state.review and state.review.by == times.instant(entry["reassessBy"]):
        state.review.warned = (entry["scope"], times.instant(entry["takesEffect"]))


def _reported(state, entry, _at):
    if entry["what"] == "applied":
        state.applied[entry["gateway"]] = entry["version"]


def _propose(state, entry, at):
    state.proposal = Proposal(entry, at)


def _approve(state, entry, at):
    if state.proposal:
        state.proposal.approve(entry, at)


def _lapse(state, _entry, _at):
    state.proposal = None


def _open(state, entry, at):
    state.escalations.append(Escalation(entry, at))


def _close(state, entry, _at):
    state.escalations = [found for found in state.escalations if found.id != entry["escalation"]]


FOLDS = {
    "policy.adopted": _adopted,
    "escalation.opened": _open,
    "escalation.updated": _about(_updated),
    "escalation.acknowledged": _about(_acknowledged),
    "acknowledge.missed": _about(lambda found, _entry, _at: setattr(found, "missed", True)),
    "authority.passed": _about(_passed),
    "escalation.moved": _about(lambda found, entry, _at: setattr(found, "channel", entry["to"])),
    "rehearsal.answered": _about(lambda found, _entry, at: found.settle(at)),
    "escalation.closed": _close,
    "oncall.changed": _handed_off,
    "decision.proposed": _propose,
    "decision.confirmed": _approve,
    "decision.lapsed": _lapse,
    "decision.made": _made,
    "decision.explained": _explained,
    "reassessment.set": _set,
    "reassessment.reminded": _reminded,
    "reassessment.overdue": _reminded,
    "reassessment.warned": _warned,
    "retest.followed": _followed,
    "enforcement.reported": _reported,
}


class Link:
    """A login link, or the session it became; `chat` is the account it was made from, if any."""

    def __init__(self, person, until, used=False, chat=None):
        self.person, self.until, self.used, self.ended = person, until, used, False
        self.chat = chat


class OrgState:
    def __init__(self):
        self.policy, self.last_number, self.proposed = "", 0, None
        self.away, self.links, self.linked_by, self.linked = {}, {}, {}, {}
        self.bound, self.rebound, self.erasures, self.holds = {}, {}, {}, set()

    def fold(self, entry):
        kind, at = entry["kind"], time_of(entry)
        if kind == "policy.adopted":
            self.policy, self.proposed = entry["digest"], None
        elif kind == "policy.proposed":
            self.proposed = entry
        elif kind == "escalation.opened":
            self.last_number = max(self.last_number, int(entry["escalation"][3:]))
        elif kind == "person.away":
            self.away[entry["person"]] = times.instant(entry["until"])
        elif kind == "hold.placed":
            self.holds.add(entry["id"])
        elif kind == "hold.lifted":
            self.holds.discard(entry["hold"])
        elif kind in ("redaction.asked", "log.redacted"):
            self._fold_erasure(entry, at)
        elif kind.startswith("session."):
            self._fold_link(entry, at)
        elif kind.startswith("identity."):
            self._fold_identity(entry, at)

    def _fold_erasure(self, entry, at):
        done = entry["asked"] if entry["kind"] == "log.redacted" else None
        waiting = self.erasures.items()
        self.erasures = {k: one for k, one in waiting if one["until"] >= at and k != done}
        if done is None and entry["actor"]["type"] == "person":
            self.erasures[entry["id"]] = {
                "by": entry["actor"]["person"],
                "person": entry["person"],
                "entry": entry["entry"],
                "until": times.instant(entry["expires"]),
            }

    def _fold_link(self, entry, at):
        self.links = {k: link for k, link in self.links.items() if link.until > at - REMEMBERED} | {
            k: self.links[k]
            for k in (entry["issued"] if entry["kind"] == "session.ended" else [])
            if k in self.links
        }
        if entry["kind"] == "session.ended":
            for issued in entry["issued"]:
                if issued in self.links:
                    self.links[issued].ended = True
            return
        used = entry["kind"] == "session.used"
        until = times.instant(entry["expires"])
        made = self.links.get(entry["issued"]) if used else None
        own = entry["surface"] if entry["actor"]["type"] == "person" else None
        if own and "signIn" in entry:
            own = entry["signIn"]["account"]
        chat = (made.chat if made else None) if used else own
        self.links[entry["issued"] if used else entry["id"]] = Link(
            entry["person"], until, used, chat
        )

    def _fold_identity(self, entry, at):
        kind = entry["kind"]
        if kind == "identity.bound":
            for item in entry["bound"]:
                parts = {part["of"]: part["value"] for part in item["parts"]}
                self.bound[item["person"]] = {**self.bound.get(item["person"], {}), **parts}
            return
        person = entry["person"]
        gone = {change["of"] for change in entry.get("changes", [])}
        if kind == "identity.unlinked":
            gone = {entry["chat"]}
        for link in self.links.values():
            if link.person == person and link.chat in gone:
                link.ended = True
        if self.bound:
            self.bound[person] = _parts_after(self.bound.get(person, {}), entry)
        if kind != "identity.unlinked" and "rebind" in entry:
            last = max(self.rebound.get(person, 0), times.instant(entry["rebind"]))
            self.rebound = {k: end for k, end in self.rebound.items() if end > at}
            self.rebound[person] = last
        if kind != "identity.changed":
            self._fold_linked(entry)

    def _fold_linked(self, entry):
        key = (entry["person"], entry["chat"])
        self.linked.pop(key, None)
        self.linked_by.pop(key, None)
        if entry["kind"] == "identity.linked":
            self.linked[key] = True
            if entry.get("link"):
                self.linked_by[key] = entry["link"]


def _parts_after(parts, entry):
    one = {"of": entry.get("chat"), "after": entry.get("account", "")}
    changes = entry["changes"] if entry["kind"] == "identity.changed" else [one]
    after = dict(parts)
    for change in changes:
        after.pop(change["of"], None)
        if change["after"]:
            after[change["of"]] = change["after"]
    return after
