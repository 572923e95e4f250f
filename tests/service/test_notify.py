"""What systemd hears: ready when it answers, alive while its event loop does, stopping when it stops."""
import pathlib
import socket

import pytest

from congvu import wait_for


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """A listener in systemd's place; messages(): everything that came so far."""
    heard, listener = [], socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(tmp_path / "notify"))
    listener.setblocking(False)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "300000")

    def messages():
        try:
            while True:
                heard.extend(listener.recv(4096).decode().split("\n"))
        except BlockingIOError:
            return heard
    yield messages
    listener.close()


def test_ready_alive_and_stopping(start, systemd):
    service = start()
    assert service.client().get("/readyz").status == 200
    wait_for(lambda: "READY=1" in systemd(), "ready")
    wait_for(lambda: systemd().count("WATCHDOG=1") >= 3, "alive, again and again")
    assert "STOPPING=1" not in systemd()
    told = pathlib.Path(f"/proc/{service.ready['slapd_pid']}/environ").read_bytes()
    assert b"NOTIFY_SOCKET" not in told and b"WATCHDOG" not in told, "slapd 2.6 would say READY=1 before the service answers"
    service.stop()
    assert systemd().index("READY=1") < systemd().index("STOPPING=1")

