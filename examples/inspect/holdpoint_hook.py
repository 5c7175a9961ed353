"""Tells Holdpoint how each task of Inspect AI ended. Needs HOLDPOINT_URL and HOLDPOINT_SECRET; import it beside your tasks."""
import atexit, base64, hashlib, hmac, json, os, sys, threading, time, urllib.request
from inspect_ai.hooks import Hooks, hooks
UNREAD = {"samples": True, "reductions": True, "plan": True, "eval": {"model_args": True, "dataset": {"sample_ids": True}}}
begun = {}  # tasks that began and of whose end nothing was heard yet, by their eval_id
def send(spec, status, text):
    try:
        body, now = text().encode(), str(int(time.time()))
        name = f"{spec.eval_id}.{status}"  # the same end of the same run is one delivery, however often it is told
        key = base64.b64decode(os.environ["HOLDPOINT_SECRET"].removeprefix("whsec_"))
        seal = hmac.new(key, f"{name}.{now}.".encode() + body, hashlib.sha256).digest()
        proof = {"webhook-id": name, "webhook-timestamp": now, "webhook-signature": "v1," + base64.b64encode(seal).decode()}
        url = os.environ["HOLDPOINT_URL"].rstrip("/") + "/webhooks/" + os.environ.get("HOLDPOINT_SOURCE", "inspect")
        headers = {"content-type": "application/json", **proof}
        urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10).close()
    except Exception as error:
        print(f"Holdpoint was not told how {spec.task} ended: {error!r}", file=sys.stderr)
def post(log):
    begun.pop(log.eval.eval_id, None)
    threading.Thread(target=send, args=[log.eval, log.status, lambda: log.model_dump_json(exclude=UNREAD)]).start()
def unheard(run_id=None, died=None):  # after Ctrl-C a task has no end, and no log at the end of its run
    status = "error" if isinstance(died, Exception) else "cancelled"
    for spec in [one for one in list(begun.values()) if run_id in (None, one.run_id)]:
        text = lambda spec=begun.pop(spec.eval_id): json.dumps({"version": 2, "status": status, "error": {"message": repr(died)},
            "eval": json.loads(spec.model_dump_json(exclude=UNREAD["eval"]))})
        send(spec, status, text)
@hooks(name="holdpoint", description="Tells Holdpoint how each task ended")
class Holdpoint(Hooks):
    def enabled(self):
        return "HOLDPOINT_URL" in os.environ
    async def on_task_start(self, data):
        begun[data.spec.eval_id] = data.spec
    async def on_task_end(self, data):
        post(data.log)
    async def on_run_end(self, data):  # a task that died has no on_task_end: its log is only here
        for log in data.logs:
            post(log)
        unheard(data.run_id, data.exception)
atexit.register(unheard)
