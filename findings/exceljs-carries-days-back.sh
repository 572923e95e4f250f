#!/usr/bin/env bash
# exceljs 4.4.0: a list read as CSV and saved as XLSX has other days and other codes, without a word.
#
# Its CSV reader takes what looks like a number or a day: the staff code 0012 is 12 and the unit code 1E5 is 100000. A day is taken by month first,
# so 01-12-1980 (the first of December) is January 12, while 13-12-1980 stays a text: one column, two kinds. And every day it knows, also 2026-12-01,
# is midnight of the machine's own zone, which its XLSX writer saves as UTC: in Vietnam the workbook has 30/11/2026 17:00, which a table shows
# as the day before. In UTC, where such things are tried, the ISO day is right.
# So: read with { map: (value) => value }, which leaves texts, and give days as texts.
# Ends with 0 while it is so. Needs node and npm.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 2>/dev/null
cat > seen.cjs <<'JS'
const { Readable } = require("node:stream"), ExcelJS = require("exceljs"), { version } = require("exceljs/package.json");
const list = "code,born,leaves\n0012,01-12-1980,2026-12-01\n1E5,13-12-1980,2026-12-01\n";
(async () => {
    const book = new ExcelJS.Workbook(), saved = new ExcelJS.Workbook();
    await book.csv.read(Readable.from([list]));
    await saved.xlsx.load(await book.xlsx.writeBuffer());
    const said = (value) => value instanceof Date ? value.toISOString().slice(0, 16) : JSON.stringify(value); // a workbook has no zone: this is what it shows
    const rows = [2, 3].map((row) => saved.worksheets[0].getRow(row).values.slice(1).map(said).join(" "));
    console.log(`exceljs ${version}, TZ ${process.env.TZ}: ${list.split("\n").slice(1, 3).join(" | ")}\n    as XLSX: ${rows.join(" | ")}`);
    process.exit(rows.join("|") === process.argv[2] ? 0 : 1);
})();
JS
TZ=UTC node seen.cjs '12 1980-01-12T00:00 2026-12-01T00:00|100000 "13-12-1980" 2026-12-01T00:00'
TZ=Asia/Ho_Chi_Minh node seen.cjs '12 1980-01-11T17:00 2026-11-30T17:00|100000 "13-12-1980" 2026-11-30T17:00'
