/* Mail of leavers, and sessions: where a system lets them be ended, and of a person which have to end. */
#include "congvu/connector.h"
#include "directory/map/common.h"

enum { ALLOW_LENGTH_MAX = 64 };

void dir_put_cut_off(struct dir_attrs *a, const char *name, const struct dom_cut_off *cut)
{
    struct dir_json j;

    if (!cut)
        return;
    dir_json_begin(&j);
    dir_json_moment(&j, "asked", cut->asked);
    dir_json_moment(&j, "auth_cache", cut->auth_cache);
    dir_json_moment(&j, "sessions", cut->sessions);
    dir_json_end(&j, a, name);
}

bool dir_take_cut_off(struct dir_reader *r, const struct dir_attr *attr, const struct dom_cut_off **out)
{
    struct dir_json_in in;
    struct dom_cut_off *cut = CV_NEW(r->arena, struct dom_cut_off);

    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    *cut = (struct dom_cut_off){CV_NO_MOMENT, CV_NO_MOMENT, CV_NO_MOMENT};
    dir_read_moment(&in, in.object, "asked", &cut->asked);
    dir_read_moment(&in, in.object, "auth_cache", &cut->auth_cache);
    dir_read_moment(&in, in.object, "sessions", &cut->sessions);
    *out = cut;
    return dir_read_ok(&in);
}

void dir_put_sessions(struct dir_attrs *a, const struct dom_sessions *s)
{
    struct dir_json j;

    if (!s)
        return;
    dir_json_begin(&j);
    dir_json_text(&j, "kind", "doveadm");
    dir_json_text(&j, "url", s->url);
    dir_json_text(&j, "credential", s->credential);
    cv_jout_strings(&j.out, "allow", s->allow, s->allow_count);
    if (s->no_cache)
        cv_jout_bool(&j.out, "no_cache", true);
    dir_json_end(&j, a, "cvSessions");
}

static void take_allow(struct dir_json_in *in, struct dom_sessions *s)
{
    const struct cv_jin_list *list;

    if (cv_jin_array(in->object, "allow", CV_OPTIONAL, DOM_ALLOW_MAX, &list) != CV_VALUE)
        return;
    s->allow = CV_NEWS(in->reader->arena, const char *, DOM_ALLOW_MAX);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *word = cv_jin_item_string(list, i, ALLOW_LENGTH_MAX);

        if (word)
            s->allow[s->allow_count++] = word;
    }
}

bool dir_take_sessions(struct dir_reader *r, const struct dir_attr *attr, const struct dom_sessions **out)
{
    struct dir_json_in in;
    struct dom_sessions *s = CV_NEW(r->arena, struct dom_sessions);

    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    *s = (struct dom_sessions){0};
    dir_read_text(in.object, "url", &s->url);
    dir_read_text(in.object, "credential", &s->credential);
    cv_jin_bool(in.object, "no_cache", CV_OPTIONAL, &s->no_cache);
    take_allow(&in, s);
    in.bad = in.bad || !s->url;
    *out = s;
    return dir_read_ok(&in);
}

/* Mail servers follow it at each message, so a delegate who is renamed or closed needs no write here. */
void dir_put_delegate(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_departure *d = dom_kept_mail(record);
    struct cv_id id;

    if (d && d->delegate_to && cv_id_parse("stf_", d->delegate_to, &id)) {
        dir_put(
            out, "cvDelegate",
            cv_arena_printf(out->arena, "ldap:///%s?mail?base?(cvReceives=TRUE)", dir_dn_staff(out->arena, base, id)));
    }
}

void dir_put_auto_reply(const void *record, const char *base, struct dir_attrs *out)
{
    (void)base;
    dir_put(out, "cvAutoReply", dom_auto_reply(record, out->arena));
}
