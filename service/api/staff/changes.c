/* What a PUT or PATCH would change, for validate_only. */
#include "api/internal.h"

#include <string.h>

void api_write_change(struct cv_jout *j, const char *field, const char *from, const char *to)
{
    if (strcmp(from != NULL ? from : "", to != NULL ? to : "") == 0)
        return;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "field", field);
    cv_jout_string(j, "from", from);
    cv_jout_string(j, "to", to);
    cv_jout_end(j);
}

static const char *unit_code(struct htp_exchange *x, const struct dom_staff *s)
{
    struct view_unit unit;
    if (s->post_count == 0 || !view_unit_by_id(api_of(x)->view, dom_primary_post(s)->unit, x->arena, &unit))
        return NULL;
    return unit.code;
}

static const char *title(const struct dom_staff *s)
{
    return s->post_count > 0 ? dom_primary_post(s)->title : NULL;
}

static const char *day(struct htp_exchange *x, cv_day d)
{
    char text[CV_DAY_TEXT];
    return d == CV_NO_DAY ? NULL : cv_arena_strdup(x->arena, cv_day_iso(d, text));
}

static const char *number(struct htp_exchange *x, int n)
{
    return n == 0 ? NULL : cv_arena_printf(x->arena, "%d", n);
}

static const char *account_state(const struct dom_staff *s, const char *system)
{
    for (size_t i = 0; i < s->account_count; i++)
        if (strcmp(s->accounts[i].system, system) == 0)
            return dom_desired_words[s->accounts[i].desired];
    return NULL;
}

void api_write_staff_changes(struct htp_exchange *x, const struct dom_staff *before, const struct dom_staff *after)
{
    struct cv_jout *j = &x->out;
    bool fresh = before->revision == 0;
    cv_jout_array(j, "changes");
    api_write_change(j, "staff_code", before->staff_code, after->staff_code);
    api_write_change(j, "full_name", before->full_name, after->full_name);
    api_write_change(j, "family_name", before->family_name, after->family_name);
    api_write_change(j, "middle_name", before->middle_name, after->middle_name);
    api_write_change(j, "given_name", before->given_name, after->given_name);
    api_write_change(j, "unit", unit_code(x, before), unit_code(x, after));
    api_write_change(j, "title", title(before), title(after));
    api_write_change(j, "category", fresh ? NULL : dom_category_words[before->category],
                     dom_category_words[after->category]);
    api_write_change(j, "mobile", before->mobile, after->mobile);
    api_write_change(j, "birth_year", number(x, before->birth_year), number(x, after->birth_year));
    api_write_change(j, "mail_quota_mib", number(x, before->mail_quota_mib), number(x, after->mail_quota_mib));
    api_write_change(j, "hired_on", fresh ? NULL : day(x, before->hired_on), day(x, after->hired_on));
    api_write_change(j, "status", fresh ? NULL : dom_status_words[dom_status_on(before, cv_today())],
                     dom_status_words[dom_status_on(after, cv_today())]);
    api_write_change(j, "address", before->address, after->address);
    for (size_t i = 0; i < after->account_count; i++) {
        const char *system = after->accounts[i].system;
        api_write_change(j, cv_arena_printf(x->arena, "accounts/%s", system), account_state(before, system),
                         account_state(after, system));
    }
    cv_jout_end(j);
}
