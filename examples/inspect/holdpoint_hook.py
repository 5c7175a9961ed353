"""Tells Holdpoint how each task of Inspect AI ended. Needs HOLDPOINT_URL and HOLDPOINT_SECRET; import it beside your tasks."""
import base64, hashlib, hmac, os, sys, threading, time, urllib.request
from inspect_ai.hooks import Hooks, hooks
UNREAD = {"samples": True, "reductions": True, "plan": True, "eval": {"model_args": True, "dataset": {"sample_ids": True}}}
def post(log):
    try:
        body, now = log.model_dump_json(exclude=UNREAD).encode(), str(int(time.time()))
        name = f"{log.eval.eval_id}.{log.status}"  # the same end of the same run is one delivery, however often it is told
        key = base64.b64decode(os.environ["HOLDPOINT_SECRET"].removeprefix("whsec_"))
        seal = hmac.new(key, f"{name}.{now}.".encode() + body, hashlib.sha256).digest()
        proof = {"webhook-id": name, "webhook-timestamp": now, "webhook-signature": "v1," + base64.b64encode(seal).decode()}
        url = os.environ["HOLDPOINT_URL"].rstrip("/") + "/webhooks/" + os.environ.get("HOLDPOINT_SOURCE", "inspect")
        headers = {"content-type": "application/json", **proof}
        urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10).close()
    except Exception as error:
        print(f"Holdpoint was not told how {log.eval.task} ended: {error!r}", file=sys.stderr)
@hooks(name="holdpoint", description="Tells Holdpoint how each task ended")
class Holdpoint(Hooks):
    def enabled(self):
        return "HOLDPOINT_URL" in os.environ
    async def on_task_end(self, data):
        threading.Thread(target=post, args=[data.log]).start()
    async def on_run_end(self, data):  # a task that died or was cancelled has no on_task_end: its log is only here
        for log in data.logs:
            threading.Thread(target=post, args=[log]).start()
