/* The one table from the library's and the server's codes to what a caller can do about them. */
#include <stdio.h>
#include <string.h>

#include "directory/internal.h"

enum outcome {
    LOST,   /* the connection or the time: UNKNOWN when the request had left, else UNAVAILABLE */
    AWAY,   /* the server said "not now": certainly not done */
    BAD,    /* the content breaks the schema */
    UNIQUE, /* 19: uniqueness, quality of a password, or a second value */
    NONE,
    THERE,
    OLD,
    DENIED,
    MUCH,
    OURS,
};

static const struct row {
    int code;
    enum outcome outcome;
} rows[] = {
    {LDAP_SERVER_DOWN, LOST},
    {LDAP_TIMEOUT, LOST},
    {LDAP_CONNECT_ERROR, LOST},
    {LDAP_X_CONNECTING, LOST},
    {LDAP_DECODING_ERROR, LOST},
    {LDAP_USER_CANCELLED, LOST},
    {LDAP_BUSY, AWAY},
    {LDAP_UNAVAILABLE, AWAY},
    {LDAP_UNWILLING_TO_PERFORM, AWAY},
    {LDAP_REFERRAL, AWAY},
    {LDAP_PARTIAL_RESULTS, AWAY},
    {LDAP_TIMELIMIT_EXCEEDED, AWAY},
    {LDAP_CANCELLED, AWAY},
    {LDAP_SYNC_REFRESH_REQUIRED, AWAY},
    {LDAP_CONSTRAINT_VIOLATION, UNIQUE},
    {LDAP_NO_SUCH_OBJECT, NONE},
    {LDAP_NO_RESULTS_RETURNED, NONE},
    {LDAP_ALREADY_EXISTS, THERE},
    /* a single value was already there, or already gone: what we compared with is old */
    {LDAP_ASSERTION_FAILED, OLD},
    {LDAP_NO_SUCH_ATTRIBUTE, OLD},
    {LDAP_TYPE_OR_VALUE_EXISTS, OLD},
    {LDAP_SIZELIMIT_EXCEEDED, MUCH},
    {LDAP_ADMINLIMIT_EXCEEDED, MUCH},
    {LDAP_RESULTS_TOO_LARGE, MUCH},
    {LDAP_UNDEFINED_TYPE, BAD},
    {LDAP_INAPPROPRIATE_MATCHING, BAD},
    {LDAP_INVALID_SYNTAX, BAD},
    {LDAP_INVALID_DN_SYNTAX, BAD},
    {LDAP_NAMING_VIOLATION, BAD},
    {LDAP_OBJECT_CLASS_VIOLATION, BAD},
    {LDAP_NOT_ALLOWED_ON_RDN, BAD},
    {LDAP_NO_OBJECT_CLASS_MODS, BAD},
    {LDAP_INSUFFICIENT_ACCESS, DENIED},
    {LDAP_INVALID_CREDENTIALS, DENIED},
    {LDAP_INAPPROPRIATE_AUTH, DENIED},
    {LDAP_STRONG_AUTH_REQUIRED, DENIED},
    {LDAP_CONFIDENTIALITY_REQUIRED, DENIED},
    {LDAP_AUTH_METHOD_NOT_SUPPORTED, DENIED},
    {LDAP_X_PROXY_AUTHZ_FAILURE, DENIED},
    {LDAP_PROXIED_AUTHORIZATION_DENIED, DENIED},
    {LDAP_AUTH_UNKNOWN, DENIED},
};

static enum outcome outcome_of(int code)
{
    for (size_t i = 0; i < CV_COUNT(rows); i++)
        if (rows[i].code == code)
            return rows[i].outcome;
    return OURS;
}

/* The attribute after `before`, up to a sign that ends a name: "non-unique attributes found with (|(cvName=". */
static void attribute_after(const char *text, const char *before, char *out, size_t size)
{
    const char *p = strstr(text, before);
    out[0] = '\0';
    if (!p)
        return;
    p += strlen(before);
    p += strspn(p, "(|&! '");
    snprintf(out, size, "%.*s", (int)strcspn(p, "=:;')( "), p);
}

static bool fail_unique(struct cv_error *err, const char *text)
{
    char field[96];
    if (strstr(text, "non-unique attributes") || strstr(text, "attributes not unique")) {
        attribute_after(text, "with ", field, sizeof field);
        return cv_fail_as(err, CV_CONFLICT, field, "Giá trị này đã có người khác giữ",
                          "Somebody else already holds this value");
    }
    attribute_after(text, "attribute '", field, sizeof field);
    if (!field[0] && strstr(text, ": multiple values"))
        attribute_after(text, "", field, sizeof field);
    if (!field[0] && (strstr(text, "assword") || !text[0]))
        snprintf(field, sizeof field, "userPassword");
    return cv_fail_as(err, CV_INVALID, field, "Máy chủ danh bạ từ chối giá trị này",
                      "The directory refuses this value");
}

/* "cvKind: value #0 invalid per syntax", "attribute 'foo' not allowed" */
static bool fail_schema(struct cv_error *err, const char *text)
{
    char field[96];
    attribute_after(text, "attribute '", field, sizeof field);
    if (!field[0] && strstr(text, ": value #"))
        attribute_after(text, "", field, sizeof field);
    return cv_fail_as(err, CV_INVALID, field, "Dữ liệu không hợp với cấu trúc của thư mục",
                      "The data do not fit the directory's schema");
}

static bool fail_lost(struct cv_error *err, bool sent)
{
    if (sent)
        return cv_fail_as(err, CV_UNKNOWN, "", "Đã gửi yêu cầu nhưng chưa rõ kết quả; hãy đọc lại trước khi lặp lại",
                          "The request was sent, its outcome is not known; read back before repeating");
    return cv_fail_as(err, CV_UNAVAILABLE, "", "Máy chủ danh bạ tạm thời không trả lời; chưa có gì thay đổi",
                      "The directory does not answer now; nothing was changed");
}

static bool fail_outcome(struct cv_error *err, enum outcome outcome, const char *text, bool sent)
{
    switch (outcome) {
    case LOST:
        return fail_lost(err, sent);
    case AWAY:
        return fail_lost(err, false);
    case BAD:
        return fail_schema(err, text);
    case UNIQUE:
        return fail_unique(err, text);
    case NONE:
        return cv_fail_as(err, CV_NOT_FOUND, "", "Không tìm thấy", "There is no such record");
    case THERE:
        return cv_fail_as(err, CV_EXISTS, "", "Bản ghi này đã có", "This record already exists");
    case OLD:
        return cv_fail_as(err, CV_STALE, "", "Bản ghi đã thay đổi; hãy đọc lại",
                          "The record has changed; read it again");
    case MUCH:
        return cv_fail_as(err, CV_LIMIT, "", "Máy chủ danh bạ trả lời quá nhiều",
                          "The directory's answer is too large");
    case DENIED:
        return cv_fail_as(err, CV_REFUSED, "",
                          "Máy chủ danh bạ không cho phép dịch vụ làm việc này; hãy kiểm tra quyền của dịch vụ",
                          "The directory does not allow this to the service; check its access rules");
    case OURS:
        break;
    }
    return cv_fail_as(err, CV_INTERNAL, "", "Máy chủ danh bạ báo lỗi lạ", "The directory reported an unexpected error");
}

bool dir_fail(struct cv_error *err, LDAP *ld, int code, const char *server_text, bool sent, const char *intent)
{
    char *diagnostic = NULL;
    if (!server_text && ld)
        ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    const char *text = server_text ? server_text : diagnostic ? diagnostic : "";
    fail_outcome(err, outcome_of(code), text, sent);
    if (outcome_of(code) == AWAY)
        err->retry_after_s = 1;
    err->lib_code = code;
    snprintf(err->lib_text, sizeof err->lib_text, "%s: %s%s%s", intent, ldap_err2string(code), text[0] ? ": " : "",
             text);
    ldap_memfree(diagnostic);
    return false;
}
