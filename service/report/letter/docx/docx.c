/* DOCX: an office document of the letter, for whoever still has to write into it. */
#include <stdio.h>

#include "report/letter/docx/docx.h"

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define WORD     "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define LINKS    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define OFFICE   "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define KINDS    "application/vnd.openxmlformats-officedocument.wordprocessingml."

static const char types[] =
    XML_HEAD "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
             "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
             "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
             "<Override PartName=\"/word/document.xml\" ContentType=\"" KINDS "document.main+xml\"/>"
             "<Override PartName=\"/word/styles.xml\" ContentType=\"" KINDS "styles+xml\"/>"
             "<Override PartName=\"/word/header1.xml\" ContentType=\"" KINDS "header+xml\"/>"
             "<Override PartName=\"/docProps/core.xml\" "
             "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>";
static const char package_links[] =
    XML_HEAD "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
             "<Relationship Id=\"r1\" Type=\"" OFFICE "officeDocument\" Target=\"word/document.xml\"/>"
             "<Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/"
             "core-properties\" Target=\"docProps/core.xml\"/></Relationships>";
static const char document_links[] =
    XML_HEAD "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
             "<Relationship Id=\"r1\" Type=\"" OFFICE "styles\" Target=\"styles.xml\"/>"
             "<Relationship Id=\"r2\" Type=\"" OFFICE "header\" Target=\"header1.xml\"/></Relationships>";
static const char header[] =
    XML_HEAD "<w:hdr " WORD "><w:p><w:pPr><w:pStyle w:val=\"Centre\"/></w:pPr><w:r><w:fldChar w:fldCharType=\"begin\"/>"
             "</w:r><w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>"
             "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:hdr>";

/* ---- styles ---- */

static const struct {
    const char *id;
    int half_points, before, after, first_line;
    const char *align;
    bool bold, italic, keep_next;
} styles[] = {
    {"Centre", 26, 0, 0, 0, "center", false, false, false},    {"Heading", 28, 0, 0, 0, "center", true, false, true},
    {"With", 26, 0, 80, 0, "center", false, true, true},       {"Address", 26, 0, 0, 0, "left", false, false, true},
    {"Part", 26, 160, 80, 567, "left", true, false, true},     {"Body", 26, 0, 80, 567, "both", false, false, false},
    {"Check", 18, 160, 0, 0, "left", false, false, false},     {"Nation", 25, 0, 0, 0, "center", true, false, false},
    {"Motto", 27, 0, 0, 0, "center", true, false, false},      {"To", 24, 0, 0, 0, "left", true, true, false},
    {"Recipient", 22, 0, 0, 0, "left", false, false, false},   {"Note", 22, 0, 0, 0, "both", false, false, false},
    {"Bar", 20, 0, 0, 0, "left", false, false, false},         {"Left", 22, 0, 0, 0, "left", false, false, false},
    {"Mid", 22, 0, 0, 0, "center", false, false, false},       {"Number", 18, 0, 0, 0, "center", false, true, false},
    {"LeftWide", 17, 0, 0, 0, "left", false, false, false},    {"MidWide", 17, 0, 0, 0, "center", false, false, false},
    {"NumberWide", 12, 0, 0, 0, "center", false, true, false},
};

static void write_styles(struct cv_buf *out, enum cv_lang lang)
{
    cv_buf_printf(out,
                  XML_HEAD
                  "<w:styles " WORD "><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" "
                  "w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>"
                  "<w:sz w:val=\"26\"/><w:szCs w:val=\"26\"/><w:lang w:val=\"%s\"/></w:rPr></w:rPrDefault>"
                  "<w:pPrDefault/></w:docDefaults>"
                  "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>"
                  "</w:style>",
                  lang == CV_EN ? "en-GB" : "vi-VN");
    for (size_t i = 0; i < CV_COUNT(styles); i++)
        cv_buf_printf(out,
                      "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"%s\"><w:name w:val=\"%s\"/>"
                      "<w:basedOn w:val=\"Normal\"/><w:pPr>%s<w:spacing w:before=\"%d\" w:after=\"%d\"/>"
                      "<w:ind w:firstLine=\"%d\"/><w:jc w:val=\"%s\"/></w:pPr><w:rPr>%s%s<w:sz w:val=\"%d\"/>"
                      "<w:szCs w:val=\"%d\"/></w:rPr></w:style>",
                      styles[i].id, styles[i].id, styles[i].keep_next ? "<w:keepNext/>" : "", styles[i].before,
                      styles[i].after, styles[i].first_line, styles[i].align, styles[i].bold ? "<w:b/>" : "",
                      styles[i].italic ? "<w:i/>" : "", styles[i].half_points, styles[i].half_points);
    cv_buf_puts(out, "</w:styles>");
}

/* ---- sections ---- */

/* The letter and each annex are numbered apart, and their first pages not at all. */
static void write_section(struct rep_docx_writer *w, bool first)
{
    int width = rep_docx_mm(w->across ? REP_PAPER_LONG : REP_PAPER_SHORT),
        height = rep_docx_mm(w->across ? REP_PAPER_SHORT : REP_PAPER_LONG);
    cv_buf_printf(w->out,
                  "<w:sectPr>%s<w:pgSz w:w=\"%d\" w:h=\"%d\"%s/><w:pgMar w:top=\"%d\" w:right=\"%d\" w:bottom=\"%d\" "
                  "w:left=\"%d\" w:header=\"%d\" w:footer=\"%d\" w:gutter=\"0\"/><w:pgNumType "
                  "w:start=\"1\"/><w:titlePg/></w:sectPr>",
                  first ? "<w:headerReference w:type=\"default\" r:id=\"r2\"/>" : "", width, height,
                  w->across ? " w:orient=\"landscape\"" : "", rep_docx_mm(REP_PAPER_ABOVE),
                  rep_docx_mm(REP_PAPER_RIGHT), rep_docx_mm(REP_PAPER_BELOW), rep_docx_mm(REP_PAPER_LEFT),
                  rep_docx_mm(REP_PAPER_NUMBER), rep_docx_mm(REP_PAPER_NUMBER));
}

/* What ends stands in a paragraph of its own, too low to need a page. */
static void begin_annex(struct rep_docx_writer *w, bool across, bool *first)
{
    cv_buf_puts(w->out, "<w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"20\" w:lineRule=\"exact\"/>"
                        "<w:rPr><w:sz w:val=\"2\"/></w:rPr>");
    write_section(w, *first);
    cv_buf_puts(w->out, "</w:pPr></w:p>\n");
    *first = false;
    w->across = across;
}

/* ---- blocks ---- */

static void write_block(struct rep_docx_writer *w, const struct rep_block *b, bool *first)
{
    static const char *const named[] = {
        [REP_BLOCK_TITLE] = "Heading",   [REP_BLOCK_SUBJECT] = "Heading", [REP_BLOCK_WITH] = "With",
        [REP_BLOCK_ADDRESS] = "Address", [REP_BLOCK_PART] = "Part",       [REP_BLOCK_SECTION] = "Part",
        [REP_BLOCK_PARAGRAPH] = "Body",  [REP_BLOCK_CHECK] = "Check",
    };
    switch (b->kind) {
    case REP_BLOCK_HEAD:
        rep_docx_head(w);
        return;
    case REP_BLOCK_FOOT:
        rep_docx_foot(w);
        return;
    case REP_BLOCK_RULE:
        rep_docx_rule(w, rep_docx_room(w), 22, "<w:spacing w:before=\"80\" w:after=\"160\"/>");
        return;
    case REP_BLOCK_ANNEX:
        begin_annex(w, b->across, first);
        return;
    case REP_BLOCK_TABLE:
        rep_docx_table(w, b);
        return;
    case REP_BLOCK_BARS:
        rep_docx_bars(w, b);
        return;
    default:
        rep_docx_paragraph(w, named[b->kind], b->kind == REP_BLOCK_ADDRESS ? "<w:ind w:left=\"1984\"/>" : "",
                           b->capitals ? REP_RUN_CAPS : REP_RUN_PLAIN, b->text);
    }
}

static void write_document(struct cv_buf *out, const struct rep_letter *l)
{
    struct rep_docx_writer w = {.out = out, .l = l};
    bool first = true;
    cv_buf_puts(out, XML_HEAD "<w:document " WORD " " LINKS "><w:body>\n");
    for (size_t i = 0; i < l->count; i++)
        write_block(&w, &l->blocks[i], &first);
    write_section(&w, first);
    cv_buf_puts(out, "</w:body></w:document>");
}

static void write_about(struct cv_buf *out, const struct rep_letter *l)
{
    char at[CV_MOMENT_TEXT];
    cv_buf_puts(
        out, XML_HEAD
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
    cv_buf_escaped(out, l->title);
    cv_buf_puts(out, "</dc:title><dc:creator>");
    cv_buf_escaped(out, l->head.issuer);
    cv_buf_printf(out,
                  "</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created></cp:coreProperties>",
                  cv_moment_rfc3339(l->r->frozen_at, at));
}

bool rep_docx(struct cv_buf *out, const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena,
              struct cv_error *err)
{
    enum { TYPES, PACKAGE_LINKS, DOCUMENT, DOCUMENT_LINKS, STYLES, HEADER, ABOUT, PARTS };
    struct rep_part parts[PARTS] = {
        [TYPES] = {.name = "[Content_Types].xml"},  [PACKAGE_LINKS] = {.name = "_rels/.rels"},
        [DOCUMENT] = {.name = "word/document.xml"}, [DOCUMENT_LINKS] = {.name = "word/_rels/document.xml.rels"},
        [STYLES] = {.name = "word/styles.xml"},     [HEADER] = {.name = "word/header1.xml"},
        [ABOUT] = {.name = "docProps/core.xml"},
    };
    const struct rep_letter *l = rep_letter(r, lang, arena);
    for (size_t i = 0; i < PARTS; i++)
        cv_buf_init(&parts[i].text, CV_MAX_RESPONSE);
    cv_buf_puts(&parts[TYPES].text, types);
    cv_buf_puts(&parts[PACKAGE_LINKS].text, package_links);
    cv_buf_puts(&parts[DOCUMENT_LINKS].text, document_links);
    cv_buf_puts(&parts[HEADER].text, header);
    write_document(&parts[DOCUMENT].text, l);
    write_styles(&parts[STYLES].text, lang);
    write_about(&parts[ABOUT].text, l);
    bool ok = rep_pack(out, parts, PARTS);
    for (size_t i = 0; i < PARTS; i++)
        cv_buf_free(&parts[i].text);
    return ok || cv_fail(err, cvp_internal, NULL, "Không tạo được tệp DOCX", "The DOCX file could not be made");
}
