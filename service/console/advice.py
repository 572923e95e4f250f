"""advice.py PROBLEMS.yaml OUT.ts: what a person is told to do about a problem; where nothing else is said, the remedy serves both."""
import json
import sys

import yaml


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        advice = {row["code"]: row.get("person", row["remedy"]) for row in yaml.safe_load(source)}
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write("export const advice: Record<string, { vi: string; en: string }> = " + json.dumps(advice, ensure_ascii=False, indent=1) + "\n")


main()
