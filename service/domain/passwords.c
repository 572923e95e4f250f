/* A person's own password. Nothing of it is kept: the folded copy is wiped before it goes back to the arena. */
#include <stdio.h>
#include <string.h>

#include "congvu/staff.h"
#include "congvu/text.h"

enum { SIGNS_MIN = 9, SIGNS_MAX = 128, PART_MIN = 3, CLASSES = 4 };

const struct dom_password_form dom_password_form = {SIGNS_MIN, SIGNS_MAX, CLASSES};

static const char pointer[] = "/password";

/* Letters beyond ASCII count as signs of the fourth class: ICU's case tables are not this folder's business. */
static int classes_of(const char *password)
{
    bool lower = false, upper = false, digit = false, other = false;
    for (const char *p = password; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            lower = true;
        else if (*p >= 'A' && *p <= 'Z')
            upper = true;
        else if (*p >= '0' && *p <= '9')
            digit = true;
        else
            other = true;
    return lower + upper + digit + other;
}

/* Folded, without blanks: "Ng.uyễn" reads "nguyen". */
static char *squeezed(struct cv_arena *arena, const char *text)
{
    const char *fold = cv_text_fold(arena, text);
    char *out = cv_arena_strdup(arena, fold ? fold : "");
    char *to = out;
    for (const char *p = out; *p; p++)
        if (*p != ' ')
            *to++ = *p;
    explicit_bzero(to, strlen(to));
    if (fold)
        explicit_bzero((char *)fold, strlen(fold)); /* ours alone: the arena's memory, made by this call */
    return out;
}

static bool has_word_of(struct cv_arena *arena, const char *squeezed_password, const char *name)
{
    const char *fold = name && *name ? cv_text_fold(arena, name) : NULL;
    while (fold && *fold) {
        size_t len = strcspn(fold, " ");
        if (len >= PART_MIN && strstr(squeezed_password, cv_arena_strndup(arena, fold, len)))
            return true;
        fold += len + (fold[len] == ' ');
    }
    return false;
}

static bool has_login(struct cv_arena *arena, const char *squeezed_password, const char *login)
{
    const char *plain = login ? squeezed(arena, login) : "";
    return strlen(plain) >= PART_MIN && strstr(squeezed_password, plain);
}

static bool has_birth_year(const char *squeezed_password, int year)
{
    char digits[12];
    snprintf(digits, sizeof digits, "%d", year);
    return year > 0 && strstr(squeezed_password, digits);
}

static void check_content(const char *password, const struct dom_staff *who, struct cv_faults *faults)
{
    char *plain = squeezed(faults->arena, password);
    if (has_login(faults->arena, plain, who->login))
        cv_fault_add(faults, CV_AT_POINTER, pointer, "contains_login", "Mật khẩu không được chứa tên đăng nhập",
                     "A password must not contain the login name");
    if (has_word_of(faults->arena, plain, who->family_name) || has_word_of(faults->arena, plain, who->middle_name) ||
        has_word_of(faults->arena, plain, who->given_name))
        cv_fault_add(faults, CV_AT_POINTER, pointer, "contains_name",
                     "Mật khẩu không được chứa họ, tên đệm hoặc tên của người dùng",
                     "A password must not contain a part of the person's name");
    if (has_birth_year(plain, who->birth_year))
        cv_fault_add(faults, CV_AT_POINTER, pointer, "contains_birth_year", "Mật khẩu không được chứa năm sinh",
                     "A password must not contain the year of birth");
    explicit_bzero(plain, strlen(plain));
}

static void check_form(const char *password, struct cv_faults *faults)
{
    size_t signs = cv_text_length(password);
    if (signs < SIGNS_MIN)
        cv_fault_add(faults, CV_AT_POINTER, pointer, "too_short", "Mật khẩu cần ít nhất %d ký tự",
                     "A password needs %d signs at least", SIGNS_MIN);
    if (signs > SIGNS_MAX)
        cv_fault_add(faults, CV_AT_POINTER, pointer, "too_long", "Mật khẩu dài tối đa %d ký tự",
                     "A password has %d signs at most", SIGNS_MAX);
    if (classes_of(password) < CLASSES)
        cv_fault_add(faults, CV_AT_POINTER, pointer, "too_simple",
                     "Mật khẩu cần có chữ thường, chữ hoa, chữ số và ký tự đặc biệt",
                     "A password needs lower case, upper case, digits and special signs");
}

bool dom_password_ok(const char *typed, const struct dom_staff *who, struct cv_faults *faults, char **out)
{
    size_t before = faults->count + faults->dropped;
    *out = cv_text_opaque(faults->arena, typed);
    if (*out == NULL) {
        cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                     "Mật khẩu có ký tự điều khiển hoặc ký tự không nhìn thấy, không nhập được",
                     "A password must not have control characters or signs that cannot be seen");
        return false;
    }
    check_form(*out, faults);
    check_content(*out, who, faults);
    return faults->count + faults->dropped == before;
}
