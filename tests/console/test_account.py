"""One's own account: password, second factor, record, the common sign-in."""
import pytest

import oidc
from browser import PASSWORD
from congvu import Service, an, make_units
from running import may_sign_in, run


@pytest.mark.parametrize("flow", ["own_account", "no_role"])
def test_account(small, flow, tmp_path):
    run(small, flow, tmp_path)


def test_a_role_that_needs_a_second_factor_is_reached_by_the_console_alone(tmp_path):
    service = Service(second_factor_roles="site_admin").start()
    try:
        client = service.client()
        make_units(client)
        client.put("/v1/staff/F-1", an(full_name="Lê Văn Quản Trị"))
        service.who = {"admin": may_sign_in(client, "F-1", {"role": "site_admin"}), "password": PASSWORD}
        run(service, "second_factor", tmp_path)
        service.stop()
    finally:
        service.clean()


def test_the_common_sign_in_is_offered_where_there_is_one(tmp_path):
    provider = oidc.Provider()
    credential = tmp_path / "credential"
    credential.touch(0o600)
    credential.write_text(f"Host: 127.0.0.1:{provider.port}\nBasic congvu:{oidc.SECRET}\n")
    service = Service(oidc_issuer=provider.issuer, oidc_client_id="congvu", oidc_credential_file=credential, oidc_redirect_uri=oidc.REDIRECT_URI, oidc_allow="loopback").start()
    try:
        service.who = {"provider": provider.issuer}
        run(service, "common_sign_in", tmp_path)
        service.stop()
    finally:
        provider.stop()
        service.clean()


def test_an_empty_office_makes_its_first_two_administrators(tmp_path):
    service = Service().start()
    try:
        scopes = ["staff:read", "staff:write", "accounts:write", "departures:write", "brake:release", "units:read", "units:write", "systems:write", "coverage:read", "tokens:write", "usage:write", "reports:write", "audit:read"]
        first = service.client().post("/v1/tokens", {"name": "first start", "scopes": scopes})
        assert first.status == 201, first
        service.who = {"first": first.json["secret"], "password": PASSWORD}
        run(service, "first_start", tmp_path)
        service.stop()
    finally:
        service.clean()
