"""What people complained about elsewhere, each held against the console; the long forms with --more."""
import os

import pytest

from congvu import wait_for
from running import run

MORE = os.environ.get("CONGVU_MORE", "")  # not a setting of the service


@pytest.mark.parametrize("flow", ["translated", "narrowed", "late_answers", "lost_room", "outside", "hostile_everywhere"])
def test_careful(office, flow, tmp_path):
    run(office, flow, tmp_path, elsewhere="H43.99.02")


def test_one_number_everywhere(office, tmp_path):
    run(office, "one_number_everywhere", tmp_path, limit=900, rounds=200 if MORE else 12)


def test_one_number_everywhere_while_the_directory_is_silent(office, tmp_path):
    run(office, "one_number_everywhere", tmp_path, limit=280, rounds=30 if MORE else 12, slapd=office.slapd_pid())
    wait_for(lambda: "Congvu-View-Age" not in office.client().get("/v1/coverage").headers, "it is heard again")


@pytest.mark.skipif(not MORE, reason="long")
def test_a_list_goes_on_without_its_tab(small, tmp_path):
    run(small, "list_closed", tmp_path, limit=900)


@pytest.mark.skipif(not MORE, reason="long")
def test_half_an_hour_of_work_leaves_nothing_behind(office, tmp_path):
    run(office, "long_day", tmp_path, limit=3000, minutes=float(os.environ.get("CONGVU_MINUTES", "30")))
