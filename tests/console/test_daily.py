"""What a clerk, a head, an inspector and an administrator do in a week; on a small district, without figures."""
import pytest

from running import run


@pytest.mark.parametrize("flow", ["slips", "requests", "audit", "access", "reports", "hand_overs", "list_pages", "roster"])
def test_daily(small, flow, tmp_path):
    run(small, flow, tmp_path)
