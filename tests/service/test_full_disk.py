"""A disk that is really full: said in the right words, nothing lost, and all goes on when there is room again."""
import os
import subprocess

import pytest

from congvu import an, make_units, nth, wait_for


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=0700", "tmpfs", folder], capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def take_all(path):
    """What is left of the disk, to the last byte."""
    with open(path, "wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))


def test_a_full_disk_is_told_refuses_writes_and_loses_nothing(small_disk, start):
    service = start(small_disk, fill_check_ms=200, directory_nosync="false")
    client = service.client()
    make_units(client)
    made = {f"D-{n}": client.put(f"/v1/staff/D-{n}", an(full_name=nth("Người Đĩa", n))) for n in range(12)}
    assert {a.status for a in made.values()} == {201}
    assert (small_disk / "slapd/db/data.mdb").stat().st_size < 4 << 20, "no room is written ahead where there is little"
    take_all(small_disk / "ballast")
    wait_for(lambda: client.get("/readyz").json["checks"]["storage"] == {"status": "degraded", "detail": "disk 100 % full"}, "it is told")
    for refused in (client.put("/v1/staff/D-X", an(full_name="Người Không Chỗ")), client.patch("/v1/staff/D-1", {"title": "Phó phòng"})):
        assert (refused.status, refused.code) == (507, "directory_full"), refused
    assert client.get("/v1/staff/D-1").json["title"] == "Chuyên viên" and client.get("/v1/staff", q="dia").status == 200, "reads go on"
    (small_disk / "ballast").unlink()
    wait_for(lambda: client.put("/v1/staff/D-X", an(full_name="Người Có Chỗ")).status in (200, 201), "writes go on")
    service.stop()
    again = start(small_disk).client()
    assert {code: again.get(f"/v1/staff/{code}").json["address"] for code in made} == {code: a.json["address"] for code, a in made.items()}


def test_who_meets_the_full_disk_first_hears_of_it(small_disk, start):
    """Between two looks of the clockwork slapd says no more than that a commit failed."""
    service = start(small_disk, fill_check_ms=3600000, directory_nosync="false")
    client = service.client()
    make_units(client)
    take_all(small_disk / "ballast")
    answers = []
    while not answers or answers[-1].status == 201:
        answers.append(client.put(f"/v1/staff/M-{len(answers)}", an(full_name=nth("Người Đầu Tiên", len(answers)))))
        assert len(answers) < 500
    assert (answers[-1].status, answers[-1].code) == (507, "directory_full"), answers[-1]
    assert client.get("/readyz").json["checks"]["storage"]["status"] == "degraded"
    (small_disk / "ballast").unlink()
    for n, made in enumerate(answers[:-1]):
        assert client.get(f"/v1/staff/M-{n}").json["id"] == made.json["id"]
