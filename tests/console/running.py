"""A flow of clicks (flows.mjs) on a service that knows whom it may sign in."""
import json
import os
import pathlib
import subprocess

import node
from browser import activate, login_of

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "deploy/sample"


def may_sign_in(client, staff, role=None):
    activate(client, staff)
    if role:
        given = client.post(f"/v1/staff/{staff}/roles", role)
        assert given.status == 201, given
    return login_of(client.get(f"/v1/staff/{staff}").json)


def run(service, flow, tmp_path, limit=300, **more):
    given = {"flow": flow, "url": f"http://127.0.0.1:{service.port}", "token": service.admin_token(), "profile": str(tmp_path / "profile"), "pictures": os.environ.get("CONGVU_PICTURES"), **service.who, **more}
    node.ready(HERE)
    done = subprocess.run(["node", HERE / "flows.mjs"], input=json.dumps(given, default=str), capture_output=True, text=True, timeout=limit)
    assert done.returncode == 0, done.stderr[-4000:]
