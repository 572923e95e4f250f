"""The number of the data's version rises when the directory's schema does."""
import hashlib
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
# version -> digest of the schema that it was released with. The version being made has no line yet: its schema may still grow.
RELEASED = {1: "236f5f7d4cca6c11ab6b6befd04672819f4da0693ce87ce35cd5845f2bca71d7"}


def digest():
    lines = (ROOT / "deploy/openldap/congvu.schema").read_text().splitlines()
    return hashlib.sha256("\n".join(" ".join(l.split()) for l in lines if l.strip() and not l.startswith("#")).encode()).hexdigest()


def test_another_schema_is_another_version():
    version = int(re.search(r"DIR_SCHEMA_VERSION = (\d+)", (ROOT / "include/congvu/server.h").read_text())[1])
    if version in RELEASED:
        assert digest() == RELEASED[version], "the schema differs from the one released under this number: raise DIR_SCHEMA_VERSION"
    else:
        assert version == max(RELEASED) + 1
