/* What a status says about what was done: the one table of outcomes. */
#include "connect/internal.h"

static bool lost(enum con_method method, int status, struct cv_error *err)
{
    enum cv_kind kind = method == CON_GET ? CV_UNAVAILABLE : CV_UNKNOWN;
    return cv_fail_as(err, kind, NULL, "Hệ thống ở xa trả lời lỗi %d", "The other system failed with status %d",
                      status);
}

static bool busy(int status, long retry_after_s, struct cv_error *err)
{
    cv_fail_as(err, CV_LIMIT, NULL, "Hệ thống ở xa đang bận (%d), sẽ thử lại sau",
               "The other system is busy (%d); it will be tried again", status);
    err->retry_after_s = (unsigned)(retry_after_s < 0                     ? 0
                                    : retry_after_s > CON_RETRY_AFTER_MAX ? CON_RETRY_AFTER_MAX
                                                                          : retry_after_s);
    return false;
}

static enum cv_kind kind_of(int status)
{
    switch (status) {
    case 401:
    case 403:
    case 407:
        return CV_REFUSED;
    case 404:
    case 410:
        return CV_NOT_FOUND;
    case 409:
        return CV_CONFLICT;
    case 412:
    case 428:
        return CV_STALE;
    default:
        return status < 400 ? CV_REFUSED : CV_INVALID;
    }
}

bool con_judge(enum con_method method, int status, long retry_after_s, struct cv_error *err)
{
    bool ok = status >= 200 && status < 300;
    if (ok)
        cv_error_clear(err);
    else if (status == 429 || status == 503)
        busy(status, retry_after_s, err);
    else if (status == 408 || (status >= 500 && status != 501 && status != 505))
        lost(method, status, err);
    else
        cv_fail_as(err, kind_of(status), NULL, "Hệ thống ở xa từ chối (%d)", "The other system refused (%d)", status);
    if (!ok)
        err->lib_code = status;
    return ok;
}
