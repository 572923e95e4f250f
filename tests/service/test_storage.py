"""A directory that fills up says so early, refuses loudly before its log of changes is full, and loses nothing."""
import os
import subprocess
import urllib.request

from alerts import firing
from congvu import an, make_units, nth, wait_for


def management(service, path):
    return urllib.request.urlopen(f"http://127.0.0.1:{service.ready['management_port']}{path}").read().decode()


def fill(service, which):
    line, = [l for l in management(service, "/metrics").splitlines() if l.startswith(f'congvu_storage_fill_ratio{{storage="{which}"}}')]
    return float(line.split()[1])


def test_before_anything_is_full_new_people_are_refused_and_locks_go_on(start):
    small = start(directory_max_mib=16, fill_check_ms=20, tick_ms=20)
    make_units(small.client())
    client, made, refused, degraded_at = small.client(), 0, None, None
    wait_for(lambda: client.get("/readyz").json["checks"]["storage"]["status"] == "ok", "there is room")
    assert fill(small, "main") < 0.2 and 0 <= fill(small, "disk") <= 1
    while refused is None and made < 5000:
        answer = client.put(f"/v1/staff/F-{made}", an(full_name=nth("Người Thứ", made), login=f"nguoithu{made}"))
        if degraded_at is None and answer.status == 201 and client.get("/readyz").json["status"] == "degraded":
            degraded_at = made
        if answer.status == 201:
            made += 1
        else:
            refused = answer
    assert (refused.status, refused.code) == (507, "directory_full"), refused
    assert degraded_at is not None and degraded_at < made, "told before it is refused"
    storage = client.get("/readyz").json["checks"]["storage"]
    assert "CongvuStorageHigh" in firing(small)
    assert storage["status"] == "degraded" and max(fill(small, "main"), fill(small, "log")) >= 0.9 and "% full" in storage["detail"]
    locked = client.put("/v1/staff/F-0/accounts/mailbox", {"state": "locked", "reason": "compromised"})
    assert locked.status in (200, 202), "what must go on has room left"
    assert client.get("/v1/staff/F-1").status == 200
    logged = small.ldapsearch("-b", "cn=log", "(&(reqType=add)(reqDN:dnSubtreeMatch:=ou=people,dc=congvu))", "reqDN")
    assert sum("cvId=" in e["reqDN"][0] for e in logged) == made, "every change that was accepted is in the log"
    assert "full; from 90 % on new records are refused" in small.log.read_text()


def test_before_the_log_is_full_changes_are_refused_and_none_is_missing_from_it(start):
    small = start(directory_max_mib=16, fill_check_ms=20, tick_ms=20)
    make_units(small.client())
    client, acknowledged, refused = small.client(), 0, None
    dn = f"cvId={client.get('/v1/units/T1.01').json['id']},ou=units,dc=congvu"
    while refused is None and acknowledged < 20000:
        paper = [f"{nth('Cơ quan', acknowledged)} {i} {'x' * 150}" for i in range(20)]
        answer = client.patch("/v1/units/T1.01", {"letterhead": {"recipients": paper}})
        if answer.status == 200:
            acknowledged += 1
        else:
            refused = answer
    assert (refused.status, refused.code) == (507, "directory_full"), refused
    assert fill(small, "log") >= 0.97 and fill(small, "main") < 0.9, "it is the log alone that is full"
    assert client.get("/readyz").json["checks"]["storage"]["detail"].startswith("log 9")
    assert client.put("/v1/staff/L-2", an(full_name="Người Không Chỗ")).code == "directory_full"
    assert client.get("/v1/units/T1.01").status == 200, "reads go on"
    logged = small.ldapsearch("-b", "cn=log", f"(&(reqType=modify)(reqResult=0)(reqDN={dn}))", "reqDN")
    assert len(logged) == acknowledged, "every change that was acknowledged is in the log"


def test_before_the_database_of_lists_is_full_they_are_refused_and_it_is_told(start):
    """It is one of its own: people and their log may have room."""
    small = start(directory_max_mib=16, fill_check_ms=20, tick_ms=20)
    make_units(small.client())
    client, refused = small.client(), None
    rows = "\n".join(f"{i};{nth('Người', i)};W-{i};Chuyên viên {'x' * 100};Phòng Nội vụ;Công chức" for i in range(2000))
    for n in range(200):
        answer = client.call("POST", "/v1/imports", f"STT;Họ và tên;Số hiệu;Chức vụ;Đơn vị;Đối tượng;Ghi chú {n}\n{rows}\n".encode(), {"Content-Type": "text/csv"}, kind="staff")
        if answer.status not in (200, 201):
            refused = answer
            break
    assert (refused.status, refused.code) == (507, "directory_full"), refused
    assert fill(small, "work") >= 0.8 and max(fill(small, "main"), fill(small, "log")) < 0.8
    storage = client.get("/readyz").json["checks"]["storage"]
    assert storage["status"] == "degraded" and storage["detail"].startswith("work "), storage
    assert client.put("/v1/staff/W-2", an(full_name="Người Vẫn Có Chỗ")).status == 201, "nothing else is kept from its work"


def test_a_wrong_password_writes_little_into_the_log(start):
    service = start(directory_listen="127.0.0.1:0")
    make_units(service.client())
    person = service.client().put("/v1/staff/W-1", an()).json
    once = service.client().post("/v1/staff/W-1/accounts/mailbox/credential-resets", None).json["code"]
    assert service.client().post("/v1/activations", {"code": once, "password": "Zx7-kWq-2026!pf"}).status == 204
    uri = (service.data / "readers/uri").read_text().strip()
    wrong = subprocess.run(["ldapwhoami", "-x", "-H", uri, "-D", f"cvId={person['id']},ou=people,dc=congvu", "-w", "wrong"], capture_output=True)
    assert wrong.returncode == 49
    entry, = service.ldapsearch("-b", "cn=log", "(reqMod=pwdFailureTime*)")
    kept = {v.split(":")[0] for v in entry["reqOld"]}
    assert kept <= {"pwdFailureTime", "entryCSN", "modifiersName", "modifyTimestamp"}, "not the whole entry"


def test_the_log_is_kept_as_long_as_the_policy_says(start):
    assert "logpurge 1860+00:00" in (start().data / "slapd/slapd.conf").read_text(), "60 months of the built-in policy"


def written(service, database):
    """How far the file is written without a hole."""
    with open(service.data / "slapd" / database / "data.mdb", "rb") as file:
        return os.lseek(file.fileno(), 0, os.SEEK_HOLE)


def test_room_is_written_ahead_where_every_change_is_flushed(start):
    """A flush of a file that grows commits the file system's journal too; so pages lie there before they are needed."""
    step = 64 << 20
    service = start(directory_nosync="false")
    make_units(service.client())
    made = service.client().put("/v1/staff/WA-1", an()).json
    assert [written(service, d) for d in ("db", "log")] == [step, step]
    service.stop()
    service.start()
    assert [written(service, d) for d in ("db", "log")] == [step, step], "enough is left"
    service.stop()
    with open(service.data / "slapd/log/data.mdb", "ab") as file:
        file.write(bytes(4096))  # slapd has come to the end of it
    service.start()
    assert [written(service, d) for d in ("db", "log")] == [step, 2 * step]
    assert service.client().get("/v1/staff/WA-1").json == made
    assert written(start(), "db") < step // 2, "nothing where writes are not flushed"
