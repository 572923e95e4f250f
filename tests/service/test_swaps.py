"""Two people's codes are exchanged by three writes; killed between any two of them, the next process ends it."""
import pytest

from congvu import an, make_units, wait_for
from relay import DELETE, MODIFY, killed_before


@pytest.mark.parametrize("nth", (1, 2, 3, 4))
def test_what_a_kill_cut_short_is_ended_by_the_next_process(start, nth):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    one = client.put("/v1/staff/DOI-1", an(full_name="Lò Văn Một")).json
    other = client.put("/v1/staff/DOI-2", an(full_name="Vàng Thị Hai")).json
    ids = [p["id"].encode() for p in (one, other)]

    def counts(operation, message):
        return any(i in message for i in ids) and (operation == DELETE or (operation == MODIFY and b"cvStaffCode" in message))
    killed_before(first, start, lambda c: c.post(f"/v1/staff/{one['id']}/corrections", {"kind": "swapped_codes", "reason": "nhập chéo", "with": other["id"]}), nth, counts,
                  lambda c: wait_for(lambda: c.get(f"/v1/staff/{one['id']}").status == 200, "the second one knows him"))

    def codes():
        return [client.get(f"/v1/staff/{p['id']}").json["staff_code"] for p in (one, other)]
    assert codes() == {1: ["DOI-1", "DOI-2"], 2: [None, "DOI-2"], 3: [None, "DOI-1"], 4: ["DOI-2", "DOI-1"]}[nth]
    start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    wait_for(lambda: not first.ldapsearch("-b", "ou=swaps,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)"), "nothing is on its way any more")
    wait_for(lambda: codes() == ["DOI-2", "DOI-1"], "both have the other's code")
    assert [client.get(f"/v1/staff/{p['id']}").json["former_codes"] for p in (one, other)] == [[], []]
