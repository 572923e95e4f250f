"""Circles, seen in what was built: which object file takes names from which. Needs CONGVU_BUILD, a finished build folder."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("CONGVU_BUILD")


def objects():
    """(name like "view/store/tree", object file) of every source of service/ that is in the build now."""
    service = pathlib.Path(BUILD) / "service"
    for source in sorted((ROOT / "service").rglob("*.c")):
        name = source.relative_to(ROOT / "service")
        for layer in name.parents:
            found = sorted((service / layer).glob(f"CMakeFiles/*.dir/{name.relative_to(layer)}.o"))
            if found:
                yield str(name.with_suffix("")), found[0]
                break


def uses():
    """name -> names it takes something from."""
    defined, wanted, of = {}, {}, {str(path): name for name, path in objects()}
    for line in subprocess.run(["nm", "-A", *of], capture_output=True, text=True, check=True).stdout.splitlines():
        path, _, rest = line.partition(".o:")
        *_, kind, symbol = rest.split()
        if kind in "TDBRV":
            defined[symbol] = of[path + ".o"]
        elif kind == "U":
            wanted.setdefault(of[path + ".o"], set()).add(symbol)
    return {name: {defined[s] for s in symbols if s in defined} - {name} for name, symbols in wanted.items()}


def circles(graph):
    """Groups of two and more that reach each other."""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for other in graph.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen
    reached = {name: reach(name) for name in graph}
    groups = []
    for name in sorted(graph):
        group = {other for other in reached[name] if name in reached.get(other, ())} | {name}
        if len(group) > 1 and group not in groups:
            groups.append(group)
    return groups


def folders(graph):
    def of(name):
        layer = name.split("/")[0]
        return layer if layer in ("base", "domain") else name.rpartition("/")[0]  # these two are one room each, with shelves
    out = {}
    for name, others in graph.items():
        out.setdefault(of(name), set()).update({of(other) for other in others} - {of(name)})
    return out


@pytest.fixture(scope="module")
def graph():
    if not BUILD:
        pytest.skip("CONGVU_BUILD is not set")
    graph = uses()
    assert len(graph) > 150
    return graph


def test_no_circle_between_files(graph):
    assert [sorted(c) for c in circles(graph)] == []


def test_no_circle_between_folders(graph):
    assert [sorted(c) for c in circles(folders(graph))] == []


def test_the_check_sees_a_circle():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles(folders({"x/a": {"y/b"}, "y/c": {"x/d"}})) == [{"x", "y"}]
