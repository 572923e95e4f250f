/* Questions about look-alikes, one document a code: asked once, decided once. */
#include <string.h>

#include "congvu/view_lists.h"
#include "provision/questions/duplicate.h"

const char *const prov_verdict_words[] = {"open", "not_same", "same", NULL};
const char *const prov_about_words[] = {"looks_alike", "other_name", "former_code", NULL};
_Static_assert(CV_COUNT(prov_about_words) == PROV_ABOUTS + 1, "a word for each reason");
_Static_assert(CV_COUNT(prov_verdict_words) == PROV_VERDICTS + 1, "a word for each verdict");

#define OF_UNIT "unit:"

const char *prov_duplicate_key(struct cv_arena *arena, const struct prov_duplicate *d)
{
    return d->of_unit ? cv_arena_printf(arena, OF_UNIT "%s", d->staff_code) : d->staff_code;
}

/* ---- the document ---- */

static void put_id(struct cv_jout *j, const char *name, const char *prefix, struct cv_id id)
{
    char text[CV_ID_TEXT];
    cv_jout_string(j, name, cv_id_text(prefix, id, text));
}

static bool write(struct prov_call *call, const struct prov_duplicate *d, const char **out, size_t *out_len)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, DIR_DOCUMENT_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_bool(&j, "of_unit", d->of_unit);
    cv_jout_string(&j, "about", prov_about_words[d->about]);
    cv_jout_string(&j, "staff_code", d->staff_code);
    cv_jout_string(&j, "full_name", d->full_name);
    cv_jout_int(&j, "birth_year", d->birth_year);
    put_id(&j, "unit", "unt_", d->unit);
    cv_jout_array(&j, "candidates");
    for (size_t i = 0; i < d->candidate_count; i++)
        put_id(&j, NULL, "stf_", d->candidates[i]);
    cv_jout_end(&j);
    cv_jout_string(&j, "verdict", prov_verdict_words[d->verdict]);
    put_id(&j, "staff", "stf_", d->staff);
    cv_jout_moment(&j, "asked_at", d->asked_at);
    cv_jout_string(&j, "asked_by", d->asked_by);
    cv_jout_moment(&j, "decided_at", d->decided_at);
    cv_jout_string(&j, "decided_by", d->decided_by);
    cv_jout_end(&j);
    *out = cv_arena_strndup(call->arena, cv_buf_str(&buf), buf.len);
    *out_len = buf.len;
    return cv_jout_ok(&j) && cv_buf_ok(&buf);
}

static bool take_id(const struct cv_jin *o, const char *name, const char *prefix, struct cv_id *out)
{
    const char *text = NULL;
    return cv_jin_string(o, name, CV_REQUIRED, CV_ID_TEXT, &text) == CV_VALUE && cv_id_parse(prefix, text, out);
}

static void take_candidates(const struct cv_jin *o, struct prov_duplicate *d)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "candidates", CV_REQUIRED, PROV_TWINS_MAX, &list) != CV_VALUE)
        return;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *text = cv_jin_item_string(list, i, CV_ID_TEXT);
        d->candidate_count += text != NULL && cv_id_parse("stf_", text, &d->candidates[d->candidate_count]);
    }
}

bool prov_duplicate_read(struct prov_call *call, const struct dir_document *document, struct prov_duplicate *d,
                         struct cv_error *err)
{
    int verdict = PROV_OPEN, about = PROV_LOOKS_ALIKE;
    int64_t year = 0;
    *d = (struct prov_duplicate){.asked_at = CV_NO_MOMENT, .decided_at = CV_NO_MOMENT};
    const struct cv_jin *o = cv_json_parse_own(call->arena, document->bytes, document->len, err);
    if (o == NULL)
        return false;
    cv_jin_bool(o, "of_unit", CV_OPTIONAL, &d->of_unit);
    cv_jin_word(o, "about", CV_OPTIONAL, prov_about_words, &about);
    cv_jin_string(o, "staff_code", CV_REQUIRED, DOM_CODE_MAX, &d->staff_code);
    cv_jin_string(o, "full_name", CV_REQUIRED, 200, &d->full_name);
    cv_jin_int(o, "birth_year", CV_REQUIRED, 0, 2100, &year);
    take_candidates(o, d);
    cv_jin_word(o, "verdict", CV_REQUIRED, prov_verdict_words, &verdict);
    cv_jin_moment(o, "asked_at", CV_REQUIRED, &d->asked_at);
    cv_jin_string(o, "asked_by", CV_REQUIRED, 64, &d->asked_by);
    cv_jin_moment(o, "decided_at", CV_NULLABLE, &d->decided_at);
    cv_jin_string(o, "decided_by", CV_NULLABLE, 64, &d->decided_by);
    d->birth_year = (int)year;
    d->verdict = (enum prov_verdict)verdict;
    d->about = (enum prov_about)about;
    return (take_id(o, "unit", "unt_", &d->unit) && take_id(o, "staff", "stf_", &d->staff) && cv_jin_ok(o)) ||
           cv_fail(err, cvp_internal, NULL, "Bản ghi trùng lặp %s bị hỏng", "The stored question %s is damaged",
                   document->name);
}

bool prov_duplicate_fetch(struct prov_call *call, const char *key, struct dir_document *document,
                          struct prov_duplicate *out, struct cv_error *err)
{
    return dir_document_read(call->dir, PROV_DUPLICATES, dom_code_key(call->arena, key), call->arena, document, err) &&
           prov_duplicate_read(call, document, out, err);
}

/* ---- asking ---- */

bool prov_duplicate_cleared(struct prov_call *call, const char *code, struct prov_duplicate *out)
{
    struct dir_document document;
    struct cv_error none = {0};
    *out = (struct prov_duplicate){0};
    return code != NULL && prov_duplicate_fetch(call, code, &document, out, &none) && out->verdict == PROV_NOT_SAME;
}

bool prov_duplicate_has(const struct prov_duplicate *d, struct cv_id id)
{
    for (size_t i = 0; i < d->candidate_count; i++)
        if (cv_id_equal(d->candidates[i], id))
            return true;
    return false;
}

struct prov_duplicate prov_duplicate_of(const struct prov_call *call, const struct prov_staff_result *result)
{
    const struct dom_staff *staff = &result->staff;
    struct prov_duplicate d = {.staff_code = staff->staff_code,
                               .full_name = staff->full_name,
                               .birth_year = staff->birth_year,
                               .unit = dom_home_shown(staff)->unit,
                               .asked_at = cv_now(),
                               .decided_at = CV_NO_MOMENT,
                               .asked_by = call->actor};
    for (size_t i = 0; i < result->candidate_count + result->elsewhere; i++)
        d.candidates[d.candidate_count++] = result->candidates[i];
    return d;
}

struct cv_id prov_duplicate_office(const struct view *view, struct cv_arena *arena, struct cv_id unit,
                                   const struct cv_id *candidates, size_t count)
{
    static const struct view_scope everywhere = {.everywhere = true};
    struct cv_id homes[PROV_TWINS_MAX + 1] = {unit};
    size_t home_count = 1;
    struct view_staff found;
    for (size_t i = 0; i < count; i++)
        if (view_staff_by_id(view, everywhere, candidates[i], arena, &found))
            homes[home_count++] = found.unit;
    return prov_unit_over(view, arena, unit, homes, home_count);
}

static bool same_question(const struct prov_duplicate *a, const struct prov_duplicate *b)
{
    bool same = a->verdict == PROV_OPEN && a->about == b->about && a->candidate_count == b->candidate_count &&
                a->birth_year == b->birth_year && cv_id_equal(a->unit, b->unit) &&
                strcmp(a->full_name, b->full_name) == 0;
    for (size_t i = 0; i < b->candidate_count && same; i++)
        same = prov_duplicate_has(a, b->candidates[i]);
    return same;
}

bool prov_duplicate_keep(struct prov_call *call, const struct dir_document *before, const struct prov_duplicate *d,
                         struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    const char *bytes;
    size_t len;
    if (!write(call, d, &bytes, &len))
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    if (before != NULL)
        return dir_document_save(call->dir, before, bytes, len, &actor, NULL, err);
    const char *name = dom_code_key(call->arena, prov_duplicate_key(call->arena, d));
    const struct dir_document fresh = dir_document_of(PROV_DUPLICATES, name, bytes, len);
    return dir_document_add(call->dir, &fresh, &actor, NULL, err);
}

bool prov_duplicate_raise(struct prov_call *call, struct prov_duplicate *question, struct prov_staff_result *out,
                          struct cv_error *err)
{
    cv_error_clear(err);
    out->outcome = PROV_NEEDS_DECISION;
    out->question = question;
    return prov_duplicate_ask(call, question, err);
}

bool prov_duplicate_ask(struct prov_call *call, struct prov_duplicate *question, struct cv_error *err)
{
    struct dir_document document;
    struct prov_duplicate known;
    if (call->validate_only)
        return true;
    bool found = prov_duplicate_fetch(call, prov_duplicate_key(call->arena, question), &document, &known, err);
    if (found && same_question(&known, question)) {
        *question = known;
        return true;
    }
    if (!found && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    if (prov_duplicate_keep(call, found ? &document : NULL, question, err))
        return true;
    bool raced = err->kind == CV_EXISTS || err->kind == CV_STALE; /* the same line at another process */
    if (raced)
        cv_error_clear(err);
    return raced;
}
