"""Which deployments a new policy asks less about than the one before (docs/log-format.md §7.5)."""

from canonical import text_of
from policy import SEVERITIES
from times import NEVER, Recurrence, duration

WEEK = 604_800_000


def looser(before, after):
    """For each deployment of the policy before, the first thing that the new one loosens."""
    for old in before.deployments.values():
        now = after.deployments.get(old.id)
        if now is None:
            yield old.id, "it is no longer in the policy"
            continue
        for what in _all(before, after, old, now):
            yield old.id, what


def _all(before, after, old, now):
    yield from _authority(before, after, old, now)
    yield from _reviews(old, now)
    yield from _scopes(old, now)
    for name, members in before.groups.items():
        if old.id in members and old.id not in after.groups.get(name, []):
            yield f"it is no longer in the group {name}"
    yield from _enforcement(old, now)
    yield from _expectations(before, after, old)
    yield from _sources(before, after, old)
    yield from _told(before, after, old)
    yield from _triggers(before, after, old, now)
    if after.rebind < before.rebind:
        yield "new accounts count sooner"
    if before.redact is not None and (after.redact is None or after.redact - before.redact):
        yield "more people may erase"
    if before.adoption is not None and (
        after.adoption is None
        or bool(after.adoption) != bool(before.adoption)
        or after.adoption - before.adoption
    ):
        yield "others may confirm a looser policy, or nobody has to"
    if now.undo > old.undo:
        yield "there is longer to undo"


def _behind(policy, refs):
    people = set()
    for ref in refs:
        if not ref.startswith("schedule:"):
            people.add(ref)
        elif ref[9:] in policy.schedules:
            people |= policy.schedules[ref[9:]].people()
    return people


def _authority(before, after, old, now):
    def more(refs):
        return _behind(after, refs(now.authority)) - _behind(before, refs(old.authority))

    def stop(may):
        restrict = may["restrict"]
        return [restrict["decider"], *restrict["deputies"], *restrict["alsoMay"], *may["breakGlass"]]

    if more(lambda may: [may["widen"]["decider"], *may["widen"]["deputies"]]):
        yield "more people may start a resume"
    if more(lambda may: may["widen"]["confirm"]["by"]):
        yield "more people may approve a resume"
    if more(lambda may: may["breakGlass"]):
        yield "more people may break the glass"
    if _behind(before, stop(old.authority)) - _behind(after, stop(now.authority)):
        yield "fewer people may stop it"
    was, is_ = old.authority["widen"]["confirm"], now.authority["widen"]["confirm"]
    if is_["people"] < was["people"]:
        yield "a resume needs fewer people"
    if was["notOwner"] and not is_["notOwner"]:
        yield "notOwner was taken from its confirmers"
    if old.owner is not None and now.owner != old.owner:
        yield "its owner changed"


def _reviews(old, now):
    for kind, length in old.within.items():
        if now.within.get(kind, 0) > length:
            yield f"the review after {kind} is later"
    if now.overdue_every > old.overdue_every:
        yield "overdue reminders are rarer"
    if old.on_overdue and not now.on_overdue:
        yield "an overdue review has no consequence any more"
    elif old.on_overdue:
        if _overdue_strength(now) < _overdue_strength(old):
            yield "what follows an overdue review is weaker"
        if now.grace > old.grace:
            yield "there is longer until something follows an overdue review"
    if any(change not in now.on for change in old.on):
        yield "a change no longer asks the question again"
    if old.every and (not now.every or now.every.length > old.every.length):
        yield "the fixed review is rarer"


def _overdue_strength(deployment):
    said = deployment.on_overdue
    return 1 if said == "narrow" else deployment.level(said["scope"])


def _scopes(old, now):
    was, is_ = old.scope_ids(), now.scope_ids()
    for level, scope in enumerate(now.scopes):
        if scope["id"] not in was:
            if level == 0:
                yield "its widest scope is new"
            continue
        before = old.scopes[was.index(scope["id"])]
        rose = set(was[: was.index(scope["id"])]) & set(is_[level + 1 :])
        if rose or _means_more(before, scope):
            yield f"the scope {scope['id']} may mean more"
    if any(scope not in is_ for scope in was[1:]):
        yield "it can no longer be narrowed to a scope"


def _means_more(was, is_):
    def more(scope):
        return text_of({k: v for k, v in scope.items() if k not in ("id", "audience", "tools")})

    gained = is_.get("tools", True) and not was.get("tools", True)
    return was.get("audience", "") != is_.get("audience", "") or gained or more(was) != more(is_)


def _enforcement(old, now):
    if old.gateways is None:
        return
    if any(gateway not in (now.gateways or []) for gateway in old.gateways):
        yield "a gateway need no longer confirm"
    if now.confirm_within is not None and now.confirm_within > old.confirm_within:
        yield "gateways have longer to confirm"


def _expected(policy, source, deployment):
    """What is expected of a source about a deployment: the longest silence, and runs by suite."""
    doc = policy.sources[source]
    silence, runs = None, {}
    written = doc.get("expect", [])
    for item in written if isinstance(written, list) else [written]:
        named = item.get("deployment") if isinstance(item, dict) else None
        named = doc.get("deployment") if named is None else named
        mapped = {to for name in doc.get("map", {}).values() for to in policy.reached(name)}
        all_of = sorted(mapped) or sorted(policy.deployments)
        about = all_of if named is None else policy.reached(named)
        if isinstance(item, str) or "suite" not in item:
            if silence is None and deployment in about:
                silence = duration(item if isinstance(item, str) else item["every"])
        elif deployment in (about[:1] if named is None else about):
            often = runs.get(item["suite"], 0) + WEEK / Recurrence(item["by"]).length
            runs[item["suite"]] = often
    return silence, runs


def _expectations(before, after, old):
    for source in before.sources:
        if source not in after.sources:
            continue
        silence, runs = _expected(before, source, old.id)
        now_silence, now_runs = _expected(after, source, old.id)
        if silence is not None and (now_silence is None or now_silence > silence):
            yield f"{source} may be silent for longer"
        if any(now_runs.get(suite, 0) < often for suite, often in runs.items()):
            yield f"a run is less often expected from {source}"


def _sources(before, after, old):
    for name, was in before.sources.items():
        own = was.get("deployment", "")
        means = [own, *was.get("map", {}).values()]
        if own and not any(old.id in before.reached(to) for to in means):
            continue
        if name not in after.sources:
            yield f"{name} is no longer a source"
            continue
        is_ = after.sources[name]
        if _is_signed(was) and not _is_signed(is_):
            yield f"{name} is no longer signed"
        if _is_signed(was) and _is_signed(is_) and _is_bound(was) and not _is_bound(is_):
            yield f"{name} no longer signs which delivery it is"
        if _tolerance(is_) > _tolerance(was):
            yield f"{name} may be further off in time"
        if _loses((before, was), (after, is_), old.id) or _reads_otherwise(was, is_):
            yield f"{name} is read differently"


def _is_signed(source):
    return any(way in source["auth"] for way in ("standardWebhooks", "signature", "hmac"))


def _signs(source, what):
    return "{" + what + "}" in source["auth"].get("hmac", {}).get("signed", "")


def _is_bound(source):
    auth = source["auth"]
    return "standardWebhooks" in auth or _signs(source, "id") or _signs(source, "timestamp")


def _tolerance(source):
    return duration(source["auth"]["hmac"].get("tolerance", "5m")) if _signs(source, "timestamp") else 0


def _loses(before, after, deployment):
    """Whether a name by which the sender means the deployment no longer does."""
    (old, was), (new, is_) = before, after
    names = [(to, is_.get("map", {}).get(name)) for name, to in was.get("map", {}).items()]
    return any(
        deployment in old.reached(to) and (now is None or deployment not in new.reached(now))
        for to, now in [*names, (was.get("deployment", ""), is_.get("deployment", ""))]
    )


def _reads_otherwise(was, is_):
    renamed = any(
        is_.get("labels", {}).get(field) != label for field, label in was.get("labels", {}).items()
    )
    return renamed or was["type"] != is_["type"] or _mapping(was) != _mapping(is_)


def _mapping(source):
    """Everything that a mapping says but its sample."""
    doc = {**(source.get("mapping") or {})}
    doc.pop("sample", None)
    if doc.get("lines") is not True:
        doc.pop("lines", None)
    if "event" in doc:
        doc["event"] = doc["event"].lower()
    if isinstance(doc.get("worse"), str):
        doc["worse"] = {"value": doc["worse"]}
    return text_of(doc), "mapping" in source


def _told(before, after, old):
    if _endpoints(before, old.id) - _endpoints(after, old.id):
        yield "an endpoint no longer receives its decisions"
    if _paged(before, old.id) - _paged(after, old.id):
        yield "nobody is paged any more for a severity"
    if any(_place(before, name) != _place(after, name) for name in before.audit):
        yield "checkpoints go elsewhere, or no longer to a place"


def _place(policy, name):
    """Where checkpoints go; None if there is no such place."""
    doc = policy.audit.get(name)
    if doc is None or "channel" in doc:
        return doc and doc["channel"]
    if "url" not in doc:
        return ["directory", doc["directory"]]
    secrets = doc["secret"] if isinstance(doc["secret"], list) else [doc["secret"]]
    return ["webhook", doc["url"], secrets, doc.get("privateAddresses", [])]


def _endpoints(policy, deployment):
    return {
        name
        for name, doc in policy.notify.items()
        if "decision.made" in doc["events"] and deployment in doc.get("deployments", [deployment])
    }


def _paged(policy, deployment):
    return {
        severity
        for doc in policy.wake.values()
        if deployment in doc["deployments"]
        for severity in doc.get("severities", ["high", "critical"])
    }


class _Ruled:
    def __init__(self, trigger, severity):
        self.trigger, self.severity = trigger, severity


def _triggers(before, after, old, now):
    for was in before.triggers.values():
        if old.id not in was.deployments or was.shadow:
            continue
        is_ = after.triggers.get(was.id)
        if is_ is None or old.id not in is_.deployments:
            yield f"the trigger {was.id} no longer watches it"
            continue
        then = before.ruled(old.id, _Ruled(was.id, was.severity))
        today = after.ruled(old.id, _Ruled(was.id, is_.severity))
        for what in _authority(before, after, then, today):
            yield f"{was.id}: {what}"
        if is_.shadow:
            yield f"the trigger {was.id} is only evaluated"
            continue
        if was.when != is_.when:
            yield f"the condition of {was.id} changed"
        if was.memory != is_.memory:
            yield f"what {was.id} asks of earlier signals changed"
        widest = now.scope_ids()[0]
        is_strong, was_strong = (
            now.strength(now.meant_now(trigger.response, widest)) for trigger in (is_, was)
        )
        if (was.worse_by is None) != (is_.worse_by is None) or (is_.worse_by or 0) > (was.worse_by or 0):
            yield f"from when on {was.id} is asked again changed"
        if was.acts_first and not is_.acts_first:
            yield f"{was.id} is no longer answered at once"
        kinds = {part["kind"] for part in is_.parts}
        if len(was.parts) > 1 and any(part["kind"] not in kinds for part in was.parts):
            yield f"the response to {was.id} asks for less"
        if is_strong < was_strong:
            yield f"the response to {was.id} is weaker"
        if SEVERITIES.index(is_.severity) < SEVERITIES.index(was.severity):
            yield f"the severity of {was.id} is lower"
        if _slower(was.acknowledge_within, is_.acknowledge_within):
            yield f"{was.id} gives longer to acknowledge"
        if _slower(was.decide_within, is_.decide_within):
            yield f"{was.id} gives longer to decide"
        if was.on_timeout == "respond" and is_.on_timeout != "respond":
            yield f"{was.id} is passed on instead of answered"


def _slower(before, after):
    return (NEVER if after is None else after) > (NEVER if before is None else before)
