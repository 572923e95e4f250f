/* Paragraphs, tables and cells as they are written. */
#include <stdio.h>

#include "report/letter/docx/docx.h"

int rep_docx_mm(int mm)
{
    return mm * 14400 / 254;
}

int rep_docx_room(const struct rep_docx_writer *w)
{
    return rep_docx_mm(w->across ? REP_PAPER_LONG : REP_PAPER_SHORT) - rep_docx_mm(REP_PAPER_LEFT) -
           rep_docx_mm(REP_PAPER_RIGHT);
}

void rep_docx_paragraph(struct rep_docx_writer *w, const char *style, const char *more, unsigned run, const char *text)
{
    if (text == NULL)
        return;
    cv_buf_printf(w->out, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/>%s</w:pPr><w:r>", style, more);
    if (run != REP_RUN_PLAIN)
        cv_buf_printf(w->out, "<w:rPr>%s%s%s</w:rPr>", (run & REP_RUN_BOLD) != 0 ? "<w:b/>" : "",
                      (run & REP_RUN_ITALIC) != 0 ? "<w:i/>" : "", (run & REP_RUN_CAPS) != 0 ? "<w:caps/>" : "");
    cv_buf_puts(w->out, "<w:t xml:space=\"preserve\">");
    cv_buf_escaped(w->out, text);
    cv_buf_puts(w->out, "</w:t></w:r></w:p>\n");
}

void rep_docx_rule(struct rep_docx_writer *w, int width, int percent, const char *more)
{
    int side = width * (100 - percent) / 200;
    char properties[300];
    snprintf(properties, sizeof(properties),
             "<w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr>%s"
             "<w:ind w:left=\"%d\" w:right=\"%d\"/>",
             more, side, side);
    rep_docx_paragraph(w, "Bar", properties, REP_RUN_PLAIN, "");
}

void rep_docx_open_table(struct rep_docx_writer *w, const int *widths, size_t count, const char *more)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += widths[i];
    cv_buf_printf(w->out, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/>%s</w:tblPr><w:tblGrid>", sum, more);
    for (size_t i = 0; i < count; i++)
        cv_buf_printf(w->out, "<w:gridCol w:w=\"%d\"/>", widths[i]);
    cv_buf_puts(w->out, "</w:tblGrid>\n");
}

void rep_docx_open_cell(struct rep_docx_writer *w, int width, int span, const char *more)
{
    cv_buf_printf(w->out, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>", width);
    if (span > 1)
        cv_buf_printf(w->out, "<w:gridSpan w:val=\"%d\"/>", span);
    cv_buf_printf(w->out, "%s</w:tcPr>", more);
}

void rep_docx_close_cell(struct rep_docx_writer *w)
{
    cv_buf_puts(w->out, "</w:tc>");
}
