import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from congvu import Service, district, fix_day  # noqa: E402
from spec import Spec  # noqa: E402

fix_day()  # before the modules ask for it
MORE = os.environ.get("CONGVU_MORE", "")  # not a setting of the service


def pytest_configure(config):
    config.addinivalue_line("filterwarnings", "error::pytest.PytestUnhandledThreadExceptionWarning")  # a failure in a thread is one of the test


@pytest.fixture(scope="session")
def spec():
    return Spec.load()


@pytest.fixture
def start(spec):
    """start(**settings) -> a running service; all are stopped (exit 0) and removed at the end."""
    services = []

    def starter(data=None, **settings):
        service = Service(data, spec=spec, **settings)
        services.append(service)
        return service.start()

    yield starter
    try:
        for service in reversed(services):
            service.stop()
    finally:
        for service in services:
            service.clean()


@pytest.fixture(scope="module")
def shared(spec):
    """One service with a small district for the tests of a module that leave each other alone."""
    with district(spec=spec) as service:
        yield service


@pytest.fixture
def client(shared):
    return shared.client()


@pytest.fixture
def more():
    """True for the long forms of a test: tests/run.sh --more."""
    return bool(MORE)
