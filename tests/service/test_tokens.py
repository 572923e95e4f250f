"""Tokens: shown once, never wider than their maker, dead at once when revoked."""
import base64
import datetime
import hashlib
import hmac
import json
import os
import subprocess

from browser import Person, activate, login_of
from congvu import BIN, an, make_units, now, wait_for

ALL = ["staff:read", "staff:write", "accounts:write", "departures:write", "brake:release", "units:read", "units:write", "systems:write",
       "coverage:read", "tokens:write",
       "usage:write", "reports:write", "audit:read"]


def moment(**delta):
    return (now() + datetime.timedelta(**delta)).isoformat(timespec="seconds")


def make(client, **body):
    answer = client.post("/v1/tokens", {"name": "thử", "scopes": ["units:read"], **body})
    assert answer.status == 201, answer
    return answer.json


def test_a_secret_is_shown_once(client):
    body, key = {"name": "Đồng bộ", "scopes": ["staff:read", "units:read"], "unit": "T1.01"}, {"Idempotency-Key": "t-1"}
    first = client.post("/v1/tokens", body, key)
    again = client.post("/v1/tokens", body, key)
    assert first.status == again.status == 201 and again.headers["Idempotency-Replayed"] == "true"
    secret = first.json["secret"]
    assert secret.startswith("cvt_") and len(secret) >= 4 + 43
    assert again.json == {**first.json, "secret": None}
    assert secret not in client.get("/v1/tokens").body.decode()
    assert client.post("/v1/tokens", {**body, "name": "Khác"}, key).code == "idempotency_key_reused"


def test_a_secret_lies_nowhere_in_the_directory_or_the_log(shared, client):
    secret = make(client)["secret"]
    stored = str(shared.ldapsearch("-b", "dc=congvu", "(objectClass=*)"))
    assert "cvToken" in stored and secret not in stored and secret[4:] not in stored
    assert secret not in shared.log.read_text()


def test_the_token_says_who_it_is(shared, client):
    token = make(client, name="Người đọc", unit="T1.02", expires_at=moment(days=1))
    me = shared.client(token["secret"]).get("/v1/me").json
    assert me["token"] == {k: token[k] for k in ("id", "name", "scopes", "unit", "expires_at")}
    assert me["token"]["unit"]["code"] == "T1.02" and me["locale"] == "en"
    assert client.get("/v1/me").json["token"]["scopes"] == ALL and client.get("/v1/me").json["token"]["unit"] is None


def test_no_token_gives_more_than_its_maker_has(shared, client):
    limit = moment(days=2)
    maker = shared.client(make(client, scopes=["units:read", "tokens:write"], unit="T1.01", expires_at=limit)["secret"])
    wrong = maker.post("/v1/tokens", {"name": "quá tay", "scopes": ["units:read", "staff:write"], "unit": "T1.02", "expires_at": moment(days=3)})
    assert wrong.status == 422
    assert sorted((e["pointer"], e["code"]) for e in wrong.json["errors"]) == [
        ("#/expires_at", "not_allowed"), ("#/scopes", "not_allowed"), ("#/unit", "not_found")]
    for_ever = maker.post("/v1/tokens", {"name": "mãi mãi", "scopes": ["units:read"]})
    assert for_ever.json["errors"][0]["pointer"] == "#/expires_at"
    child = make(maker, expires_at=limit)
    assert child["unit"]["code"] == "T1.01", "without a unit the maker's own reach, never everything"
    assert client.post("/v1/tokens", {"name": "vẹt", "scopes": []}).status == 422
    assert client.post("/v1/tokens", {"name": "vẹt", "scopes": ["root"]}).status == 422
    assert client.post("/v1/tokens", {"name": "vẹt", "scopes": ["units:read"], "expires_at": moment(days=-1)}).status == 422


def test_a_scope_that_is_missing_is_403_and_no_token_401(shared, client):
    reader = shared.client(make(client)["secret"])
    assert reader.get("/v1/units").status == 200
    refused = reader.post("/v1/units", {"code": "X", "name": {"vi": "X"}, "kind": "phong"})
    assert (refused.status, refused.code) == (403, "scope_missing")
    for bearer in ("cvt_" + "0" * 48, "not a token", "cvt_"):
        answer = shared.client(bearer).get("/v1/me")
        assert (answer.status, answer.code) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_refused_at_once(shared, client):
    token = make(client)
    caller = shared.client(token["secret"])
    assert caller.get("/v1/me").status == 200
    assert client.delete(f"/v1/tokens/{token['id']}").status == 204
    refused = caller.get("/v1/me")
    assert (refused.status, refused.code) == (401, "token_revoked")
    assert token["id"] not in [t["id"] for t in client.get("/v1/tokens").json["items"]]
    assert client.delete("/v1/tokens/tok_00000000000000000000000000").code == "token_not_found"


def test_anybody_may_give_his_own_token_back(shared, client):
    mine, other = make(client), make(client)
    caller = shared.client(mine["secret"])
    assert caller.delete(f"/v1/tokens/{other['id']}").code == "token_not_found"
    assert caller.delete(f"/v1/tokens/{mine['id']}").status == 204
    assert caller.get("/v1/me").code == "token_revoked"


def test_tokens_outside_the_subtree_do_not_exist(shared, client):
    local = shared.client(make(client, scopes=["tokens:write"], unit="T1.01")["secret"])
    outside = make(client, unit="T1.02")
    assert all(t["unit"] and t["unit"]["code"] == "T1.01" for t in local.get("/v1/tokens").json["items"])
    assert local.delete(f"/v1/tokens/{outside['id']}").code == "token_not_found"
    assert shared.client(outside["secret"]).get("/v1/me").status == 200


def test_a_forged_token_opens_nothing(shared, client):
    """A credential is what the service made, compared as a whole; one that describes itself is not read."""
    def part(value):
        return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=").decode()

    def signed(head, claims, key=b""):
        text = f"{part(head)}.{part(claims)}"
        return f"{text}.{part(hmac.new(key, text.encode(), hashlib.sha256).digest()) if key else ''}"
    real, me = make(client)["secret"], {"sub": client.get("/v1/me").json["token"]["id"], "iss": f"http://127.0.0.1:{shared.port}", "aud": "congvu", "exp": 4102444800, "scope": " ".join(ALL)}
    forged = [signed({"alg": "none"}, me), signed({"alg": "NONE"}, me), signed({"alg": "HS256"}, me, real.encode()), signed({"alg": "HS256", "kid": "k" * 4000}, me, b"k"),
              signed({"alg": "HS256", "kid": "../../secret.key"}, me, b"\0"), signed({"alg": "ES256", "jwk": {"kty": "oct", "k": part(b"k" * 32)}}, me, b"k" * 32),
              real[:-1], real + "A", real.upper(), real.lower(), real.replace("_", "-"), "Bearer " + real, real + "." + real]
    for text in forged:
        if text == real:  # has no letter to change
            continue
        refused = shared.client(text).get("/v1/me")
        assert (refused.status, text in refused.body.decode()) == (401, False), text[:60]
    assert shared.client(real).get("/v1/me").status == 200


def test_an_expired_token_is_refused(shared, client):
    caller = shared.client(make(client, expires_at=moment(seconds=2))["secret"])
    wait_for(lambda: caller.get("/v1/me").status == 401, "the token expires", deadline=10)
    assert caller.get("/v1/me").code == "token_expired"


def test_a_token_too_eager_is_slowed_down_alone(start):
    service = start(rate_per_second=5)
    admin = service.client()
    make_units(admin)
    other = service.client(make(admin)["secret"])
    answers = [admin.get("/v1/me") for _ in range(40)]
    slowed = [a for a in answers if a.status == 429]
    assert slowed and int(slowed[0].headers["Retry-After"]) >= 1 and slowed[0].code == "rate_limited"
    assert other.get("/v1/me").status == 200, "per token"
    wait_for(lambda: admin.get("/v1/me").status == 200, "the bucket refills", deadline=10)


def test_a_token_may_have_every_scope(client):
    assert make(client, scopes=ALL)["scopes"] == ALL


def test_what_a_revoked_token_made_lives_on_unless_it_is_to_go_too(shared, client):
    def family():
        maker = make(client, scopes=["units:read", "tokens:write"])
        child = make(shared.client(maker["secret"]), scopes=["units:read", "tokens:write"])
        grandchild = make(shared.client(child["secret"]))
        return maker, child, grandchild

    def refused(tokens):
        return [shared.client(t["secret"]).get("/v1/me").code for t in tokens]

    maker, child, grandchild = family()
    made = client.get("/v1/tokens", created_by=maker["id"]).json["items"]
    assert [t["id"] for t in made] == [child["id"]], "those that it made itself"
    assert client.delete(f"/v1/tokens/{maker['id']}").status == 204
    assert shared.client(grandchild["secret"]).get("/v1/me").status == 200
    assert client.delete(f"/v1/tokens/{child['id']}", with_descendants=True).status == 204
    assert refused([maker, child, grandchild]) == ["token_revoked"] * 3
    maker, child, grandchild = family()
    assert client.delete(f"/v1/tokens/{maker['id']}").status == 204
    for _ in range(2):
        assert client.delete(f"/v1/tokens/{maker['id']}", with_descendants=True).status == 204, "said again, with all that it made"
    assert refused([maker, child, grandchild]) == ["token_revoked"] * 3
    assert client.delete(f"/v1/tokens/{maker['id']}").code == "token_not_found"
    local = shared.client(make(client, scopes=["units:read", "tokens:write"], unit="T1.01")["secret"])
    assert local.delete(f"/v1/tokens/{maker['id']}", with_descendants=True).code == "token_not_found", "what was never to be seen"
    other = make(client)
    all_of_them = family()
    assert shared.client(all_of_them[0]["secret"]).delete(f"/v1/tokens/{all_of_them[0]['id']}", with_descendants=True).status == 204
    assert refused(all_of_them) == ["token_revoked"] * 3
    assert shared.client(other["secret"]).get("/v1/me").status == 200
    assert client.delete(f"/v1/tokens/{other['id']}", with_descendants="perhaps").code == "invalid_parameter"


def test_an_expiry_can_be_moved(shared, client):
    token, soon, later = make(client, expires_at=moment(days=1)), moment(days=2), moment(days=3)
    moved = client.patch(f"/v1/tokens/{token['id']}", {"expires_at": later, "name": "Tên mới"}, etag=None)
    assert moved.status == 200 and "secret" not in moved.json, moved
    assert moved.json["expires_at"] == shared.client(token["secret"]).get("/v1/me").json["token"]["expires_at"] != token["expires_at"]
    assert moved.json["name"] == "Tên mới"
    past = client.patch(f"/v1/tokens/{token['id']}", {"expires_at": moment(days=-1)}, etag=None)
    assert [(e["pointer"], e["code"]) for e in past.json["errors"]] == [("#/expires_at", "out_of_range")]
    local = shared.client(make(client, scopes=["units:read", "tokens:write"], unit="T1.01", expires_at=soon)["secret"])
    own = local.get("/v1/me").json["token"]["id"]
    assert local.patch(f"/v1/tokens/{own}", {"expires_at": later}, etag=None).json["errors"][0]["code"] == "not_allowed", "nobody prolongs himself"
    assert local.patch(f"/v1/tokens/{token['id']}", {"expires_at": soon}, etag=None).code == "token_not_found"
    stronger = make(client, scopes=["staff:write"], unit="T1.01", expires_at=moment(hours=1))
    longer = local.patch(f"/v1/tokens/{stronger['id']}", {"expires_at": moment(hours=2)}, etag=None)
    assert longer.json["errors"][0]["pointer"] == "#/expires_at", "to prolong is to give"
    assert local.patch(f"/v1/tokens/{stronger['id']}", {"expires_at": moment(minutes=5)}, etag=None).status == 200
    assert client.patch(f"/v1/tokens/{stronger['id']}", {"expires_at": None}, etag=None).json["expires_at"] is None
    assert client.patch(f"/v1/tokens/{stronger['id']}", {"scopes": ALL}, etag=None).json["errors"][0]["code"] == "unknown_member"


def test_who_may_not_make_the_token_of_the_hr_system_does_not_prolong_it(shared, client):
    feed = make(client, scopes=["staff:read"], unit="T1.01", feed=True, expires_at=moment(hours=1))
    local = shared.client(make(client, scopes=["staff:read", "tokens:write"], unit="T1.01")["secret"])
    longer = local.patch(f"/v1/tokens/{feed['id']}", {"expires_at": moment(hours=2)}, etag=None)
    assert (longer.status, [e["pointer"] for e in longer.json.get("errors", [])]) == (422, ["#/expires_at"]), longer
    assert local.patch(f"/v1/tokens/{feed['id']}", {"expires_at": moment(minutes=5)}, etag=None).status == 200
    assert client.patch(f"/v1/tokens/{feed['id']}", {"expires_at": moment(hours=2)}, etag=None).status == 200


def on_the_machine(service, *more):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}  # the harness's own
    return subprocess.run([BIN, "token", "--allow-root", "--data-dir", service.data, "--directory-nosync", "true", *more], env=environment,
                          capture_output=True, text=True)


def test_the_last_token_stays_and_the_machine_makes_another(start):
    service = start()
    admin = service.client()
    make_units(admin)
    own = admin.get("/v1/me").json["token"]["id"]
    make(admin, scopes=["tokens:write"], unit="T1.01")
    for query in ({}, {"with_descendants": True}):
        last = admin.delete(f"/v1/tokens/{own}", **query)
        assert (last.status, last.code) == (409, "last_token"), "a token of one unit makes no administrator"
    made = on_the_machine(service)
    assert made.returncode == 0 and len(made.stdout.split()) == 1, made
    second = service.client(made.stdout.strip())
    wait_for(lambda: second.get("/v1/me").status == 200, "the running service knows it")
    assert second.get("/v1/me").json["token"]["scopes"] == ALL
    assert second.delete(f"/v1/tokens/{own}").status == 204
    assert admin.get("/v1/me").code == "token_revoked"
    service.stop()
    third = on_the_machine(service)
    assert third.returncode == 0, third
    again = start(service.data)
    assert again.client(third.stdout.strip()).get("/v1/me").status == 200, "without a running service too"
    assert third.stdout.strip() not in again.log.read_text()


def test_who_may_make_tokens_does_not_run_out(start):
    service = start()
    admin = service.client()
    own = admin.get("/v1/me").json["token"]["id"]
    soon = make(admin, scopes=ALL, expires_at=moment(minutes=1))
    for refused in (admin.patch(f"/v1/tokens/{own}", {"expires_at": moment(seconds=2)}, etag=None), admin.patch(f"/v1/tokens/{own}", {"expires_at": moment(days=400)}, etag=None),
                    admin.delete(f"/v1/tokens/{own}")):
        assert (refused.status, refused.code) == (409, "last_token"), refused
    assert admin.patch(f"/v1/tokens/{own}", {"name": "Quản trị"}, etag=None).status == 200
    assert admin.patch(f"/v1/tokens/{soon['id']}", {"expires_at": moment(seconds=30)}, etag=None).status == 200, "one that is outlived"
    for_ever = make(admin, scopes=["tokens:write"])
    assert admin.patch(f"/v1/tokens/{own}", {"expires_at": moment(days=1)}, etag=None).status == 200
    assert service.client(for_ever["secret"]).delete(f"/v1/tokens/{own}").status == 204


def test_what_somebody_who_has_left_made_is_no_token_to_count_on(start, spec):
    service = start()
    admin = service.client()
    make_units(admin)
    own = admin.get("/v1/me").json["token"]["id"]
    leaver = admin.put("/v1/staff/LAST", an()).json
    activate(admin, "LAST")
    assert admin.post("/v1/staff/LAST/roles", {"role": "site_admin"}).status == 201
    person = Person(service, spec)
    assert wait_for(lambda: person.sign_in(login_of(leaver))[1].get("role") == 1, "he administers")
    status, made = person.call("POST", "/v1/tokens", {"name": "của người sẽ nghỉ", "scopes": ["tokens:write", "units:read"]})
    assert status == 201, made
    assert admin.put("/v1/staff/LAST/departure", {"reason": "nghi_huu"}).status in (200, 202)
    wait_for(lambda: service.client(made["secret"]).get("/v1/units").status == 401, "it ends with him")
    for query in ({}, {"with_descendants": True}):
        last = admin.delete(f"/v1/tokens/{own}", **query)
        assert (last.status, last.code) == (409, "last_token"), last


def test_the_machine_makes_no_token_beside_data_that_are_not_whole(start, tmp_path):
    class Empty:
        data = tmp_path / "data"
    empty = Empty()
    empty.data.mkdir(mode=0o700)
    refused = on_the_machine(empty)
    assert refused.returncode == 2 and "key file" in refused.stderr and refused.stdout == ""
    assert list(empty.data.iterdir()) == [], "nothing was made"


def test_an_upgrade_gives_the_first_token_the_new_rights(start):
    service = start()
    own = service.client().get("/v1/me").json["token"]["id"]
    service.ldapmodify(f"cvId={own},ou=tokens,ou=system,dc=congvu", "delete: cvScope\ncvScope: reports:write\ncvScope: usage:write")
    wait_for(lambda: "reports:write" not in service.client().get("/v1/me").json["token"]["scopes"], "as of a version that did not know them")
    service.stop()
    newer = start(service.data)
    wait_for(lambda: newer.client().get("/v1/me").json["token"]["scopes"] == ALL, "every right again")


def test_the_admin_token_lies_in_a_private_file(shared):
    assert (shared.data / "admin.token").stat().st_mode & 0o777 == 0o600
