/* Parts packed by libzip. */
#include <zip.h>

#include "report/letter/docx/docx.h"

/* The first day of the format's calendar: no part has a time of its own. */
enum { DOS_DAY = 0x0021, DOS_TIME = 0 };

static bool add(zip_t *zip, const struct rep_part *part)
{
    zip_source_t *source = zip_source_buffer(zip, part->text.data, part->text.len, 0);
    zip_int64_t at = source != NULL ? zip_file_add(zip, part->name, source, 0) : -1;
    if (at < 0 && source != NULL)
        zip_source_free(source);
    return at >= 0 && zip_file_set_dostime(zip, (zip_uint64_t)at, DOS_TIME, DOS_DAY, 0) == 0;
}

static bool copy(zip_source_t *packed, struct cv_buf *out)
{
    char piece[16384];
    zip_int64_t got;
    if (zip_source_open(packed) != 0)
        return false;
    while ((got = zip_source_read(packed, piece, sizeof(piece))) > 0)
        cv_buf_put(out, piece, (size_t)got);
    zip_source_close(packed);
    return got == 0 && cv_buf_ok(out);
}

static bool fill(zip_t *zip, const struct rep_part *parts, size_t count)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        ok = ok && cv_buf_ok(&parts[i].text) && add(zip, &parts[i]);
    return ok;
}

bool rep_pack(struct cv_buf *out, const struct rep_part *parts, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *packed = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = packed != NULL ? zip_open_from_source(packed, ZIP_TRUNCATE, &error) : NULL;
    bool ok = zip != NULL;
    zip_error_fini(&error);
    if (ok) {
        zip_source_keep(packed);
        ok = fill(zip, parts, count) && zip_close(zip) == 0;
        if (!ok)
            zip_discard(zip);
    }
    ok = ok && copy(packed, out);
    if (packed != NULL)
        zip_source_free(packed);
    return ok;
}
