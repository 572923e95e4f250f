"""deploy/alerts/congvu.yml against a running service's /metrics: which alerts would fire, `for` and patience apart."""
import operator
import re
import urllib.request

import yaml

from congvu import ROOT

OPERATORS = {"==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge}


def rules():
    group, = yaml.safe_load((ROOT / "deploy/alerts/congvu.yml").read_text())["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def metrics(service):
    """name -> values of all its lines."""
    page = urllib.request.urlopen(f"http://127.0.0.1:{service.ready['management_port']}/metrics", timeout=60).read().decode()
    found = {}
    for name, value in re.findall(r"^(\w+)(?:\{[^}]*\})? (\S+)$", page, re.M):
        found.setdefault(name, []).append(float(value))
    return found


def fires(expression, now, before):
    grown = re.fullmatch(r"increase\((\w+)\[1h\]\) > (\d+)", expression)
    if grown:
        return now[grown[1]][0] - before.get(grown[1], [0])[0] > float(grown[2])
    name, sign, number = re.fullmatch(r"(\w+) (==|!=|>=|>) ([0-9.]+)", expression).groups()
    return any(OPERATORS[sign](value, float(number)) for value in now.get(name, []))


def firing(service, before=None):
    now = metrics(service)
    return {alert for alert, rule in rules().items() if fires(rule["expr"], now, before or {})}
