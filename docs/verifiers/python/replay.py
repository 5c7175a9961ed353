"""Replays a log under the policies in it, and names the first entry that nobody had the right to
make, or that does not follow from those before it (docs/log-format.md §7, step 9)."""

import json
import re
from collections import Counter

import checks_common as common
import checks_decisions as decisions
import checks_escalations as escalations
from canonical import NotCanonical, read
from finding import CLOCK, Moment, inconsistent
from policy import Policy
from rights import Situation
from shapes import BASE, KINDS, SEALED, objection, unsealed
from state import DeploymentState, OrgState, time_of

CHECKS = {
    "escalation.opened": escalations.check_opened,
    "escalation.updated": escalations.check_updated,
    "escalation.acknowledged": escalations.check_acknowledged,
    "acknowledge.missed": escalations.check_missed,
    "authority.passed": escalations.check_passed,
    "escalation.moved": escalations.check_moved,
    "oncall.changed": escalations.check_handed_off,
    "escalation.closed": escalations.check_closed,
    "rehearsal.answered": escalations.check_rehearsed,
    "decision.proposed": decisions.check_proposed,
    "decision.confirmed": decisions.check_confirmed,
    "decision.lapsed": decisions.check_lapsed,
    "decision.made": decisions.check_made,
    "decision.explained": decisions.check_explained,
    "decision.denied": decisions.check_denied,
    "reassessment.set": decisions.check_set,
    "reassessment.reminded": decisions.check_reminded,
    "reassessment.overdue": decisions.check_overdue,
    "reassessment.warned": decisions.check_warned,
    "retest.followed": decisions.check_retest,
    "policy.proposed": common.check_proposed_policy,
    "trigger.shadowed": decisions.check_shadowed,
    "enforcement.reported": decisions.check_reported,
    "person.away": common.check_away,
    "session.issued": common.check_issued,
    "session.used": common.check_used,
    "session.ended": common.check_ended,
    "identity.bound": common.check_bound,
    "identity.changed": common.check_changed,
    "identity.linked": common.check_linked,
    "identity.unlinked": common.check_unlinked,
    "hold.placed": common.check_held,
    "hold.lifted": common.check_lifted,
    "redaction.asked": common.check_erasure_asked,
    "log.redacted": common.check_erased,
}


class Past:
    """Of one deployment, beside its state: the last decision, the resume that it ended, and the one
    whose end has to be the next entry."""

    def __init__(self):
        self.made = self.ended = self.must_lapse = None


class Memory:
    """Everybody any adopted policy has named, and whose each login link is."""

    def __init__(self):
        self.named, self.logins = set(), {}


class Replay:
    def __init__(self, policies):
        self.files, self.policies = policies, {}
        self.org, self.memory = OrgState(), Memory()
        self.deployments, self.pasts, self.ids = {}, {}, set()
        self.entries, self.unknown, self.claims = 0, Counter(), Counter()

    def take(self, entry):
        """What is wrong with the next entry; None if nothing is."""
        try:
            finding = self._judge(entry)
        except Exception as error:  # a policy or an entry without the parts that rules need
            finding = inconsistent(f"the rules cannot be applied to it: {error!r}")
        if finding is None:
            self.entries += 1
        return finding

    def _judge(self, entry):
        name = entry.get("id")
        if isinstance(name, str):
            if name in self.ids:
                return inconsistent(f"an entry before it has the same id, {name}")
            self.ids.add(name)
        kind = entry.get("kind")
        if kind not in KINDS:
            self.unknown[kind] += 1
            return None
        entry = unsealed(entry)
        key = objection(entry, {**BASE, **KINDS[kind]})
        if key is not None:
            return inconsistent(f"its {key} is missing, or not what this format has")
        claims = set()
        finding = next(self._findings(entry, claims), None)
        if finding is None:
            self.claims.update(claims)
            self._fold(entry)
        return finding

    def _findings(self, entry, claims):
        if "clock" in entry:
            claims.add(CLOCK)
            if entry["clock"] >= entry["at"]:
                yield inconsistent("its clock is not behind its at")
        about = [] if entry["kind"] == "policy.adopted" else about_of(entry)
        name = about[0] if about else ""
        situation = Situation(time_of(entry), self.org, self._state(name), self._policy)
        past = self.pasts.get(name) or Past()
        m = Moment(entry, situation, self.memory, past, claims)
        lapses = entry["kind"] == "decision.lapsed" and entry["proposal"] == past.must_lapse
        if past.must_lapse is not None and not lapses:
            yield inconsistent("the decision before it ended a resume, and no entry says so")
        yield from common.check_base(m)
        if entry["kind"] == "policy.adopted":
            was = self._policy(entry["before"]) if entry["before"] else None
            states = list(self.deployments.values())
            yield from common.check_adopted(m, self._policy(entry["digest"]), was, states)
        elif entry["kind"] in CHECKS:
            yield from CHECKS[entry["kind"]](m)

    def _state(self, name):
        return self.deployments.get(name) or DeploymentState(name)

    def _policy(self, digest):
        """The policy of that digest; None if it is not there or cannot be read."""
        if digest not in self.policies:
            try:
                data = self.files.get(digest)
                doc = None if data is None else read(data)
            except NotCanonical:
                doc = None
            self.policies[digest] = doc and Policy(digest, doc)
        return self.policies[digest]

    def _fold(self, entry):
        self.org.fold(entry)
        for name in about_of(entry):
            state = self.deployments.setdefault(name, DeploymentState(name))
            waiting = state.proposal.entry if state.proposal else None
            state.fold(entry)
            self._remember(self.pasts.setdefault(name, Past()), entry, waiting)
        if entry["kind"] == "session.issued":
            self.memory.logins[entry["id"]] = entry["person"]
        if entry["kind"] == "policy.adopted":
            policy = self._policy(entry["digest"])
            self.memory.named |= policy.people if policy else set()

    @staticmethod
    def _remember(past, entry, waiting):
        if entry["kind"] == "decision.lapsed":
            past.must_lapse = None
        elif entry["kind"] == "decision.made":
            restricts = entry["decision"] in ("narrow", "pause") and entry["before"] != entry["after"]
            past.made, past.ended = entry, waiting
            past.must_lapse = waiting if restricts else None


def about_of(entry):
    """The deployments whose state an entry changes."""
    if entry["kind"] == "policy.adopted":
        return [item["deployment"] for item in entry["started"]]
    subject = entry["subject"]
    return [subject[len("deployment:") :]] if subject.startswith("deployment:") else []


class Meaning:
    """What the entries mean: the first finding and its index, and what was counted."""

    def __init__(self, export):
        self.finding = self.index = None
        lines = [line.decode("utf-8") for line in export.entries.split(b"\n")[:-1]]
        replay = Replay(export.policies)
        for line in lines:
            finding = replay.take(json.loads(line))
            if finding:
                self.finding, self.index = finding, replay.entries
                break
        self.entries, self.unknown, self.claims = replay.entries, replay.unknown, replay.claims
        texts = [*lines, *(data.decode("utf-8") for data in export.policies.values())]
        erased = {found for line in lines for found in _erased(json.loads(line))}
        self.disclosures = _disclosures(export.disclosures, texts, erased)


def _erased(entry):
    """The commitments whose texts an entry says were erased."""
    named = entry.get("commitments") if entry.get("kind") == "log.redacted" else None
    found = named if isinstance(named, list) else []
    return [text for text in found if isinstance(text, str) and SEALED.fullmatch(text)]


def _disclosures(data, texts, erased):
    """How the disclosures fit the commitments of entries and policies."""
    said = [json.loads(line) for line in data.decode("utf-8").split("\n")[:-1]]
    opened = [item["commitment"] for item in said if isinstance(item.get("commitment"), str)]
    there = {found for text in texts for found in re.findall(r'"(c_[0-9a-f]{64})"', text)}
    return {
        "used": len(there & set(opened)),
        "unused": len(set(opened) - there),
        "twice": len(opened) - len(set(opened)),
        "missing": len(there - set(opened) - erased),
        "redacted": len(erased - set(opened)),
    }
