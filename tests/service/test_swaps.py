"""Two people's codes are exchanged by three writes; killed between any two of them, the next process ends it."""

import pytest

from congvu import an, copied, make_units, wait_for
from relay import DELETE, MODIFY, killed_before


def two_people(service):
    client = service.client()
    make_units(client)
    pair = [client.put(f"/v1/staff/DOI-{n}", an(full_name=name)).json for n, name in ((1, "Lò Văn Một"), (2, "Vàng Thị Hai"))]
    return client, *pair, [p["id"].encode() for p in pair]


@pytest.mark.parametrize("nth", (1, 2, 3, 4))
def test_what_a_kill_cut_short_is_ended_by_the_next_process(start, nth):
    first = start(tick_ms=600000)
    client, one, other, ids = two_people(first)

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


@pytest.fixture
def half(start):
    """The first one has lost his code, the other one has not got it, and nobody is at work."""
    first = start(tick_ms=600000)
    client, one, other, ids = two_people(first)
    killed_before(first, start, lambda c: c.post(f"/v1/staff/{one['id']}/corrections", {"kind": "swapped_codes", "reason": "nhập chéo", "with": other["id"]}), 2,
                  lambda operation, message: operation == MODIFY and b"cvStaffCode" in message and any(i in message for i in ids),
                  lambda c: wait_for(lambda: c.get(f"/v1/staff/{one['id']}").status == 200, "the second one knows him"))

    def code(p):
        return client.get(f"/v1/staff/{p['id']}").json["staff_code"]
    wait_for(lambda: (code(one), code(other)) == (None, "DOI-2"), "half done")
    return first, client, one, other, code


def on_its_way(service):
    return len(service.ldapsearch("-b", "ou=swaps,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)"))


def sweep(start, first, done):
    service = start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    wait_for(lambda: '"event":"cut_short"' in service.log.read_text(), "it was tried")
    wait_for(done, "settled")
    service.stop()


def test_what_cannot_be_ended_is_undone(start, half):
    first, client, one, other, code = half
    assert client.patch(f"/v1/staff/{other['id']}", {"staff_code": "DOI-9"}).status == 200
    sweep(start, first, lambda: not on_its_way(first))
    wait_for(lambda: (code(one), code(other)) == ("DOI-1", "DOI-9"), "he has his own code again")


def test_a_code_that_somebody_took_meanwhile_is_waited_for(start, half):
    first, client, one, other, code = half
    third = client.put("/v1/staff/DOI-1", an(full_name="Giàng A Ba")).json
    sweep(start, first, lambda: on_its_way(first) == 1)
    assert (code(one), code(other), code(third)) == (None, "DOI-2", "DOI-1")
    assert client.post(f"/v1/staff/{third['id']}/corrections", {"kind": "made_by_mistake", "reason": "nhập hai lần"}).status == 200
    sweep(start, first, lambda: not on_its_way(first))
    wait_for(lambda: (code(one), code(other)) == ("DOI-2", "DOI-1"), "and ended then")


def test_what_stays_hides_nothing_behind_it(start, half):
    """A hundred that cannot be ended, and the one that can is the last of them."""
    first, client, one, other, code = half
    entry, = first.ldapsearch("-b", "ou=swaps,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)", "*")
    first.ldapadd("".join(copied(entry, f"a{n:03}", cvDocument=["{}"]) for n in range(100)))
    assert entry["cvDocumentName"][0] > "a099"
    sweep(start, first, lambda: (code(one), code(other)) == ("DOI-2", "DOI-1"))
    assert on_its_way(first) == 100, "what nobody can read stays to be looked at"
