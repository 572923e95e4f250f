#!/usr/bin/env python3
"""The contract as one page to read: docs.py openapi.yaml out.html

One file, no scripts, nothing from the network. Problem titles come from problems.yaml beside the contract.
"""
import json
import re
import sys
from html import escape
from pathlib import Path

from convert import load

METHODS = ("get", "post", "put", "patch", "delete")
STYLE = """
:root { --ink: #1c2329; --soft: #5b6670; --line: #d9dee3; --paper: #fff; --shade: #f4f6f8; --link: #0b5394;
  --get: #1b6e3c; --post: #0b5394; --put: #8a5a00; --patch: #6a3d9a; --delete: #a61b1b; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe5ea; --soft: #9aa6b0; --line: #343c44; --paper: #14181c; --shade: #1d2329;
  --link: #7db7ee; --get: #6fce93; --post: #7db7ee; --put: #e0b050; --patch: #c3a0ee; --delete: #ee8a8a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 "Noto Sans", "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
a { color: var(--link); text-decoration: none; } a:hover, a:focus { text-decoration: underline; }
.page { display: grid; grid-template-columns: 19rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: .88rem; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; } nav li { padding: .12rem 0; }
nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .04em; color: var(--soft); margin: 1rem 0 .2rem; border: 0; padding: 0; }
main { padding: 1.5rem 2rem 6rem; min-width: 0; }
h1 { font-size: 1.9rem; margin: 0 0 .3rem; } h2 { margin: 3rem 0 .5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .3rem; font-size: 1.12rem; } h4 { margin: 1.2rem 0 .3rem; font-size: .95rem; }
.vi { color: var(--soft); } .vi::before { content: "\\00b7  "; }
.line { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: .92rem; background: var(--shade); padding: .45rem .7rem; border-radius: .4rem; overflow-x: auto; }
.verb { font-weight: 700; text-transform: uppercase; } .get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.patch { color: var(--patch); } .delete { color: var(--delete); }
.facts { color: var(--soft); font-size: .88rem; margin: .3rem 0; }
code { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: .88em; background: var(--shade); padding: .05em .3em; border-radius: .25em; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem; overflow-x: auto; font-size: .82rem; line-height: 1.45; }
pre code { background: none; padding: 0; font-size: 1em; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .3rem 0 .8rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: .82rem; } td:first-child { white-space: nowrap; }
.must { color: var(--delete); font-size: .8em; } details { margin: .4rem 0; } summary { cursor: pointer; color: var(--soft); }
@media (max-width: 60rem) { .page { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
@media print { nav { display: none; } .page { display: block; } details > * { display: block; } }
"""


class Page:
    def __init__(self, document, problems):
        self.document = document
        self.problems = {row["code"]: row for row in problems}
        self.out = []

    def add(self, *parts):
        self.out.extend(parts)

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            node = self.document["components"][node["$ref"].split("/")[2]][node["$ref"].split("/")[3]]
        return node

    def operations(self, tag):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item and tag in item[method]["tags"]:
                    yield path, method, item, item[method]

    # ---- whole ----

    def render(self):
        info = self.document["info"]
        self.add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
                 f"<title>{escape(info['title'])} API {escape(info['version'])}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<div class=\"page\">\n")
        self.contents()
        self.add("<main>\n", f"<h1 id=\"top\">{escape(info['title'])} API <small>{escape(info['version'])}</small></h1>\n",
                 f"<p>{escape(info['summary'])}</p>\n", prose(info["description"]))
        schemes = self.document["components"]["securitySchemes"]
        self.add("<h2 id=\"authentication\">Authentication <span class=\"vi\">Xác thực</span></h2>\n")
        for scheme in schemes.values():
            self.add(prose(scheme["description"]))
        for tag in self.document["tags"]:
            self.add(f"<h2 id=\"tag-{tag['name']}\">{escape(tag['name'].capitalize())} <span class=\"vi\">{escape(tag['x-name-vi'])}</span></h2>\n",
                     prose(tag["description"]))
            for path, method, item, operation in self.operations(tag["name"]):
                self.operation(path, method, item, operation)
        self.problem_table()
        self.schemas()
        self.add("</main>\n</div>\n</body>\n</html>\n")
        return "".join(self.out)

    def contents(self):
        self.add("<nav aria-label=\"Contents\">\n<p><a href=\"#top\"><strong>Congvu API</strong></a></p>\n<ul><li><a href=\"#authentication\">Authentication</a></li></ul>\n")
        for tag in self.document["tags"]:
            self.add(f"<h2><a href=\"#tag-{tag['name']}\">{escape(tag['name'].capitalize())}</a></h2>\n<ul>\n")
            for _, method, _, operation in self.operations(tag["name"]):
                self.add(f"<li><span class=\"verb {method}\">{method}</span> <a href=\"#{operation['operationId']}\">{escape(operation['summary'])}</a></li>\n")
            self.add("</ul>\n")
        self.add("<ul><li><a href=\"#problems\">Problems</a></li><li><a href=\"#schemas\">Schemas</a></li></ul>\n</nav>\n")

    # ---- one operation ----

    def operation(self, path, method, item, operation):
        name = operation["operationId"]
        self.add(f"<section id=\"{name}\">\n<h3>{escape(operation['summary'])} <span class=\"vi\" lang=\"vi\">{escape(operation['x-summary-vi'])}</span></h3>\n",
                 f"<p class=\"line\"><span class=\"verb {method}\">{method}</span> {escape(path)}</p>\n")
        scope = operation["x-scope"]
        facts = ["no token needed" if scope is None else "any valid token" if scope == "any" else f"scope <code>{escape(scope)}</code>", f"<code>{name}</code>"]
        if "x-listener" in operation:
            facts.append({"both": "also on the management listener", "management": "management listener only"}[operation["x-listener"]])
        self.add(f"<p class=\"facts\">{' &middot; '.join(facts)}</p>\n", prose(operation.get("description", "")))
        self.parameters([self.resolve(p) for p in item.get("parameters", []) + operation.get("parameters", [])])
        if "requestBody" in operation:
            body = operation["requestBody"]
            self.add(f"<h4>Body{'' if body.get('required') else ' (optional)'}</h4>\n", prose(body.get("description", "")))
            self.contents_of(body["content"])
        self.add("<h4>Answers</h4>\n")
        for status, response in operation["responses"].items():
            if status < "400" or not str(self.resolve(response).get("content", {})).startswith("{'application/problem"):
                self.answer(status, self.resolve(response))
        self.errors(operation)
        self.add("</section>\n")

    def parameters(self, parameters):
        common = ("Accept-Language", "X-Request-Id", "traceparent")
        rows = [p for p in parameters if p["name"] not in common]
        if not rows:
            return
        self.add("<h4>Parameters</h4>\n<div class=\"wide\"><table><thead><tr><th>name</th><th>in</th><th>type</th><th>meaning</th></tr></thead><tbody>\n")
        for p in rows:
            must = " <span class=\"must\">required</span>" if p.get("required") else ""
            self.add(f"<tr><td><code>{escape(p['name'])}</code>{must}</td><td>{p['in']}</td><td>{self.kind(p['schema'])}</td><td>{inline(p['description'])}</td></tr>\n")
        self.add("</tbody></table></div>\n")

    def contents_of(self, content):
        for media, row in content.items():
            self.add(f"<p class=\"facts\"><code>{escape(media)}</code> {self.kind(row['schema'])}</p>\n")
            shown = [("Example", row["example"])] if "example" in row else [(r["summary"], r["value"]) for r in row.get("examples", {}).values()]
            for title, value in shown:
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
                self.add(f"<details><summary>{escape(title)}</summary><pre><code>{escape(text)}</code></pre></details>\n")

    def answer(self, status, response):
        headers = ", ".join(f"<code>{escape(h)}</code>" for h in response.get("headers", {}) if h != "X-Request-Id")
        self.add(f"<p><strong>{status}</strong> {inline(response['description'])}{' Headers: ' + headers if headers else ''}</p>\n")
        self.contents_of(response.get("content", {}))

    def errors(self, operation):
        rows = []
        for status in operation["responses"]:
            codes = list(self.document["x-common-problems"].get(status, []))
            codes += [c for c in operation["x-problems"] if str(self.problems[c]["status"]) == status]
            if status >= "400" and codes:
                links = ", ".join(f"<a href=\"#problem-{c}\"><code>{c}</code></a>" for c in codes)
                rows.append(f"<tr><td>{status}</td><td>{links}</td></tr>\n")
        self.add("<details><summary>Errors</summary><div class=\"wide\"><table><tbody>\n", *rows, "</tbody></table></div></details>\n")

    # ---- tables at the end ----

    def problem_table(self):
        self.add("<h2 id=\"problems\">Problems <span class=\"vi\">Mã lỗi</span></h2>\n<div class=\"wide\"><table>\n",
                 "<thead><tr><th>code</th><th>status</th><th>English</th><th>Tiếng Việt</th></tr></thead><tbody>\n")
        for code, row in self.problems.items():
            text = {lang: f"<strong>{escape(row['title'][lang])}</strong><br>{escape(row['remedy'][lang])}" for lang in ("en", "vi")}
            self.add(f"<tr id=\"problem-{code}\"><td><code>{code}</code></td><td>{row['status']}</td><td>{text['en']}</td><td lang=\"vi\">{text['vi']}</td></tr>\n")
        self.add("</tbody></table></div>\n")

    def schemas(self):
        self.add("<h2 id=\"schemas\">Schemas <span class=\"vi\">Cấu trúc dữ liệu</span></h2>\n")
        for name, schema in self.document["components"]["schemas"].items():
            self.add(f"<section id=\"schema-{name}\">\n<h3>{name}</h3>\n", prose(schema.get("description", "")) if schema.get("type") == "object" else "")
            if schema.get("properties"):
                self.members(schema)
            else:
                self.add(f"<p>{self.kind(schema, top=True)}</p>\n")
            self.add("</section>\n")

    def members(self, schema):
        must = schema.get("required", [])
        self.add("<div class=\"wide\"><table><tbody>\n")
        for name, member in schema["properties"].items():
            meaning = member.get("description", "") if isinstance(member, dict) else ""
            flag = " <span class=\"must\">required</span>" if name in must else ""
            self.add(f"<tr><td><code>{escape(name)}</code>{flag}</td><td>{self.kind(member)}</td><td>{inline(meaning)}</td></tr>\n")
        self.add("</tbody></table></div>\n")

    def kind(self, schema, top=False):
        """A schema in a few words."""
        if not isinstance(schema, dict):
            return "anything"
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return f"<a href=\"#schema-{name}\">{name}</a>"
        for key, word in (("oneOf", " or "), ("allOf", " and ")):
            if key in schema and "properties" not in schema:
                return word.join(self.kind(part) for part in schema[key])
        if "const" in schema:
            return f"<code>{escape(json.dumps(schema['const']))}</code>"
        if "enum" in schema:
            return ", ".join(f"<code>{escape(str(v))}</code>" for v in schema["enum"]) + note(schema, top)
        kinds = schema.get("type", "object")
        text = " or ".join(kinds) if isinstance(kinds, list) else kinds
        if text == "array":
            return "list of " + self.kind(schema["items"]) + note(schema, top)
        if text == "object" and "properties" in schema and not top:
            inner = ", ".join(f"<code>{escape(n)}</code>: {self.kind(m)}" for n, m in schema["properties"].items())
            return "{ " + inner + " }"
        return escape(text) + note(schema, top)


def note(schema, top):
    words = [f"{label} {schema[key] if isinstance(schema[key], str) else json.dumps(schema[key])}" for key, label in (("minimum", "from"), ("maximum", "to"), ("minLength", "at least"), ("maxLength", "at most"),
             ("maxItems", "at most"), ("format", ""), ("default", "default")) if key in schema]
    if "pattern" in schema:
        words.append(f"<code>{escape(schema['pattern'])}</code>")
    text = ", ".join(w.strip() if w.startswith("<code>") else escape(w.strip()) for w in words)
    described = inline(schema.get("description", "")) if top else ""
    return (f" ({text})" if text else "") + (f" {described}" if described else "")


def inline(text):
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*)", " ".join(text.split()))
    return "".join(f"<code>{escape(p[1:-1])}</code>" if p.startswith("`") else f"<strong>{inline(p[2:-2])}</strong>" if p.startswith("**")
                   else escape(p) for p in parts if p)


def prose(text):
    return "".join(f"<p>{inline(block)}</p>\n" for block in re.split(r"\n\s*\n", text.strip()) if block)


def main(argv):
    if len(argv) != 3:
        raise SystemExit(__doc__)
    source = Path(argv[1])
    page = Page(load(source), load(source.with_name("problems.yaml"))).render()
    Path(argv[2]).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv)
