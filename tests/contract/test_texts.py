"""What people read holds no word of programmers: the remedies, the console, and every Vietnamese text that the service answers on the console's ways."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
sys.path.insert(0, str(ROOT / "api-spec"))
from convert import load  # noqa: E402
from spec import Spec  # noqa: E402
from wording import WORDS  # noqa: E402

SERVICE = ROOT / "service"
WORDS_OF_PROGRAMMERS = re.compile(WORDS + "|_")

# Only programs send what these refuse: search and figures by parameter, the setting up of systems, rules and settings of the site.
OF_PROGRAMS = ("api/systems/", "api/figures/", "api/frame/window.c", "api/staff/list.c", "provision/systems/", "domain/connector", "domain/naming/policy.c")
SENT_BY_PROGRAMS = {"Cần dạng B:full_name,D:ignored", "Cần loại danh sách: staff, leavers, headcounts, units hoặc roster"}
TOLD = ("api", "domain", "intake", "paper", "provision", "reconcile", "report", "reporting", "connect", "base/json/get.c")

LITERAL = r'"(?:\\.|[^"\\])*"'
TEXT = re.compile(rf"{LITERAL}(?:\s*{LITERAL})*")
VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.I)


def members():
    """Names of members and parameters, as they stand in no sentence of a person."""
    found = set()

    def walk(node):
        if isinstance(node, dict):
            found.update(node["properties"] if isinstance(node.get("properties"), dict) else ())
            if "in" in node and isinstance(node.get("name"), str):
                found.add(node["name"])
            for part in node.values():
                walk(part)
        elif isinstance(node, list):
            for part in node:
                walk(part)
    walk(Spec.load().document)
    return {name for name in found if re.fullmatch(r"[a-z_]{4,}", name)} - {"json", "xlsx"}


def vietnamese(source):
    for text in TEXT.findall(source):
        whole = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', text))
        if VIETNAMESE.search(re.sub("“[^”]*”", "", whole)) and not whole.startswith("{"):
            yield whole


def test_what_a_person_is_told_has_no_word_of_programmers():
    for row in load(ROOT / "api-spec/problems.yaml"):
        for lang, text in row.get("person", row["remedy"]).items():
            assert not WORDS_OF_PROGRAMMERS.search(text), f"{row['code']} {lang}: {text}"


def test_texts_of_the_console_have_no_word_of_programmers():
    for lang in ("vi", "en"):
        source = (SERVICE / "console/src/words" / f"{lang}.ts").read_text(encoding="utf-8")
        texts = re.findall(r"\b[a-z][a-z0-9_]*: '((?:[^'\\\\]|\\\\.)*)'", source)
        assert len(texts) > 300
        for text in texts:
            assert not WORDS_OF_PROGRAMMERS.search(re.sub(r"\{\w+\}", "", text)), f"{lang}: {text}"


def test_what_the_service_answers_in_vietnamese_has_no_word_of_programmers():
    forbidden = re.compile(rf"{WORDS}|\w_\w|\b[a-z]+:(?:read|write|release)\b|\b(?:{'|'.join(sorted(members()))})\b")
    seen, wrong = 0, []
    for source in sorted(file for place in TOLD for file in ([SERVICE / place] if place.endswith(".c") else (SERVICE / place).rglob("*.c"))):
        at = str(source.relative_to(SERVICE))
        if at.startswith(OF_PROGRAMS):
            continue
        for text in vietnamese(source.read_text(encoding="utf-8")):
            seen += 1
            if forbidden.search(text) and text not in SENT_BY_PROGRAMS:
                wrong.append(f"{at}: {text}")
    assert seen > 500 and wrong == []


def test_the_reader_of_sources_sees_what_it_must():
    assert list(vietnamese('cv_fail(e, "Cần " "%s (trường login)", "It needs a login");')) == ["Cần %s (trường login)"]
    assert list(vietnamese('f("The column “Đơn vị” is missing", "noted");')) == []
