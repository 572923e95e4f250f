/* A stored report that something damaged: refused, or read and written back to the same bytes as its own second
 * reading. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/report.h"
#include "congvu/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void round_trip(struct cv_arena *arena, const struct rep_report *r)
{
    struct rep_report again = {0};
    struct cv_error err = {0};
    cv_auto_buf one, two;
    cv_buf_init(&one, CV_MAX_RESPONSE);
    cv_buf_init(&two, CV_MAX_RESPONSE);
    rep_json(&one, r);
    require(cv_buf_ok(&one) && rep_read(arena, cv_buf_str(&one), one.len, &again, &err));
    rep_json(&two, &again);
    require(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
    cv_buf_reset(&one);
    rep_html(&one, r, CV_VI, arena);
    require(cv_buf_ok(&one) && strstr(cv_buf_str(&one), "<script") == NULL);
    cv_buf_reset(&one);
    require(rep_docx(&one, r, CV_VI, arena, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct rep_report r = {0};
    struct cv_error err = {0};
    require(arena != NULL && cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) && cv_text_init(&err));
    if (rep_read(arena, (const char *)data, size, &r, &err))
        round_trip(arena, &r);
    else
        require(err.problem == cvp_internal);
    return 0;
}
