#!/usr/bin/python3
"""Makes records.ldif and log.ldif beside it: what the service of commit a125da1 left of a few invented people, each fault by its own calls. CONGVU_BIN is that program."""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "lib"))
from congvu import UNIT, running, wait_for  # noqa: E402


def put(client, code, name, unit="P.1", **more):
    made = client.put(f"/v1/staff/{code}", {"full_name": name, "unit": unit, "title": "Chuyên viên", "category": "cong_chuc", **more})
    assert made.status == 201, made
    return made.json


def state(client, code):
    return client.get(f"/v1/staff/{code}/departure").json["state"]


def held(service, client, unit, code, family):
    """The third of four who leave; the line that is stopped."""
    for n, name in enumerate(("Một", "Hai", "Ba", "Bốn"), 1):
        put(client, f"{code}-{n}", f"{family} {name}", unit)
    line = service.client().post("/v1/tokens", {"name": "HR", "scopes": ["departures:write", "staff:read"]}).json
    nightly = service.client(line["secret"])
    done = nightly.post("/v1/departures/batches", {"departures": [{"staff": f"{code}-{n}", "reason": "thoi_viec"} for n in (1, 2, 3)]}).json
    assert done["summary"]["held"] == 1 and state(client, f"{code}-3") == "held", done
    return line["id"]


def out_of_holds(service, client):
    """One goes when the unit grows, by the calendar; the other one when somebody lets him."""
    held(service, client, "P.2", "GIU", "Cao Văn")
    for n, name in enumerate(("Năm", "Sáu", "Bảy"), 5):
        put(client, f"GIU-{n}", f"Cao Văn {name}", "P.2")
    line = held(service, client, "P.3", "CHO", "Đỗ Thị")
    assert client.post("/v1/brake-releases", {"token": line, "reason": "có quyết định", "allow": 1}).status == 201
    for code in ("GIU-3", "CHO-3"):
        wait_for(lambda: state(client, code) == "done", f"{code} goes")


def opened_anew(client, code):
    """By the door that asked nothing."""
    done = client.patch(f"/v1/staff/{code}", {"accounts": [{"system": "mailbox", "desired": {"state": "present"}}]})
    assert done.status == 200 and next(a for a in done.json["accounts"] if a["system"] == "mailbox")["desired"]["state"] == "present", done


def old_passwords(client):
    """Locked for a stolen password, and open again with it: at once, after another lock, after a closing."""
    for n, between in enumerate((None, {"state": "locked", "reason": "other"}, {"state": "closed"}), 1):
        put(client, f"LO-{n}", f"Lê Văn {('Lộ', 'Lùi', 'Lang')[n - 1]}", "P")
        code = client.post(f"/v1/staff/LO-{n}/accounts/mailbox/credential-resets", None).json["code"]
        assert client.post("/v1/activations", {"code": code, "password": f"Gio-Phan-Rang-{n}"}).status == 204
        for body in filter(None, ({"state": "locked", "reason": "compromised"}, between)):
            assert client.put(f"/v1/staff/LO-{n}/accounts/mailbox", body).status == 200
        opened_anew(client, f"LO-{n}")


def work(service):
    client = service.client()
    for code, slug in (("P", "thu"), ("P.1", "mot"), ("P.2", "hai"), ("P.3", "ba")):
        above = {} if code == "P" else {"parent": "P"}
        assert client.put(f"/v1/units/{code}", {**UNIT, "name": {"vi": f"Phòng {code}"}, "slug": slug, **above}).status == 201
    service.stop()
    client = service.start().client()
    service.wait_calendar()  # figures of units in which nobody is yet
    out_of_holds(service, client)
    old_passwords(client)
    put(client, "DOI-1", "Trần Thị Đôi", birth_year=1980)
    put(client, "DOI-2", "Trần Thị Đôi", "P.2", birth_year=1980)
    put(client, "CHUYEN", "Trần Văn Chuyển", hired_on="2020-01-01")
    assert client.patch("/v1/staff/CHUYEN", {"unit": "P.2", "decision": {"number": "7/QĐ", "effective_on": "2099-12-19"}}).status == 200
    first = put(client, "BI-DANH", "Trần Bí Danh")["address"].split("@")[0]
    for login in ("tambd", first):
        assert client.put("/v1/staff/BI-DANH/accounts/mailbox", {"state": "present", "login": login}).status == 200
    put(client, "MO-LAI", "Lê Thị Mở Lại")
    ordered = client.put("/v1/staff/MO-LAI/departure", {"reason": "nghi_huu"})
    assert ordered.status in (200, 201), ordered
    wait_for(lambda: state(client, "MO-LAI") == "done", "she has left")
    opened_anew(client, "MO-LAI")


def short(entry):
    """Of the log: changes of people and brakes, without the controls and what slapd keeps by itself."""
    if entry.startswith("dn: reqStart") and not re.search(r"\nreqType: modify\n(.*\n)*reqDN: cvId=(stf_|.*,ou=brakes,)", entry):
        return None
    return re.sub(r"(?m)^req(Controls|RespControls|(Mod|Old): (entryCSN|modif\w+|cvUpdatedAt|cvRevision)): ?.*\n", "", entry)


def read(conf, suffix):
    return subprocess.run(["/usr/sbin/slapcat", "-f", conf, "-b", suffix, "-o", "ldif-wrap=no"], check=True, capture_output=True, text=True).stdout


with running() as service:
    work(service)
    service.stop()
    conf = service.data / "slapd/slapd.conf"
    (HERE / "records.ldif").write_text(read(conf, "dc=congvu"))
    (HERE / "log.ldif").write_text("\n\n".join(filter(None, map(short, read(conf, "cn=log").split("\n\n")))))
