#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

#include "congvu/intake.h"
#include "congvu/memory.h"
#include "congvu/text.h"

/* ---- the rows as one text: cells with |, rows with / ---- */
static bool note_row(void *ctx, const struct int_row *row)
{
    struct cv_buf *out = ctx;
    cv_buf_printf(out, "%u:", row->number);
    for (size_t i = 0; i < row->count; i++)
        cv_buf_printf(out, "%s%s%s%s", i ? "|" : "", row->cells[i].text, row->cells[i].kind == INT_FORMULA ? "=" : "",
                      row->cells[i].unreadable ? "?"
                      : row->cells[i].merged   ? "^"
                                               : "");
    cv_buf_puts(out, "/");
    return true;
}

static char shown[8192];

static const char *rows_of(const void *bytes, size_t len, struct int_about *about)
{
    struct cv_error err = {0};
    struct int_list *list = NULL;
    cv_auto_buf out;
    cv_buf_init(&out, sizeof(shown));
    shown[0] = '\0';
    if (!int_open(bytes, len, NULL, &list, &err)) {
        snprintf(shown, sizeof(shown), "%s %s", cv_problem_row(err.problem)->code, err.text[CV_EN]);
        return shown;
    }
    if (about)
        *about = *int_about(list);
    if (!int_rows(list, note_row, &out, &err))
        snprintf(shown, sizeof(shown), "%s %s", cv_problem_row(err.problem)->code, err.text[CV_EN]);
    else
        snprintf(shown, sizeof(shown), "%s", cv_buf_str(&out));
    int_close(&list);
    return shown;
}

static const char *csv(const char *text)
{
    return rows_of(text, strlen(text), NULL);
}

static void fields_of_csv(void **state)
{
    (void)state;
    assert_string_equal(csv("a;b\n1;2\n"), "1:a|b/2:1|2/");
    assert_string_equal(csv("a,b\r\n\"x,\"\"y\"\"\",2\r\n\r\n3,4"), "1:a|b/2:x,\"y\"|2/3:/4:3|4/");
    assert_string_equal(csv("\xEF\xBB\xBFSTT\tHọ tên\n1\tNguyễn  Văn\u00a0An\n"), "1:STT|Họ tên/2:1|Nguyễn Văn An/");
    assert_string_equal(csv("sep=;\r\na;b\n"), "1:a|b/");
    assert_string_equal(csv("tên\nNguye\u0302\u0303n\n"), "1:tên/2:Nguyễn/");
    assert_string_equal(csv("a;b\n=1+2;@SUM(A1)\n@gov.vn;-1\n"), "1:a|b/2:=1+2=|@SUM(A1)=/3:@gov.vn|-1/");
    assert_string_equal(csv("a|b\r1|2\r"), "1:a|b/2:1|2/");
}

static void refused_by_name(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *says;
    } cases[] = {
        {"", 0, "empty"},
        {"\xD0\xCF\x11\xE0\xA1\xB1", 6, ".xls"},
        {"%PDF-1.4", 8, "PDF"},
        {"  <html><table>", 15, "web page"},
        {"PK\3\4xxxx", 8, "damaged"},
        {"a;\"b\nc;d\n", 9, "quotation mark"},
        {"a\0b", 3, "neither"},
        {"t\xEA\xFF\xFD;\xFE\xFD\xFB\xFA\n", 9, "charset"},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        const char *got = rows_of(cases[i].bytes, cases[i].len, NULL);
        if (strncmp(got, "list_unreadable", 15) != 0 || !strstr(got, cases[i].says))
            fail_msg("case %zu: %s", i, got);
    }
}

static void limits(void **state)
{
    enum { WIDE = 400, LONG = 5000 };
    cv_auto_buf text;
    (void)state;
    cv_buf_init(&text, 1 << 20);
    for (int i = 0; i < WIDE; i++)
        cv_buf_puts(&text, "a;");
    assert_non_null(strstr(csv(cv_buf_str(&text)), "256 columns"));
    cv_buf_reset(&text);
    cv_buf_puts(&text, "x;y\n1;");
    for (int i = 0; i < LONG; i++)
        cv_buf_puts(&text, "b");
    assert_non_null(strstr(csv(cv_buf_str(&text)), "Cell B2"));
    cv_buf_reset(&text);
    for (int i = 0; i <= INT_ROWS_MAX; i++)
        cv_buf_puts(&text, "a;b\n");
    assert_non_null(strstr(csv(cv_buf_str(&text)), "50000 rows"));
}

/* ---- charsets: one list, as each writes it ---- */
static const char unicode_rows[] =
    "1:STT|Họ và tên|Đơn vị/2:1|Nguyễn Văn An|Phòng Nội vụ/3:2|Trần Thị Hà|Phòng Tư pháp/";

static void charsets(void **state)
{
    static const char tcvn3[] = "STT;H\xE4 v\xB5 t\xAAn;\xA7\xACn v\xDE\x0A"
                                "1;Nguy\xD4n V\xA8n An;Ph\xDFng N\xE9i v\xF4\x0A"
                                "2;Tr\xC7n Th\xDE H\xB5;Ph\xDFng T\xAD ph\xB8p\x0A";
    static const char vni[] = "STT;Ho\xEF va\xF8 te\xE2n;\xD1\xF4n v\xF2\x0A"
                              "1;Nguye\xE3n Va\xEAn An;Pho\xF8ng No\xE4i vu\xEF\x0A"
                              "2;Tra\xE0n Th\xF2 Ha\xF8;Pho\xF8ng T\xF6 pha\xF9p\x0A";
    static const char windows[] = "STT;Ho\xF2 v\xE0 t\xEAn;\xD0\xF5n vi\xF2\x0A"
                                  "1;Nguy\xEA\xDEn V\xE3n An;Pho\xCCng N\xF4\xF2i vu\xF2\x0A"
                                  "2;Tr\xE2\xCCn Thi\xF2 H\xE0;Pho\xCCng T\xFD ph\xE1p\x0A";
    static const char utf16[] =
        "\xFF\xFES\x00T\x00T\x00;\x00H\x00\xCD\x1E \x00v\x00\xE0\x00 \x00t\x00\xEA\x00n\x00;\x00\x10\x01\xA1\x01n\x00 "
        "\x00v\x00\xCB\x1E\x0A\x00"
        "1\x00;\x00N\x00g\x00u\x00y\x00\xC5\x1En\x00 \x00V\x00\x03\x01n\x00 \x00"
        "A\x00n\x00;\x00P\x00h\x00\xF2\x00n\x00g\x00 \x00N\x00\xD9\x1Ei\x00 \x00v\x00\xE5\x1E\x0A\x00"
        "2\x00;\x00T\x00r\x00\xA7\x1En\x00 \x00T\x00h\x00\xCB\x1E \x00H\x00\xE0\x00;\x00P\x00h\x00\xF2\x00n\x00g\x00 "
        "\x00T\x00\xB0\x01 \x00p\x00h\x00\xE1\x00p\x00\x0A\x00";
    static const char bare16[] =
        "\x00S\x00T\x00T\x00;\x00H\x1E\xCD\x00 \x00v\x00\xE0\x00 \x00t\x00\xEA\x00n\x00;\x01\x10\x01\xA1\x00n\x00 "
        "\x00v\x1E\xCB\x00\x0A\x00"
        "1\x00;\x00N\x00g\x00u\x00y\x1E\xC5\x00n\x00 \x00V\x01\x03\x00n\x00 \x00"
        "A\x00n\x00;\x00P\x00h\x00\xF2\x00n\x00g\x00 \x00N\x1E\xD9\x00i\x00 \x00v\x1E\xE5\x00\x0A\x00"
        "2\x00;\x00T\x00r\x1E\xA7\x00n\x00 \x00T\x00h\x1E\xCB\x00 \x00H\x00\xE0\x00;\x00P\x00h\x00\xF2\x00n\x00g\x00 "
        "\x00T\x01\xB0\x00 \x00p\x00h\x00\xE1\x00p\x00\x0A";
    static const struct {
        const char *bytes;
        size_t len;
        enum int_encoding encoding;
        bool decoded;
    } cases[] = {
        {tcvn3, sizeof(tcvn3) - 1, INT_ENC_TCVN3, true},        {vni, sizeof(vni) - 1, INT_ENC_VNI, true},
        {windows, sizeof(windows) - 1, INT_WINDOWS_1258, true}, {utf16, sizeof(utf16) - 1, INT_UTF16LE, false},
        {bare16, sizeof(bare16) - 1, INT_UTF16BE, false},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        struct int_about about = {0};
        assert_string_equal(rows_of(cases[i].bytes, cases[i].len, &about), unicode_rows);
        assert_int_equal(about.encoding, cases[i].encoding);
        assert_int_equal(about.decoded, cases[i].decoded);
    }
}

/* Letters of the old fonts inside a Unicode file: all of them, or not told for sure. */
static void old_letters_in_unicode(void **state)
{
    struct int_about about = {0};
    static const char whole[] = "ten;xa\nNguyÔn V¨n An;Vò\nTrÇn ThÞ Hµ;B¾c\n";
    static const char some[] = "tên\nNguyÔn V¨n An\nTrần Thị Hà\nVò\n";
    (void)state;
    assert_string_equal(rows_of(whole, sizeof(whole) - 1, &about), "1:ten|xa/2:Nguyễn Văn An|Vũ/3:Trần Thị Hà|Bắc/");
    assert_int_equal(about.encoding, INT_ENC_TCVN3);
    assert_string_equal(rows_of(some, sizeof(some) - 1, &about), "1:tên?/2:NguyÔn V¨n An?/3:Trần Thị Hà/4:Vò?/");
    assert_true(about.mixed);
}

/* ---- XLSX ---- */
#define NS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
static const char workbook[] =
    "<workbook " NS " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>"
    "<sheet name=\"Ẩn\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/><sheet name=\"Danh sách\" sheetId=\"2\" "
    "r:id=\"rId2\"/>"
    "</sheets></workbook>";
static const char relations[] = "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/>"
                                "<Relationship Id=\"rId2\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>";

struct part {
    const char *name, *text;
    size_t len; /* 0 = strlen */
};

static char *pack(const struct part *parts, size_t count, size_t *out_len)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    zip_stat_t stat;
    assert_non_null(zip);
    zip_source_keep(source);
    for (size_t i = 0; i < count; i++) {
        size_t len = parts[i].len ? parts[i].len : strlen(parts[i].text);
        assert_true(zip_file_add(zip, parts[i].name, zip_source_buffer(zip, parts[i].text, len, 0), 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    zip_source_open(source);
    zip_source_stat(source, &stat);
    char *bytes = malloc(stat.size);
    assert_int_equal(zip_source_read(source, bytes, stat.size), (zip_int64_t)stat.size);
    zip_source_close(source);
    zip_source_free(source);
    *out_len = stat.size;
    return bytes;
}

static const char *sheet_rows(const char *sheet, size_t len, const char *strings, const char *styles)
{
    struct part parts[] = {{"xl/workbook.xml", workbook, 0},
                           {"xl/_rels/workbook.xml.rels", relations, 0},
                           {"xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>", 0},
                           {"xl/worksheets/sheet2.xml", sheet, len},
                           {"xl/sharedStrings.xml", strings, 0},
                           {"xl/styles.xml", styles, 0}};
    size_t size = 0;
    char *bytes = pack(parts, 6, &size);
    rows_of(bytes, size, NULL);
    free(bytes);
    return shown;
}

static const char no_strings[] = "<sst " NS "/>", no_styles[] = "<styleSheet " NS "/>";

static const char *sheet(const char *xml)
{
    return sheet_rows(xml, 0, no_strings, no_styles);
}

static void cells_of_xlsx(void **state)
{
    static const char strings[] =
        "<sst " NS "><si><t>Họ tên</t></si><si><r><t>Nguyễn </t></r><r><t>An</t></r><rPh><t>x</t></rPh></si></sst>";
    static const char styles[] =
        "<styleSheet " NS "><numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-42A]dd/mm/yyyy\"/>"
        "<numFmt numFmtId=\"171\" formatCode=\"0 &quot;ngày&quot;\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
        "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/>"
        "<xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    static const char xml[] =
        "<x:worksheet xmlns:x=\"u\"><x:sheetData><x:row r=\"2\"><x:c r=\"A2\" t=\"s\"><x:v>0</x:v></x:c><x:c r=\"C2\" "
        "t=\"s\">"
        "<x:v>1</x:v></x:c></x:row><x:row r=\"4\"><x:c "
        "r=\"A4\"><x:v>150.00000000000003</x:v></x:c><x:c><x:v>9.12345678E8</x:v>"
        "</x:c><x:c s=\"1\"><x:v>45992</x:v></x:c><x:c s=\"3\"><x:v>59</x:v></x:c><x:c s=\"2\"><x:v>3</x:v></x:c>"
        "<x:c t=\"inlineStr\"><x:is><x:t>ô</x:t></x:is></x:c><x:c t=\"str\"><x:f>A1</x:f><x:v>công thức</x:v></x:c>"
        "<x:c t=\"e\"><x:v>#N/A</x:v></x:c><x:c t=\"b\"><x:v>1</x:v></x:c><x:c t=\"s\"><x:v>99</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>";
    (void)state;
    assert_string_equal(sheet_rows(xml, 0, strings, styles),
                        "2:Họ tên||Nguyễn An/4:150|912345678|2025-12-01|1900-02-28|3|ô|công thức=|#N/A|x/");
}

static void merged_cells(void **state)
{
    (void)state;
    assert_string_equal(
        sheet("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>Phòng</t></is></c><c><v>1</v></c></row><row><c "
              "r=\"B2\"><v>2</v></c></row>"
              "<row><c r=\"B3\"><v>3</v></c></row></sheetData><mergeCells><mergeCell "
              "ref=\"A1:A2\"/></mergeCells></worksheet>"),
        "1:Phòng|1/2:Phòng^|2/3:|3/");
}

/* What a spreadsheet is made to do to its reader: each refused, without much memory, soon. */
static void hostile(void **state)
{
    enum { BIG = 40 << 20 };
    static const char head[] = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>";
    char *big = malloc(BIG);
    (void)state;
    memset(big, ' ', BIG);
    memcpy(big, head, sizeof(head) - 1);
    assert_non_null(strstr(sheet_rows(big, BIG, no_strings, no_styles), "unpacks"));
    memset(big, 'a', BIG);
    memcpy(big, "<worksheet a=\"", 14); /* one tag without end */
    assert_non_null(strstr(sheet_rows(big, 20 << 20, no_strings, no_styles), "unpacks"));
    free(big);
    assert_non_null(strstr(sheet("<!DOCTYPE w [<!ENTITY a \"b\">]><worksheet>&a;</worksheet>"), "DTD"));
    assert_non_null(strstr(sheet("<!DOCTYPE w SYSTEM \"file:///x\"><worksheet/>"), "DTD"));
    assert_non_null(strstr(sheet("<worksheet><sheetData><row><c r=\"XFD1\"><v>1</v></c></row></sheetData></worksheet>"),
                           "256 columns"));
    assert_non_null(
        strstr(sheet("<worksheet><sheetData><row r=\"90000\"><c><v>1</v></c></row></sheetData></worksheet>"), "rows"));
    assert_non_null(strstr(sheet("<worksheet><sheetData><row></worksheet>"), "damaged"));
    assert_string_equal(sheet("<worksheet><sheetData/></worksheet>"), "");
}

static void a_sheet_by_name(void **state)
{
    struct part parts[] = {
        {"xl/workbook.xml", workbook, 0},
        {"xl/_rels/workbook.xml.rels", relations, 0},
        {"xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>", 0},
        {"xl/worksheets/sheet2.xml", "<worksheet/>", 0}};
    struct cv_error err = {0};
    struct int_list *list = NULL;
    size_t size = 0;
    char *bytes = pack(parts, 4, &size);
    (void)state;
    assert_true(int_open(bytes, size, &(struct int_options){.sheet = "ẩn"}, &list, &err));
    assert_string_equal(int_about(list)->sheet, "Ẩn");
    assert_int_equal(int_about(list)->rows, 1);
    assert_int_equal(int_about(list)->sheet_count, 2);
    int_close(&list);
    assert_false(int_open(bytes, size, &(struct int_options){.sheet = "Không có"}, &list, &err));
    assert_int_equal(err.problem, cvp_list_unreadable);
    assert_null(list);
    free(bytes);
}

static int begin(void **state)
{
    struct cv_error err = {0};
    (void)state;
    return cv_text_init(&err) ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_csv),
        cmocka_unit_test(refused_by_name),
        cmocka_unit_test(limits),
        cmocka_unit_test(charsets),
        cmocka_unit_test(old_letters_in_unicode),
        cmocka_unit_test(cells_of_xlsx),
        cmocka_unit_test(merged_cells),
        cmocka_unit_test(hostile),
        cmocka_unit_test(a_sheet_by_name),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
