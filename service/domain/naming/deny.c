/* Words that no address may spell. Each segment of a local part (between . _ -) is looked at, with and without its
 * digits. */
#include <string.h>

#include "congvu/naming.h"
#include "congvu/text.h"
#include "domain/naming/policy.h"

static bool plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool segment_matches(const struct deny *d, const char *segment, size_t len)
{
    size_t want = d->len;
    if (want > len)
        return false;
    if (d->open_head && d->open_tail)
        return memmem(segment, len, d->word, want) != NULL;
    if (d->open_head)
        return memcmp(segment + len - want, d->word, want) == 0;
    return (d->open_tail || len == want) && memcmp(segment, d->word, want) == 0;
}

static bool segment_denied(const struct dom_policy *policy, const char *segment, size_t len)
{
    size_t letters = len;
    while (letters > 0 && segment[letters - 1] >= '0' && segment[letters - 1] <= '9')
        letters--;
    for (size_t i = 0; i < policy->denied_count; i++)
        if (segment_matches(&policy->denied[i], segment, len) ||
            (letters < len && segment_matches(&policy->denied[i], segment, letters)))
            return true;
    return false;
}

bool dom_denied(const struct dom_policy *policy, const char *local)
{
    while (*local) {
        size_t len = strcspn(local, "._-");
        if (len > 0 && segment_denied(policy, local, len))
            return true;
        local += len + (local[len] != '\0');
    }
    return false;
}

bool dom_reserved(const struct dom_policy *policy, const char *local)
{
    for (size_t i = 0; i < policy->reserved_count; i++)
        if (cv_ascii_casecmp(policy->reserved[i], local) == 0)
            return true;
    return false;
}

/* "word", "*word", "word*" or "*word*" without blanks around. */
static bool read_word(struct cv_arena *arena, const char *line, size_t len, struct deny *out)
{
    struct deny d = {0};
    if (len > 0 && line[0] == '*') {
        d.open_head = true;
        line++, len--;
    }
    if (len > 0 && line[len - 1] == '*') {
        d.open_tail = true;
        len--;
    }
    if (len < 2 || len > POLICY_LOCAL_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!plain(line[i]))
            return false;
    d.word = cv_arena_strndup(arena, line, len);
    d.len = len;
    *out = d;
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **line, size_t *len)
{
    const char *comment = memchr(*line, '#', *len);
    if (comment)
        *len = (size_t)(comment - *line);
    while (*len > 0 && blank((*line)[0]))
        (*line)++, (*len)--;
    while (*len > 0 && blank((*line)[*len - 1]))
        (*len)--;
}

static bool add_line(struct dom_policy *policy, const char *line, size_t len, int number, struct cv_error *err)
{
    trim(&line, &len);
    if (len == 0)
        return true;
    if (policy->denied_count == policy->denied_cap)
        return cv_fail(err, cvp_validation_failed, "deny-words", "Danh sách từ cấm dài quá %d từ",
                       "More than %d denied words", POLICY_DENY_MAX);
    if (!read_word(policy->arena, line, len, &policy->denied[policy->denied_count]))
        return cv_fail(err, cvp_validation_failed, "deny-words",
                       "Dòng %d: mỗi dòng một từ, chỉ gồm a-z và 0-9, có thể thêm * ở đầu hoặc cuối",
                       "Line %d: one word a line, only a-z and 0-9, with an optional * at either end", number);
    policy->denied_count++;
    return true;
}

bool dom_policy_deny(struct dom_policy *policy, const char *lines, size_t len, struct cv_error *err)
{
    if (!policy->use_deny_file)
        return true;
    if (!policy->denied) {
        policy->denied = CV_NEWS(policy->arena, struct deny, POLICY_DENY_MAX);
        policy->denied_cap = cv_arena_ok(policy->arena) ? POLICY_DENY_MAX : 0;
    }
    size_t before = policy->denied_count;
    for (int number = 1; len > 0; number++) {
        const char *end = memchr(lines, '\n', len);
        size_t n = end ? (size_t)(end - lines) : len;
        if (!add_line(policy, lines, n, number, err)) {
            policy->denied_count = before;
            return false;
        }
        lines += n + (end != NULL);
        len -= n + (end != NULL);
    }
    if (!cv_arena_ok(policy->arena)) {
        policy->denied_count = before;
        return cv_fail_as(err, CV_LIMIT, "deny-words", "Danh sách từ cấm quá lớn",
                          "The list of denied words is too large");
    }
    return true;
}
