"""pack.py OUT [BUNDLE]: what the program carries of the console, into OUT/console.S and OUT/console_files.inc; nothing without a BUNDLE.

Each file stands there plain and compressed; the page itself has the empty name."""
import gzip
import pathlib
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def main():
    out = pathlib.Path(sys.argv[1])
    bundle = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    files = [bundle / "index.html", *sorted((bundle / "console").iterdir())] if bundle else []
    lines, table = ["/* Made by pack.py. */", "    .section .rodata"], []
    for number, file in enumerate(files):
        packed = out / f"console-{number}.gz"
        packed.write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
        for label, source in ((f"console_{number}", file), (f"console_{number}_gz", packed)):
            lines += [f"    .global {label}, {label}_end", f"{label}:", f'    .incbin "{source}"', f"{label}_end:", "    .byte 0"]
        name = "" if file.suffix == ".html" else file.name
        table.append(f'CONSOLE_FILE({number}, "{name}", "{TYPES[file.suffix]}")')
    (out / "console.S").write_text("\n".join([*lines, '    .section .note.GNU-stack,"",%progbits', ""]))
    (out / "console_files.inc").write_text("\n".join([*table, ""]))


main()
