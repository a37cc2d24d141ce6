"""IBM's service as its REST interface has it: a job is sent as it stands in its file, nothing else is needed of Qiskit.

The API key and the instance's CRN come from IBM_QUANTUM_API_KEY and IBM_QUANTUM_CRN, or from the account that
QiskitRuntimeService.save_account() has left.
"""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

URL = "https://quantum.cloud.ibm.com/api/v1"
TOKENS = "https://iam.cloud.ibm.com/identity/token"
SAVED = Path.home() / ".qiskit" / "qiskit-ibm.json"
# What a job ends in, in any spelling.
ENDED = {"completed": True, "failed": False, "cancelled": False}


class Service:
    """A session with the service; `url` and `tokens` are another's for tests."""

    def __init__(self, url=URL, tokens=TOKENS):
        self.url, self.tokens = url.rstrip("/"), tokens
        self.key, self.crn = account()
        self.bearer, self.until = None, 0.0

    def configuration(self, backend):
        """Qubits, pairs and gates of a backend."""
        return self.call("GET", f"/backends/{urllib.parse.quote(backend, safe='')}/configuration")

    def submit(self, body):
        """Sends a job, the bytes of its file; its number at the service."""
        answer = self.call("POST", "/jobs", body)
        if "id" not in answer:
            raise RuntimeError(f"the service returned no job id: {json.dumps(answer)[:200]}")
        return answer["id"]

    def wait(self, job, tell, pause=5.0):
        """Waits until a job has ended; what it ended in. `tell` is called when that changes."""
        last = None
        while True:
            answer = self.call("GET", f"/jobs/{job}")
            state = answer.get("status") or (answer.get("state") or {}).get("status") or "unknown"
            if state != last:
                tell(f"job {job}: {state}")
                last = state
            if state.lower() in ENDED:
                if not ENDED[state.lower()]:
                    reason = (answer.get("state") or {}).get("reason") or "no reason was given"
                    raise RuntimeError(f"job {job} {state.lower()}: {reason}")
                return
            time.sleep(pause)
            pause = min(60.0, 1.5 * pause)

    def results(self, job):
        """The bytes that came back."""
        return self.call("GET", f"/jobs/{job}/results", raw=True)

    def call(self, method, path, body=None, raw=False):
        """One request."""
        headers = {"Authorization": f"Bearer {self.token()}", "Service-CRN": self.crn, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = request(urllib.request.Request(self.url + path, body, headers, method=method))
        return answer if raw else json.loads(answer)

    def token(self):
        """A bearer token, anew before the last one ends."""
        if time.time() > self.until:
            form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": self.key}
            answer = json.loads(request(urllib.request.Request(self.tokens, urllib.parse.urlencode(form).encode())))
            self.bearer, self.until = answer["access_token"], time.time() + 0.8 * float(answer.get("expires_in", 3600))
        return self.bearer


def has_account():
    """Whether there is one to ask with."""
    try:
        account()
    except RuntimeError:
        return False
    return True


def account():
    """API key and CRN."""
    key, crn = os.environ.get("IBM_QUANTUM_API_KEY"), os.environ.get("IBM_QUANTUM_CRN")
    if key and crn:
        return key, crn
    saved = json.loads(SAVED.read_text(encoding="utf-8")) if SAVED.exists() else {}
    found = [one for one in saved.values() if one.get("token") and one.get("instance")]
    chosen = next((one for one in found if one.get("is_default_account")), found[0] if found else None)
    if chosen is None:
        raise RuntimeError("no account: set IBM_QUANTUM_API_KEY and IBM_QUANTUM_CRN, or save one with Qiskit")
    return chosen["token"], chosen["instance"]


def request(wanted):
    """The body of an answer; errors say what the service says."""
    try:
        with urllib.request.urlopen(wanted, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        try:
            text = "; ".join(one["message"] for one in json.loads(text)["errors"])
        except (ValueError, KeyError, TypeError):
            text = text[:200]
        raise RuntimeError(f"{wanted.full_url}: {error.code}: {text or error.reason}") from error
    except urllib.error.URLError as error:
        raise RuntimeError(f"{wanted.full_url}: {error.reason}") from error
