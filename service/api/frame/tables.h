/* Inside api/: answers that are files for people, by Accept or by `format`. */
#pragma once

#include "api/internal.h"
#include "congvu/table.h"

enum api_format { API_JSON, API_HTML, API_CSV, API_XLSX, API_PDF, API_DOCX, API_FORMATS };
extern const char *const api_format_words[]; /* json html csv xlsx pdf docx */
/* Bits of what a resource comes as. */
enum {
    API_PAGE = 1 << API_JSON | 1 << API_HTML,
    API_SHEET = 1 << API_CSV | 1 << API_XLSX,
    API_TABLE = 1 << API_JSON | API_SHEET,
    API_PAPER = API_PAGE | API_TABLE | 1 << API_PDF | 1 << API_DOCX,
};
#define API_DOCX_TYPE   "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define API_TABLE_TYPES "text/csv application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

struct api_file {
    enum api_format format;
    char delimiter;
};
/* Parameters format and csv_delimiter; without a format what Accept allows first, JSON before all others. Faults go to
 * x->faults. */
void api_read_file(struct htp_exchange *x, unsigned formats, struct api_file *out);
/* The parameter lang, or the language of the request; faults go to x->faults. */
enum cv_lang api_read_lang(struct htp_exchange *x);
/* Headers of a file that is the same as long as its ETag; true: the caller has it, 304 was said. */
bool api_has_file(struct htp_exchange *x, const char *etag, enum cv_lang lang);
/* The same for a table, without a look at faults: is something else than JSON wanted? */
bool api_wants_file(const struct htp_exchange *x);
const char *api_media_type(enum api_format format); /* as sent */
/* Content-Disposition: "<plain>.csv", and the same in people's letters. */
void api_name_file(struct htp_exchange *x, enum api_format format, const char *plain, const char *people);
/* CSV or XLSX of the tables. */
bool api_write_tables(struct htp_exchange *x, const struct api_file *file, const struct rep_table *const *tables,
                      size_t count, const struct rep_xlsx_options *options, struct cv_buf *out, struct cv_error *err);
