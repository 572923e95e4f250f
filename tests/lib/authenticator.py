"""An authenticator app, written apart from the service (RFC 6238)."""
import base64
import hashlib
import hmac
import struct

from alerts import metrics
from congvu import now, set_clock, wait_for

STEP = 30


def code_of(seed, step):
    """RFC 6238, written apart from the service."""
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


class Phone:
    """Gives a code that was not given before, waiting for the next one if it must."""

    def __init__(self, clock, seed):
        self.clock, self.seed, self.last = clock, seed, 0

    def code(self):
        self.last = max(self.last + 1, self.clock.now() // STEP)
        if self.last > self.clock.now() // STEP:
            self.clock.wait(STEP * (self.last - self.clock.now() // STEP))
        return code_of(self.seed, self.last)


class Clock:
    """Wall time of the services, moved by a file, which each reads when it next looks; those in `shown_to` are waited for."""

    def __init__(self, path):
        self.path, self.offset, self.shown_to = path, 0, []
        set_clock(path, 0)

    def now(self):
        return int(now().timestamp()) + self.offset

    def wait(self, seconds):
        self.offset += seconds
        set_clock(self.path, self.offset)
        for service in self.shown_to:
            wait_for(lambda: abs(metrics(service)["congvu_clock_seconds"][0] - self.now()) <= 2, "the service has looked at its clock")
