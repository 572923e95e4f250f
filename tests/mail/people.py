"""People for the mail tests: made by REST, as HR does it."""
import itertools

from congvu import an

PASSWORD, OTHER = "Zx7-kWq-2026!pf", "Jw4-zFk-2027!qx"
codes = (f"M-{n}" for n in itertools.count(1))


def onboard(client, name, **more):
    """(code, the record)"""
    code = next(codes)
    made = client.put(f"/v1/staff/{code}", an(full_name=name, **more))
    assert made.status == 201, made
    return code, made.json


def activate(client, code, password=PASSWORD):
    once = client.post(f"/v1/staff/{code}/accounts/mailbox/credential-resets", None).json["code"]
    assert client.post("/v1/activations", {"code": once, "password": password}).status == 204


def account(client, code, state, **more):
    answer = client.put(f"/v1/staff/{code}/accounts/mailbox", {"state": state, **more})
    assert answer.status in (200, 202), answer
