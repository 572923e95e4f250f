#!/usr/bin/env python3
"""One person read from the directory through REST over 8 keep-alive connections, against indexed searches for the same people by 8 plain LDAP sessions on the same slapd; rounds
alternating, medians and their ratio.   person.py [PEOPLE]"""
import itertools
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, an, make_units, wait_for  # noqa: E402
from loading import slapadd  # noqa: E402
from onboarding import BENCH, run  # noqa: E402
from reading import MODEL_LOGIN, clones  # noqa: E402

READS = int(os.environ.get("BENCH_READS", "20000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CONNECTIONS = 8


def request(service, token, code):
    head = f"GET /v1/staff/{code} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    return b"%d\n" % len(head) + head


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    service = Service(directory_nosync="true", log_level="warn", directory_max_mib=8192).start()
    try:
        client = service.client()
        make_units(client)
        assert client.put("/v1/staff/MODEL", an(full_name="Một Mẫu Người", unit="T1.02", login=MODEL_LOGIN)).status == 201
        copies = clones(service, people)
        first = next(copies)  # reads the model while the service runs
        service.stop()
        slapadd(service, "dc=congvu", itertools.chain([first], copies))
        service.start()
        wait_for(lambda: service.client().get(f"/v1/staff?staff_code=C{people - 1}").json["items"], "the view is ready", 300)
        draw, token = random.Random(3), service.admin_token()
        codes = [f"C{draw.randrange(people)}" for _ in range(READS)]
        rates = {"rest": [], "raw": []}
        with tempfile.NamedTemporaryFile() as requests, tempfile.NamedTemporaryFile("w") as filters:
            requests.write(b"".join(request(service, token, code) for code in codes))
            requests.flush()
            filters.writelines(f"(cvCode=staff/{code.lower()})\n" for code in codes)
            filters.flush()
            for _ in range(ROUNDS):
                rates["raw"].append(run(BENCH / "raw_read", service.ldapi, "ou=people,dc=congvu", filters.name, CONNECTIONS)["per_second"])
                rates["rest"].append(run(BENCH / "http_load", service.port, requests.name, CONNECTIONS)["per_second"])
        medians = {side: statistics.median(seen) for side, seen in rates.items()}
        print(json.dumps({"bench": "person", "people": people, "connections": CONNECTIONS, **rates, "ratio": round(medians["rest"] / medians["raw"], 2), "bar": 0.85}), flush=True)
        service.stop()
    finally:
        service.clean()


if __name__ == "__main__":
    main()
