"""An embedded directory that was made with an older set of indices."""
import shutil
import signal
import subprocess
import urllib.parse

from congvu import an, make_units, nth, parse_ldif, wait_for

NAME = "nguyenvanchimuc@ninhthuan.gov.vn"
SEARCHES = (f"(cvName={NAME})", "(cvCode=staff/ix-0)", "(&(cvReceives=TRUE)(mail=" + NAME + "))", "(authorizedService=mailbox)")


def make_older(data):
    """The same data in a database whose only indices are those that slapd itself needs."""
    folder, older = data / "slapd", data / "older.conf"
    kept = [line for line in (folder / "slapd.conf").read_text().splitlines() if not line.startswith("index cv") and not line.startswith("index uid")]
    older.write_text("\n".join(kept) + "\n")
    dump = subprocess.run(["/usr/sbin/slapcat", "-f", folder / "slapd.conf", "-b", "dc=congvu"], capture_output=True, check=True).stdout
    shutil.rmtree(folder / "db")
    (folder / "db").mkdir(mode=0o700)
    subprocess.run(["/usr/sbin/slapadd", "-q", "-f", older, "-b", "dc=congvu"], input=dump, capture_output=True, check=True)
    (folder / "digest").write_text("of an older set of indices")


def found(uri, what):
    out = subprocess.run(["ldapsearch", "-LLL", "-Q", "-Y", "EXTERNAL", "-H", uri, "-b", "dc=congvu", what, "cvStaffCode"], capture_output=True, text=True)
    return [e["cvStaffCode"][0] for e in parse_ldif(out.stdout) if "cvStaffCode" in e] if out.returncode == 0 else None


def without_reindexing(data):
    """What slapd answers with the new configuration on the older database."""
    socket = data / "run/trial"
    uri = "ldapi://" + urllib.parse.quote(str(socket), safe="")
    process = subprocess.Popen(["/usr/sbin/slapd", "-f", data / "slapd/slapd.conf", "-h", uri, "-d", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: found(uri, "(objectClass=domain)") is not None, "slapd answers")
        return [found(uri, what) for what in SEARCHES]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_new_indices_are_built_at_the_next_start(start):
    service = start()
    admin = service.client()
    make_units(admin)
    assert admin.put("/v1/staff/IX-0", an(full_name="Nguyễn Văn Chỉ Mục", login="nguyenvanchimuc")).json["address"] == NAME
    for i in range(1, 8):
        assert admin.put(f"/v1/staff/IX-{i}", an(full_name=nth("Người Khác", i))).status == 201
    service.stop()
    make_older(service.data)
    assert without_reindexing(service.data) == [[]] * len(SEARCHES), "an index that was never built answers nothing, without an error"

    again = start(service.data)
    assert [sorted(found(again.ldapi, what)) for what in SEARCHES] == [["IX-0"]] * 3 + [[f"IX-{i}" for i in range(8)]]
    admin = again.client()
    assert admin.get("/v1/staff/IX-0").json["address"] == NAME
    taken = admin.put("/v1/staff/IX-9", an(full_name="Nguyễn Văn Chỉ Mục", login="nguyenvanchimuc"))
    assert (taken.status, taken.code) == (409, "address_taken")
    built = (service.data / "slapd/digest").read_text()
    again.stop()
    start(service.data)
    assert (service.data / "slapd/digest").read_text() == built != "of an older set of indices"
