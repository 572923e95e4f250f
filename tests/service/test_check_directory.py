"""congvud check-directory finds by behaviour what is not as the paper says at a site's own slapd; nothing is left behind."""
import os
import subprocess

import pytest

from congvu import BIN, an, make_units
from site_directory import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site")).start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def config(site, tmp_path_factory):
    data = tmp_path_factory.mktemp("check") / "data"
    data.mkdir(mode=0o700)
    return site.settings(data)


def check(config):
    env = {k: v for k, v in os.environ.items() if not k.startswith("CONGVU_")}
    done = subprocess.run([BIN, "check-directory", "--config", str(config), "--allow-root"], capture_output=True, text=True, timeout=60, env=env)
    return done.returncode, done.stderr


def with_lines(site, change):
    """The server with another configuration, started again."""
    site.stop()
    site.conf.write_text(change(site.alone))
    site.start(site.port)


def test_the_example_is_fine_before_the_first_start_and_after(site, config, start, spec):
    assert check(config) == (0, "")
    before = site.dump()
    service = start(config.parent, config=config)
    make_units(service.client())
    assert service.client().put("/v1/staff/CH-1", an()).status == 201
    assert check(config) == (0, ""), "beside the running service"
    assert "cn=check-" not in before + site.dump(), "nothing is left behind"


@pytest.mark.parametrize("attribute", ["cvName", "cvCode", "cvSlugClaim", "cvIdempotencyKey"])
def test_what_is_not_unique_there_is_named(site, config, attribute):
    with_lines(site, lambda text: "".join(l for l in text.splitlines(True) if f"?{attribute}?" not in l))
    code, said = check(config)
    with_lines(site, lambda text: text)
    assert code == 2 and said.startswith(f"congvud: {attribute}: the server took one value twice"), said
    assert "cn=check-" not in site.dump()


def test_an_index_that_was_added_without_slapindex_is_named(site, config):
    site.stop()
    dump = site.dump()
    bare = "".join(l for l in site.alone.splitlines(True) if not l.startswith("index uid,mail"))
    assert bare != site.alone
    site.conf.write_text(bare)
    site.load(dump)
    site.conf.write_text(site.alone)
    site.start(site.port)
    code, said = check(config)
    assert code == 2 and "congvud: mail: somebody who is there is not found by it; stop slapd and run slapindex" in said, said


@pytest.mark.parametrize("suffix", ["ou=usage", "ou=leases", "ou=work"])
def test_a_database_that_is_missing_is_named(site, config, suffix, start):
    start(config.parent, config=config).stop()

    def without(text):
        before, rest = text.split(f'database mdb\nsuffix "{suffix}"')
        return before + "database" + rest.split("\ndatabase", 1)[1]
    with_lines(site, without)
    code, said = check(config)
    with_lines(site, lambda text: text)
    assert code == 2 and f"congvud: {suffix}: this database is missing" in said, said


def test_a_server_that_does_not_show_how_full_it_is(site, config):
    with_lines(site, lambda text: text[:text.index("database monitor")])
    assert "cn=monitor" in check(config)[1]
    with_lines(site, lambda text: text)
