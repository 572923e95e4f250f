import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from congvu import Service, make_units  # noqa: E402
from mail import MailServers  # noqa: E402
from spec import Spec  # noqa: E402


SCOPES = ["staff:read", "staff:write", "accounts:write", "departures:write", "units:read", "units:write", "systems:write", "coverage:read"]


@pytest.fixture(scope="session")
def office():
    """One service with a small district, and its mail servers, for tests that leave each other alone."""
    if os.geteuid() != 0:
        pytest.skip("only root can start Postfix")
    service = Service(spec=Spec.load(), directory_listen="127.0.0.1:0")
    service.settings["connector_secret_dir"] = str(service.data / "credentials")
    service.start()
    servers = MailServers(service)
    try:
        make_units(service.client())
        servers.start()
        yield service, servers
        servers.stop()
        service.stop()
    finally:
        servers.clean()
        service.clean()


@pytest.fixture
def hr(office):
    """hr() -> HR's client with a line of its own: one can end five people in an hour."""
    def make():
        made = office[0].client().post("/v1/tokens", {"name": "hr", "scopes": SCOPES, "unit": None, "expires_at": None})
        assert made.status == 201, made
        return office[0].client(made.json["secret"])
    return make


@pytest.fixture
def client(hr):
    return hr()


@pytest.fixture
def admin(office):
    return office[0].client()


@pytest.fixture
def mail(office):
    return office[1]


def pytest_addoption(parser):
    parser.addoption("--more", action="store_true", help="also the long tests")


def pytest_configure(config):
    config.addinivalue_line("markers", "more: long, only with --more")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--more"):
        skip = pytest.mark.skip(reason="long: --more")
        for item in items:
            if "more" in item.keywords:
                item.add_marker(skip)
