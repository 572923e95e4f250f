"""TD.Office reached by SCIM: fixtures and questions that the tests of its connector share."""
import pathlib
import tempfile
import urllib.parse

import pytest
import scim
from congvu import an, make_units, wait_for

GIVEN = ["An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Nga", "Oanh", "Phúc", "Quân", "Sơn", "Tâm", "Uyên", "Vinh", "Xuân", "Yến"]
SYSTEM = "/v1/systems/td-office"


SECOND = pytest.param(scim.BetterAuth, id="second")
EITHER = pytest.mark.parametrize("far", [pytest.param(scim.Scimmy, id="first"), SECOND, pytest.param(scim.Vendors, id="third")], indirect=True)


@pytest.fixture
def far(request):
    server = getattr(request, "param", scim.Scimmy)()
    yield server
    server.stop()


@pytest.fixture
def between(far):
    filters = []

    def make(**switches):
        filters.append(scim.Filter(far, **switches))
        return filters[-1]

    yield make
    for one in filters:
        one.stop()


@pytest.fixture
def secrets():
    with tempfile.TemporaryDirectory(prefix="cv-secrets-", dir="/tmp") as folder:
        path = pathlib.Path(folder) / "td-office.token"
        path.touch(0o600)
        yield folder


def meant_for(path, url, token=scim.TOKEN):
    """The file with a secret, as an operator writes it: where it may be sent to, and what."""
    path.write_text(f"Host: {urllib.parse.urlsplit(url).netloc}\nBearer {token}\n")


@pytest.fixture
def office(start, secrets):
    """office(url) -> (service, client): TD.Office reached at the URL, with a district."""

    def make(url, connector=None, **settings):
        service = start(connector_secret_dir=secrets, connect_period_ms=50, **settings)
        client = service.client()
        make_units(client)
        client.secret = pathlib.Path(secrets) / "td-office.token"
        connect(client, url, **(connector or {}))
        return service, client

    return make


def connect(client, url, **more):
    meant_for(client.secret, url)
    body = {"kind": "connector", "connector": {"url": url, "credential_file": "td-office.token", "allow": ["loopback"], **more}}
    answer = client.patch(SYSTEM, body)
    assert answer.status == 200, answer
    return answer


def person(client, n, **more):
    k = len(GIVEN)
    name = f"Nguyễn Thị {GIVEN[n // k // k % k] + ' ' if n >= k * k else ''}{GIVEN[n % k]} {GIVEN[n // k % k]}"
    answer = client.put(f"/v1/staff/P-{n}", an(full_name=name, **more))
    assert answer.status in (200, 201), answer
    return answer.json


def account(client, n):
    answer = client.get(f"/v1/staff/P-{n}/accounts/td-office")
    assert answer.status == 200, answer
    return answer.json


def settled(client, total=None):
    """Everybody is as wanted, and the system lacks nothing."""
    if client.get("/v1/accounts", system="td-office", drift=True).json["items"]:
        return False
    health = client.get(SYSTEM).json["health"]
    if not health or health["queue"]:
        return False
    return total is None or client.get("/v1/accounts", system="td-office", include_total=True, page_size=1).json["total"] == total


def when_settled(client, total=None, deadline=60):
    try:
        wait_for(lambda: settled(client, total), "everything converged", deadline)
    except AssertionError:
        print([r["observed"] for r in client.get("/v1/accounts", system="td-office", drift=True).json["items"]][:9])
        raise


def far_title(middle):
    return next(iter(middle.behind.users().values())).get("title")
