#!/usr/bin/env python3
"""YAML to JSON: convert.py openapi.yaml openapi.json

Keys stay in the order of the file. Dates stay text: YAML would turn an unquoted 2026-11-15 into a date object.
"""
import json
import re
import sys

import yaml


class TextDates(yaml.SafeLoader):
    """SafeLoader that leaves dates alone and keeps `on`, `yes` ... as words: only true and false are booleans."""


def _resolvers():
    kept = {}
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items():
        rules = [(tag, rx) for tag, rx in rules if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
        kept[first] = rules
    return kept


TextDates.yaml_implicit_resolvers = _resolvers()
TextDates.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load(path):
    with open(path, encoding="utf-8") as source:
        return yaml.load(source, Loader=TextDates)


def main(argv):
    if len(argv) != 3:
        raise SystemExit(__doc__)
    with open(argv[2], "w", encoding="utf-8") as out:
        json.dump(load(argv[1]), out, ensure_ascii=False, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv)
