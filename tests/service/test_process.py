"""The process and the machine: signals that mean nothing here, and the limit of open files."""
import contextlib
import json
import re
import resource
import signal
import socket
import subprocess

from congvu import Client, Service, wait_for


def lines_of(service, event):
    return [line for line in map(json.loads, service.log.read_text().splitlines()) if line.get("event") == event]


def limited(soft, hard, which=resource.RLIMIT_NOFILE):
    """For the processes that are started meanwhile."""
    most = resource.getrlimit(which)[1]
    bound = [n if most == resource.RLIM_INFINITY else min(n, most) for n in (soft, hard)]
    original = subprocess.Popen

    class Limited(original):
        def __init__(self, *arguments, **more):
            super().__init__(*arguments, preexec_fn=lambda: resource.setrlimit(which, bound), **more)

    @contextlib.contextmanager
    def patched():
        subprocess.Popen = Limited
        try:
            yield
        finally:
            subprocess.Popen = original
    return patched()


def test_more_connections_than_files_do_not_reach_the_health_port():
    service = Service(connections=4096)
    with limited(256, 500):
        service.start()
    try:
        said = lines_of(service, "files")
        assert "500 open files allowed (256 at start)" in said[0]["message"] and said[0]["level"] == "info"
        assert said[1]["level"] == "warn" and "connections = 4096" in said[1]["message"]
        held = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(600)]
        try:
            assert Client(service.ready["management_port"]).get("/livez").status == 200
        finally:
            for s in held:
                s.close()
        assert wait_for(lambda: service.client().get("/v1/me").status == 200, "it goes on")
        with open(f"/proc/{service.slapd_pid()}/limits") as limits:
            assert re.search(r"Max open files +(\d+)", limits.read()).group(1) == "500"
        service.stop()
    finally:
        service.clean()


def test_the_limit_is_raised_and_slapd_gets_no_more_than_it_can_use():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    service = Service()
    with limited(1024, hard):
        service.start()
    try:
        assert f"{hard} open files allowed (1024 at start)" in lines_of(service, "files")[0]["message"]
        with open(f"/proc/{service.slapd_pid()}/limits") as limits:
            assert int(re.search(r"Max open files +(\d+)", limits.read()).group(1)) == min(hard, 4096)
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM):
            service.process.send_signal(number)
            wait_for(lambda: any(line["message"].startswith(f"{int(number)} ") for line in lines_of(service, "signal")), "it says so")
        assert service.client().get("/v1/me").status == 200
        service.stop()
    finally:
        service.clean()


def test_neither_the_service_nor_its_slapd_leaves_a_core_with_keys_in_it():
    service = Service()
    with limited(1 << 30, 1 << 30, resource.RLIMIT_CORE):
        service.start()
    try:
        for pid in (service.process.pid, service.slapd_pid()):
            with open(f"/proc/{pid}/limits") as limits:
                assert re.search(r"Max core file size +(\d+) +(\d+)", limits.read()).groups() == ("0", "0")
        service.stop()
    finally:
        service.clean()
