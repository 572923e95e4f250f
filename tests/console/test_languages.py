"""Every room in both languages: the same steps, and no word of the other one."""
import pytest

from congvu import an
from running import may_sign_in, run


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("flow", ["language_figures", "language_person", "language_asked", "language_brake", "language_rights"])
def test_in_either_language(small, flow, language, tmp_path):
    client, code = small.client(), f"K-RASH-{language}"
    if flow == "language_brake":
        client.put(f"/v1/staff/{code}", an(full_name="Nguyễn Văn Vội", unit="T1.01"))
    run(small, flow, tmp_path, language=language, hasty=may_sign_in(client, code, {"role": "unit_hr", "unit": "T1"}) if flow == "language_brake" else None)


@pytest.mark.parametrize("flow", ["language_figures", "language_person", "language_asked", "language_rights"])
def test_under_a_translator(small, flow, tmp_path):
    """Each text that a translator may touch is replaced by elements of its own, all the time."""
    run(small, flow, tmp_path, language="vi", translated=True)
