"""How an escalation begins, who is asked next, and what becomes of it (docs/log-format.md §7.1)."""

import re
from finding import UNREACHED, inconsistent, unauthorized
from policy import SEVERITIES
from shapes import is_sealed
from state import REHEARSAL, UNCONFIRMED, UNMATCHED
from times import NEVER, instant, text_of

BY_HAND, RAISED = "by-hand", "raised"
NAMES = (UNMATCHED, UNCONFIRMED, REHEARSAL, RAISED, BY_HAND)
HOUR = 3_600_000


class _Opening:
    """What an escalation that is opened now is ruled by."""

    def __init__(self, m):
        self.policy, self.named = m.s.policy.digest, []
        self.trigger, self.severity = m.entry["trigger"], m.entry["severity"]


def _in(now, within):
    return "" if within is None else text_of(now + within)


def check_opened(m):
    entry = m.entry
    trigger = m.s.policy.triggers.get(entry["trigger"])
    if entry["trigger"] not in NAMES and (trigger is None or m.state.id not in trigger.deployments):
        yield inconsistent(f"{entry['trigger']} is no trigger of this deployment")
    if trigger and trigger.shadow:
        yield inconsistent(f"{entry['trigger']} is a shadow trigger, which opens nothing")
    yield from _check_opener(m, trigger)
    if entry["escalation"] != f"HP-{m.org.last_number + 1}":
        yield inconsistent(f"the next number was HP-{m.org.last_number + 1}")
    yield from _check_only_one(m)
    chain = [] if entry["trigger"] == UNMATCHED else m.s.chain(_Opening(m))
    if entry["decider"] != (chain[0] if chain else ""):
        yield inconsistent("it names another to decide than the policy")
    yield from check_on_call(m)
    yield from _check_written(m, trigger) if trigger else _check_unwritten(m)


def _check_opener(m, trigger):
    name, kind = m.entry["trigger"], m.entry["actor"]["type"]
    is_own = trigger is not None or name in (UNMATCHED, UNCONFIRMED)
    if is_own != (kind == "policy"):
        yield unauthorized(f"an escalation of {name} is never opened by a {kind}")
    if m.actor is None:
        return
    may = {*m.s.holders("restrict"), *m.s.holders("breakGlass")}
    if name == BY_HAND and m.actor not in may:
        yield unauthorized(f"{m.actor} opened it by hand without the right to restrict")
    if name == REHEARSAL and m.actor not in m.s.concerned():
        yield unauthorized(f"{m.actor}, whom the policy does not name here, rehearsed it")


def _check_only_one(m):
    name, about = m.entry["trigger"], m.entry.get("about")
    if about and is_sealed(about["name"]):
        return
    if name == UNMATCHED and about:
        live = next((found for found in m.state.escalations if _is_about(found, about)), None)
    else:
        live = next((found for found in m.state.escalations if found.trigger == name), None)
    if live and not (name == REHEARSAL and live.status == "settled"):
        yield inconsistent(f"{live.id} of the same is open")
    if m.state.proposal and name not in (UNMATCHED, UNCONFIRMED, REHEARSAL, BY_HAND):
        yield inconsistent("it opens a question while a resume waits")


def _is_about(found, about):
    if found.trigger != UNMATCHED or not found.about:
        return False
    return all(found.about[key] == about[key] for key in ("source", "name"))


def _check_written(m, trigger):
    entry = m.entry
    if entry["severity"] != trigger.severity:
        yield inconsistent("its severity is not that of the trigger")
    response = trigger.response
    if m.s.deployment is not None and m.state.scope is not None:
        response = m.s.deployment.meant_now(response, m.state.scope)
    if _said(entry["response"]) != _said(response):
        yield inconsistent("its response is not that of the trigger")
    if entry["acknowledgeBy"] != _in(m.now, trigger.acknowledge_within):
        yield inconsistent("the trigger says another time to acknowledge")
    if entry["decideBy"] != _in(m.now, trigger.decide_within):
        yield inconsistent("the trigger says another time to decide")
    most = max(1, len(m.s.chain(_Opening(m)))) if trigger.on_timeout == "pass" else 1
    if not _is_periods(m, trigger.decide_within, most):
        yield inconsistent("the response follows at a time that the trigger does not say")


def _said(response):
    return response and (response["kind"], response.get("scope") if response["kind"] == "narrow" else None)


def _is_periods(m, within, most):
    by = m.entry.get("answerBy")
    if by is None:
        return True
    if within is None or by == "":
        return within is None and by == ""
    periods, rest = divmod(instant(by) - m.now, within)
    return rest == 0 and 1 <= periods <= most


def _check_unwritten(m):
    entry = m.entry
    if entry["trigger"] == REHEARSAL:
        by = instant(entry["decideBy"]) if entry["decideBy"] else NEVER
        if not m.now < by <= m.now + HOUR:
            yield inconsistent("a rehearsal is answered within an hour")
        return
    if entry["response"] is not None:
        yield inconsistent("it has a response, but no trigger says any")
    if any(entry.get(key) for key in ("acknowledgeBy", "decideBy", "answerBy")):
        yield inconsistent("it is due, but nothing says by when")


def check_on_call(m):
    for item in m.entry.get("onCall", []):
        if m.s.person(f"schedule:{item['schedule']}") != item["person"]:
            yield inconsistent(f"{item['person']} is not on call by {item['schedule']}")


def check_updated(m):
    found = m.escalation()
    if not found:
        yield m.no_escalation()
    severity = m.entry.get("severity")
    if severity is not None:
        is_graver = SEVERITIES.index(severity) > SEVERITIES.index(found.severity)
        if found.trigger != UNMATCHED or not is_graver:
            yield inconsistent("only a signal that no trigger matches gets graver")
    if "named" in m.entry and not found.is_shared:
        yield inconsistent("it adds names to what is about one thing only")
    if "worse" in m.entry:
        yield from _check_worse(m, found)


def _check_worse(m, found):
    """It is asked again: it was answered at that value, is worse now, and has the rule's clocks."""
    entry, worse = m.entry, m.entry["worse"]
    trigger = m.s.pinned(found.policy).triggers.get(found.trigger)
    is_answered = found.status == "settled" and found.answered == worse["was"]
    if not is_answered or not found.decided or found.decided.decision != worse["decision"] or not trigger:
        yield inconsistent("it asks again what was not answered at that value")
    further = number(entry["worst"]) - number(worse["was"])
    if not (-further if entry.get("of", {}).get("worse") == "lower" else further) > 0:
        yield inconsistent("it asks again what is no worse than before")
    if worse["acknowledgeBy"] != _in(m.now, trigger.acknowledge_within):
        yield inconsistent("the trigger says another time to acknowledge")
    if worse["decideBy"] != _in(m.now, trigger.decide_within):
        yield inconsistent("the trigger says another time to decide")


def number(text):
    """A decimal of the log; what is none compares with nothing."""
    return float(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else float("nan")


def check_acknowledged(m):
    found = m.escalation()
    if not found:
        yield m.no_escalation()
    if m.actor is None:
        return
    known = m.state.id in m.s.policy.deployments
    if m.actor not in (m.s.holders("acknowledge", found) if known else m.s.policy.people):
        yield unauthorized(f"{m.actor} acknowledged it without the right to")
    if m.actor in found.acknowledged:
        yield inconsistent(f"{m.actor} had acknowledged it already")


def check_missed(m):
    found = m.escalation()
    if not found:
        yield m.no_escalation()
    due = found.acknowledgement_due()
    if due is None:
        yield inconsistent("nobody had to acknowledge it")
    if instant(m.entry["due"]) != due:
        yield inconsistent("it was to be acknowledged by another time")
    if due > m.now:
        yield inconsistent("its time had not passed")


def check_moved(m):
    found = m.escalation()
    if not found:
        yield m.no_escalation()
    if m.entry["from"] != found.channel:
        yield inconsistent("it was in another channel")
    if m.s.policy.channels and m.entry["to"] not in m.s.policy.channels:
        yield inconsistent("it moves to what is no channel of the policy")


def check_passed(m):
    entry, found = m.entry, m.escalation()
    if not found:
        yield m.no_escalation()
    if found.status != "open" or found.is_acknowledge_only():
        yield inconsistent("nobody had to decide it")
    if entry["from"] != found.decider:
        yield inconsistent("it passes on from another than was named")
    left = [person for person in m.s.chain(found) if person not in found.named]
    is_nobody = entry["to"] == "" and entry["because"] != "time"
    if not is_nobody and entry["to"] not in left:
        yield inconsistent(f"{entry['to']} is not next by the rules")
    yield from _check_time(m, found) if entry["because"] == "time" else _check_absence(m, found)


def _check_time(m, found):
    entry = m.entry
    if found.decide_by is None or found.decide_by > m.now:
        yield inconsistent("its time had not passed")
    if found.is_rehearsal():
        by = instant(entry["decideBy"]) if entry["decideBy"] else NEVER
        if by > found.opened_at + HOUR:
            yield inconsistent("its rehearsal would last over an hour")
        return
    trigger = m.s.pinned(found.policy).triggers.get(found.trigger)
    if trigger is None or trigger.on_timeout != "pass":
        yield inconsistent("its rule says that the response follows instead")
    if entry["decideBy"] != _in(m.now, trigger.decide_within):
        yield inconsistent("the rule gives another time")


def _check_absence(m, found):
    entry = m.entry
    if entry["decideBy"] != ("" if found.decide_by is None else text_of(found.decide_by)):
        yield inconsistent("an absence moves no time")
    if entry["because"] == "unreachable":
        m.claim(UNREACHED)
    elif entry["from"] and not m.s.is_away(entry["from"]):
        yield inconsistent(f"no entry says that {entry['from']} was away")


def check_handed_off(m):
    entry = m.entry
    if m.s.person(f"schedule:{entry['schedule']}") != entry["to"]:
        yield inconsistent(f"{entry['to']} is not on call by {entry['schedule']}")
    if entry["escalation"] == "":
        if m.state.proposal is None or entry["proposal"] != m.state.proposal.entry:
            yield inconsistent("it is about a resume that does not wait")
        return
    found = m.escalation()
    if not found:
        yield m.no_escalation()
    decides = entry["decider"] == entry["to"] and entry["to"] in m.s.chain(found)
    if entry["decider"] != found.decider and not decides:
        yield inconsistent("it names another to decide")


def check_closed(m):
    found, because = m.escalation(), m.entry["because"]
    if not found:
        yield m.no_escalation()
    if because == "quiet":
        if found.status != "settled" or found.settled_at is None:
            yield inconsistent("nobody had answered it")
        if found.settled_at + HOUR > m.now:
            yield inconsistent("it was settled less than an hour before")
    elif because == "confirmed":
        if found.trigger != UNCONFIRMED or _waiting(m):
            yield inconsistent("not every gateway had confirmed")
    elif because == "matched":
        if found.trigger != UNMATCHED:
            yield inconsistent("a trigger had opened it")
    else:
        yield from _check_closed_by_decision(m, found)


def _waiting(m):
    """The gateways that do not apply the posture in force."""
    deployment = m.s.deployment
    listed = deployment.gateways if deployment and deployment.gateways is not None else None
    gateways = list(m.state.applied) if listed is None else listed
    return [name for name in gateways if m.state.applied.get(name) != m.state.version]


def _check_closed_by_decision(m, found):
    made, is_undone = m.past.made, m.entry["because"] == "undone"
    if made is None or made["at"] != m.entry["at"] or (made["undoes"] != "") != is_undone:
        yield inconsistent("no such decision is before it")
    if made["decision"] != "resume":
        yield inconsistent("the decision before it was no resume")
    maker = made["actor"].get("person") if made["actor"]["type"] == "person" else None
    if m.actor != maker:
        yield unauthorized("it closes it in the name of another than who decided")
    if not is_undone and found.status == "open" and found.id != made["escalation"]:
        yield inconsistent("the resume did not answer it")
    if not found.is_decidable():
        yield inconsistent("no decision is about it")


def check_rehearsed(m):
    entry, found = m.entry, m.escalation()
    if not found:
        yield m.no_escalation()
    if not found.is_rehearsal() or found.status != "open":
        yield inconsistent("it is no rehearsal, or is over")
    if m.actor is None:
        is_over = found.decide_by is not None and found.decide_by <= m.now
        if entry["asked"] or entry["authority"] or not is_over:
            yield inconsistent("it ends the rehearsal before its time")
        return
    capability = "start" if entry["asked"] in ("resume", "keep") else "restrict"
    if entry["authority"] == "breakGlass":
        capability = "breakGlass"
    shown, claimed = m.rules(capability, m.actor, found)
    if shown is None and claimed is not None:
        m.claim(UNREACHED)
    if (claimed if shown is None else shown) != entry["authority"]:
        yield unauthorized(f"{m.actor} answered it by a rule that they did not hold")


