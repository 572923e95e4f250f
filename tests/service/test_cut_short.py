"""What takes several writes and is killed between two of them is ended by the next process, without anybody's help."""
import base64
import json

import pytest

from congvu import an, make_units, wait_for
from evidence import entries
from relay import MODIFY, killed_before


def knows(who):
    return lambda client: wait_for(lambda: client.get(f"/v1/staff/{who['id']}").status == 200, "the second one knows him")


def next_process(killed, first):
    """The killed one's next life, without the relay: every intent of its log gets an outcome."""
    killed.settings.update(directory_uri=first.ldapi, tick_ms="50")
    killed.start()
    entries(killed, lambda log: sum(e["kind"] == "started" for e in log) == 2 and {i for i, e in enumerate(log) if e["kind"] == "intent"} <= {e["of"] for e in log if "of" in e}, "all has an end")


# ---- two records made one ----

@pytest.fixture
def two(start):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    old, new = (client.put(f"/v1/staff/GOP-{i}", an(full_name="Hứa Vĩnh Phú", unit=f"T1.0{i}", not_same_as=["*"])).json for i in (1, 2))
    return first, client, old, new


def merge(client, emptied, into):
    return client.put(f"/v1/staff/{emptied['id']}/merge", {"into": into["id"], "reason": "nhập hai lần"})


def people(client):
    return sorted(p["id"] for p in client.get("/v1/staff", q="Hứa Vĩnh Phú").json["items"])


def is_one(client, old, new):
    now = client.get(f"/v1/staff/{old['id']}").json
    return now["id"] == new["id"] and [a["address"] for a in now["aliases"]] == [old["address"]] and [m["id"] for m in now["merged"]] == [old["id"]] and people(client) == [new["id"]]


def are_two(client, old, new):
    both = [client.get(f"/v1/staff/{p['id']}").json for p in (old, new)]
    return [p["id"] for p in both] == [old["id"], new["id"]] and all(p["aliases"] == [] and p["merged"] == [] and p["status"] == "active" for p in both) and people(client) == sorted([old["id"], new["id"]])


def about(*who):
    ids = [p["id"].encode() for p in who]
    return lambda operation, message: operation == MODIFY and any(i in message for i in ids) and (b"cvMergedInto" in message or b"cvAbsorbed" in message)


@pytest.mark.parametrize("nth", (1, 2))
def test_a_merge(start, two, nth):
    first, client, old, new = two
    killed = killed_before(first, start, lambda c: merge(c, old, new), nth, about(old, new), knows(old))
    next_process(killed, first)
    if nth == 1:
        assert are_two(client, old, new), "the first write decides, and it was not sent"
    else:
        wait_for(lambda: is_one(client, old, new), "the next process gave the other one his addresses")


@pytest.mark.parametrize("nth", (1, 2))
def test_a_merge_taken_back(start, two, nth):
    first, client, old, new = two
    assert merge(client, old, new).status == 200
    killed = killed_before(first, start, lambda c: c.delete(f"/v1/staff/{old['id']}/merge", etag="*"), nth, about(old, new), knows(old))
    next_process(killed, first)
    if nth == 1:
        assert is_one(client, old, new), "the first write decides, and it was not sent"
    else:
        wait_for(lambda: are_two(client, old, new), "the next process took his addresses from the other one")


# ---- who reads a unit's mailbox ----

@pytest.mark.parametrize("made,nth", [(False, n) for n in (1, 2, 3, 4)] + [(True, 2), (True, 3)])
def test_holders_of_a_mailbox(start, made, nth):
    """A document says who they shall be; for a new mailbox the unit is next; then the new one takes it over, the old one gives it up."""
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    old, new = (client.put(f"/v1/staff/HT-{i}", an(full_name=f"Văn Thư {name}", unit="T1.01")).json for i, name in enumerate(("Cũ", "Mới")))
    if not made:
        assert client.put("/v1/units/T1.01/mailbox", {"holders": [old["id"]]}).status == 200

    def counts(operation, message):
        return b"ou=holders," in message or (operation == MODIFY and (b"cvHolds" in message or b"ou=units," in message))
    killed = killed_before(first, start, lambda c: c.put("/v1/units/T1.01/mailbox", {"holders": [new["id"]]}), nth, counts, knows(new))

    def holders():
        return [h["staff"]["id"] for h in client.get("/v1/units/T1.01/mailbox").json.get("holders", [])]
    assert sorted(holders()) == sorted([] if made else {1: [old["id"]], 2: [old["id"]], 3: [old["id"], new["id"]], 4: [new["id"]]}[nth])
    next_process(killed, first)
    wait_for(lambda: holders() == [old["id"] if nth == 1 else new["id"]], "who was named reads it, and nobody else")
    assert not first.ldapsearch("-b", "ou=holders,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)")


# ---- a question that is answered ----

@pytest.mark.parametrize("verdict", ("same", "not_same"))
@pytest.mark.parametrize("nth", (1, 2, 3, 4))
def test_a_decision(start, nth, verdict):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    holder = client.put("/v1/staff/SO-1", an(full_name="Chamaléa Thị Hường", birth_year=1981)).json
    meant = client.put("/v1/staff/SO-2", an(full_name="Pi Năng Thị Thủy", birth_year=1982)).json
    line = an(full_name="Pi Năng Thị Thủy", birth_year=1982)
    assert client.put("/v1/staff/SO-1", line).status == 202
    answer = {"decision": "same", "staff": meant["id"]} if verdict == "same" else {"decision": "not_same"}

    def counts(operation, message):
        return b"ou=decisions," in message or (operation == MODIFY and (b"ou=duplicates," in message or b"cvStaffCode" in message))
    writes = 5 if verdict == "same" else 4  # the document, one loses the code, (the other one takes it,) the question, the document goes
    killed = killed_before(first, start, lambda c: c.put("/v1/duplicates/SO-1", answer), nth + (writes == 5 and nth > 2), counts, knows(meant))
    next_process(killed, first)
    if nth == 1:
        assert [d["state"] for d in client.get("/v1/duplicates").json["items"]] == ["open"], "nothing was decided"
        return
    wait_for(lambda: not first.ldapsearch("-b", "ou=decisions,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)"), "nothing is on its way any more")
    question, = client.get("/v1/duplicates", state="decided").json["items"]
    assert (question["staff_code"], question["decision"]) == ("SO-1", verdict) and question["decided_by"].startswith("tok_")
    now = wait_for(lambda: (p := client.get(f"/v1/staff/{holder['id']}").json)["staff_code"] is None and p, "the code is not his")
    assert now["former_codes"] == []
    passed = client.put("/v1/staff/SO-1", line)
    if verdict == "same":
        assert (passed.status, passed.json["id"], passed.json["former_codes"]) == (200, meant["id"], ["SO-2"])
    else:
        assert passed.status == 201 and passed.json["id"] not in (holder["id"], meant["id"]), "the line passes"


# ---- a request that was confirmed ----

@pytest.mark.parametrize("nth", (1, 2, 3))
@pytest.mark.parametrize("kind", ("transfer", "new_account", "lock", "reset"))
def test_a_request(start, kind, nth):
    """Claimed, carried out, done."""
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    person = client.put("/v1/staff/YC-1", an(full_name="Lê Thị Lý", unit="T1.01")).json
    body = {"transfer": {"kind": "transfer", "unit": "T1.02", "person": {"key": "YC-1", "full_name": "Lê Thị Lý"}, "title": "Phó phòng", "decision": {"number": "9/QĐ"}},
            "new_account": {"kind": "new_account", "unit": "T1.02", "new_staff": {"full_name": "Đàng Năng Thọ", "title": "Chuyên viên", "category": "cong_chuc"}},
            "lock": {"kind": "lock", "unit": "T1.01", "person": {"key": "YC-1"}, "reason": "leave"}, "reset": {"kind": "reset", "unit": "T1.01", "person": {"key": "YC-1"}}}[kind]
    asked = client.post("/v1/requests", body)
    assert asked.status == 201, asked
    path = f"/v1/requests/{asked.json['id']}"

    def counts(operation, message):
        return b"ou=requests," in message or b"ou=people," in message
    killed = killed_before(first, start, lambda c: c.put(f"{path}/answer", {"answer": "confirmed"}), nth, counts, knows(person))
    next_process(killed, first)
    state = "waiting" if nth == 1 or kind == "reset" else "done"
    wait_for(lambda: client.get(path).json["state"] == state, f"it is {state}")
    if kind == "reset":
        assert client.put(f"{path}/answer", {"answer": "confirmed"}).json["code"], "a code that nobody has seen is made anew"
    elif nth > 1:
        now = wait_for(lambda: (p := client.get("/v1/staff/YC-1").json) and p, "him")
        if kind == "transfer":
            assert (now["unit"]["code"], now["title"]) == ("T1.02", "Phó phòng") and len(now["posts"]) <= 2
        elif kind == "lock":
            assert next(a for a in now["accounts"] if a["system"] == "mailbox")["desired"]["state"] == "locked"
        else:
            assert [p["full_name"] for p in client.get("/v1/staff", q="Đàng Năng Thọ").json["items"]] == ["Đàng Năng Thọ"], "once"


def as_if_cut_short(service, client, asked_for, **members):
    """Asked, and confirmed by somebody whose process died before it did anything."""
    asked = client.post("/v1/requests", asked_for)
    assert asked.status == 201, asked
    entry, = service.ldapsearch("-b", "ou=requests,ou=system,dc=congvu", f"(cvDocumentName={asked.json['id']})", "cvDocument")
    kept = {**json.loads(entry["cvDocument"][0]), "state": "confirmed", "answered_at": asked.json["asked_at"], "answered_by": asked.json["asked_by"], **members}
    text = base64.b64encode(json.dumps(kept, ensure_ascii=False).encode()).decode()
    service.ldapmodify(f"cvDocumentName={asked.json['id']},ou=requests,ou=system,dc=congvu", f"replace: cvDocument\ncvDocument:: {text}")
    return f"/v1/requests/{asked.json['id']}"


def newcomer(name, **more):
    return {"full_name": name, "title": "Chuyên viên", "category": "cong_chuc", **more}


def test_what_is_wrong_with_one_request_is_nothing_to_the_next(start):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    paths = [as_if_cut_short(first, client, {"kind": "new_account", "unit": "T1.02", "new_staff": newcomer(name)}, **({} if good else {"body": json.dumps(newcomer("Đàng 2"))}))
             for name, good in (("Đàng Năng Một", True), ("Đàng Năng Hai", False), ("Đàng Năng Ba", True))]
    first.settings["tick_ms"] = "50"
    first.stop()
    first.start()
    client = first.client()
    wait_for(lambda: "confirmed" not in [client.get(path).json["state"] for path in paths], "all have an end")
    assert [client.get(path).json["state"] for path in paths] == ["done", "waiting", "done"]


def test_what_failed_in_passing_is_tried_again_the_same_day(start):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    person = client.put("/v1/staff/YC-9", an(full_name="Lê Thị Lý", unit="T1.01")).json
    path = as_if_cut_short(first, client, {"kind": "lock", "unit": "T1.01", "person": {"key": "YC-9"}, "reason": "leave"})
    first.settings["tick_ms"] = "3000"
    first.stop()
    first.start()
    dn = f"cvId={person['id']},ou=people,dc=congvu"
    post, = first.person(person["id"], "cvPost")["cvPost"]
    first.ldapmodify(dn, "replace: cvPost\ncvPost: not to be read")
    wait_for(lambda: [line for line in map(json.loads, first.log.read_text().splitlines()) if (line["event"], line.get("problem")) == ("request", "internal")], "it was tried")
    client = first.client()
    assert client.get(path).json["state"] == "confirmed"
    first.ldapmodify(dn, f"replace: cvPost\ncvPost:: {base64.b64encode(post.encode()).decode()}")
    wait_for(lambda: client.get(path).json["state"] == "done", "it is done")
    account = next(a for a in client.get("/v1/staff/YC-9").json["accounts"] if a["system"] == "mailbox")
    assert account["desired"]["state"] == "locked"
