#!/usr/bin/env python3
"""The task cards (cards.vi.md): the sample district with what they ask for waiting, for somebody who has never seen the console; Enter judges what became of it.   cards.py [FOLDER]"""
import datetime
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

from browser import PASSWORD, Person  # noqa: E402
from congvu import SITE, Service, day, site_today  # noqa: E402
from running import SAMPLE, may_sign_in  # noqa: E402
from spec import Spec  # noqa: E402

CLERK, COLLEAGUE, COMMUNE, ADMIN = "NS-0067", "NS-0064", "NS-0185", "NS-0062"
MOVES, RETIRES, ALIAS, COMES, LEFT, FORGOT, WRONG, LOCKED = "NS-0083", "NS-0489", "NS-0131", "NS-0246", ("NS-0226", "NS-0229"), "NS-0132", "NS-0134", "NS-0135"
LIST = """STT;Họ và tên;Năm sinh;Đơn vị;Chức vụ;Đối tượng
1;Trần Thị Mận;1988;Phòng Nội vụ;Chuyên viên;Công chức
2;Lê Văn Ổi;1991;Phòng Tư pháp;Chuyên viên;Công chức
3;Hoàng Thị Me;19990;Phòng Tư pháp;Chuyên viên;Công chức
4;Phạm Văn Xoài;1985;Phòng Y tế;Chuyên viên;Công chức
5;Đỗ Thị Cam;1993;Phòng Ytê;Chuyên viên;Công chức
6;Vũ Văn Chanh;1990;Phòng Dân tộc;Chuyên viên;Công chức
7;Lê Thị Bưởi 2;1987;Phòng Dân tộc;Chuyên viên;Công chức
8;Ngô Thị Quýt;1995;Thanh tra huyện;Thanh tra viên;Công chức
"""


def people_day(iso):
    return "/".join(reversed(iso.split("-")))


def sample(service):
    for name, scopes in (("load.py", ["units:read", "units:write", "staff:read", "staff:write", "accounts:write", "departures:write"]), ("usage.py", ["usage:write"])):
        token = service.data / f"{name}.token"
        token.write_text(service.client().post("/v1/tokens", {"name": name, "scopes": scopes}).json["secret"])
        subprocess.run([sys.executable, SAMPLE / name, "--url", f"http://127.0.0.1:{service.port}", "--token-file", token], check=True, stdout=subprocess.DEVNULL)


def sure(answer, *statuses):
    assert answer[0] in (statuses or (200, 201, 202, 207)), answer
    return answer[1]


def lay_out(service, folder):
    """What the cards speak of; by a colleague at the console where a card asks who did it."""
    client = service.client(language="vi")
    who = {"nhân sự huyện": may_sign_in(client, CLERK, {"role": "unit_hr", "unit": "H43.99"}), "nhân sự xã Lâm Sơn": may_sign_in(client, COMMUNE, {"role": "unit_hr", "unit": "H43.99.22"}),
           "quản trị": may_sign_in(client, ADMIN, {"role": "site_admin"})}
    colleague = Person(service, Spec.load())
    sure(colleague.sign_in(may_sign_in(client, COLLEAGUE, {"role": "unit_hr", "unit": "H43.99"})))
    alias = client.get(f"/v1/staff/{ALIAS}").json["address"]
    sure(colleague.call("PATCH", f"/v1/staff/{ALIAS}", {"login": "nghianq.kinhte"}))
    for code in LEFT:
        sure(colleague.call("PUT", f"/v1/staff/{code}/departure", {"reason": "nghi_huu", "effective_on": day(-3), "decision": {"number": "198/QĐ-UBND", "signed_on": day(-10)}}))
    sure(colleague.call("PUT", f"/v1/staff/{WRONG}/departure", {"reason": "thoi_viec", "effective_on": day(20)}))
    sure(colleague.call("PUT", f"/v1/staff/{LOCKED}/accounts/mailbox", {"state": "locked", "reason": "violation"}))
    batch = client.get("/v1/staff", unit="H43.99.42.12", page_size=100, status="active").json["items"] + client.get("/v1/staff", unit="H43.99.42.13", page_size=100, status="active").json["items"]
    done = sure(colleague.call("POST", "/v1/departures/batches", {"departures": [{"staff": p["id"], "reason": "thoi_viec"} for p in batch[:60]]}))
    held = [batch[r["index"]] for r in done["results"] if r["outcome"] == "held"]
    (folder / "tiep-nhan.csv").write_text("\ufeff" + LIST, encoding="utf-8")
    subprocess.run(["soffice", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--infilter=CSV:59,34,76,1", "--outdir", folder, folder / "tiep-nhan.csv"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    words = {"transfer_day": people_day(day(15)), "alias": alias, "asked": client.get("/v1/staff/NS-0536").json["address"], "list": folder / "tiep-nhan.xlsx", "wrong_day": people_day(day(20)),
             "released": "; ".join(f"{p['full_name']} ({p['staff_code']})" for p in (held[2], held[5]))}
    return who, words, held


def account(person, system="mailbox"):
    return next(a for a in person["accounts"] if a["system"] == system)


def judge(client, words, held):
    """One line a card; what people wrote themselves (5, 8, 12) is read by a person."""
    def of(code):
        return client.get(f"/v1/staff/{code}").json
    names = [line.split(";")[1] for line in LIST.splitlines()[1:]]
    names[6] = "Lê Thị Bưởi"
    came = [[p for p in client.get("/v1/staff", q=n).json["items"] if p["full_name"] == n and p["staff_code"] is None] for n in names]
    moved, gone, comes, wrong, locked = of(MOVES), of(RETIRES), client.get("/v1/requests").json["items"], of(WRONG), of(LOCKED)
    released = [p for p in held if of(p["id"])["departure"]["state"] != "held"]
    return {
        1: [(p["unit"]["name"], p["title"], p["from"], (p["decision"] or {}).get("number")) for p in moved["posts"]],
        2: gone["departure"] and [gone["departure"][k] for k in ("reason", "effective_on", "state")],
        3: [a["address"] for a in of(ALIAS)["aliases"]],
        4: [(r["kind"], r["state"], r["person"], r["unit"]["name"], r["title"], r["decision"]) for r in comes],
        6: [[(p["full_name"], p["unit"]["name"], of(p["id"])["birth_year"]) for p in found] for found in came],
        7: [f"{p['full_name']} ({p['staff_code']})" for p in released], "7 asked": words["released"],
        9: [(r["kind"], r.get("period"), r["unit"]) for r in client.get("/v1/reports").json["items"]],
        11: wrong["departure"] and wrong["departure"]["state"],
        12: account(locked)["desired"],
    }


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/cards").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    service = Service(public_url="https://congvu.example.vn").start()
    try:
        sample(service)
        who, words, held = lay_out(service, folder)
        cards = (HERE / "cards.vi.md").read_text().split("\n\n", 2)[2].format(**words)
        signs = "\n".join(f"- {name}: {login} / {PASSWORD}" for name, login in who.items())
        (folder / "cards.md").write_text(f"http://127.0.0.1:{service.port}/console\n\n{signs}\n\n{cards}")
        began = datetime.datetime.now(SITE).isoformat(timespec="seconds")
        print(f"{folder}/cards.md", flush=True)
        input()
        client = service.client(language="vi")
        print(json.dumps(judge(client, words, held), ensure_ascii=False, indent=1))
        written = [e for e in client.get("/v1/audit-events", **{"from": site_today().isoformat(), "page_size": 500}).json["items"] if e["kind"] == "intent" and e["at"] >= began]
        print(*(json.dumps({k: e.get(k) for k in ("at", "action", "target_name", "actor_name", "outcome")}, ensure_ascii=False) for e in written), sep="\n")
        service.stop()
    finally:
        service.clean()


if __name__ == "__main__":
    main()
