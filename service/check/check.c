/* The run: everything is read once, then the log, then what they say together. */
#include <string.h>

#include "check/internal.h"

enum { MEMORY_MAX = 2000 << 20 };

/* ---- what the folder hands over ---- */

static void on_staff(void *ctx, const struct dom_staff *staff)
{
    chk_add_person(ctx, staff);
}

static void on_unit(void *ctx, const struct dom_unit *unit)
{
    struct chk *c = ctx;
    struct chk_unit *grown = chk_grow(c->arena, c->units, c->unit_count, &c->unit_cap, sizeof(*grown));
    c->summary->units++;
    if (grown == NULL)
        return;
    c->units = grown;
    c->units[c->unit_count++] =
        (struct chk_unit){.id = unit->id,
                          .code = cv_arena_strdup(c->arena, unit->code),
                          .address = unit->mail_address != NULL ? cv_arena_strdup(c->arena, unit->mail_address) : NULL};
}

static void on_system(void *ctx, const struct dom_system *system)
{
    struct chk *c = ctx;
    struct dom_system *grown = chk_grow(c->arena, c->systems, c->system_count, &c->system_cap, sizeof(*grown));
    if (grown == NULL)
        return;
    c->systems = grown;
    c->systems[c->system_count++] = (struct dom_system){.slug = cv_arena_strdup(c->arena, system->slug),
                                                        .certificates = system->certificates,
                                                        .retired = system->retired};
}

static void on_document(void *ctx, const struct dir_document *document)
{
    if (strcmp(document->folder, "snapshots") == 0)
        chk_add_document(ctx, document);
}

static void on_past(void *ctx, const struct dir_past *past)
{
    struct chk *c = ctx;
    c->summary->changes++;
    if (c->summary->log_since == CV_NO_MOMENT)
        c->summary->log_since = past->at;
    chk_add_past(c, past);
}

static void on_brake(void *ctx, const struct dir_past_brake *brake)
{
    chk_add_brake(ctx, brake);
}

static void on_unreadable(void *ctx, const char *dn, const struct cv_error *err)
{
    chk_found(ctx, CHK_UNREADABLE, dn, NULL, "Không đọc được: %s%.0s", "Cannot be read: %.0s%s", err->text[CV_VI],
              err->text[CV_EN]);
}

bool chk_run(const char *data_dir, const char *base, chk_say *say, void *ctx, struct chk_summary *out,
             struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(MEMORY_MAX);
    struct chk c = {.arena = arena, .say = say, .ctx = ctx, .summary = out};
    const struct dir_dump dump = {.ctx = &c,
                                  .staff = on_staff,
                                  .unit = on_unit,
                                  .system = on_system,
                                  .document = on_document,
                                  .past = on_past,
                                  .past_brake = on_brake,
                                  .unreadable = on_unreadable};
    *out = (struct chk_summary){.log_since = CV_NO_MOMENT};
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    if (!dir_dump_records(data_dir, base, &dump, err))
        return false;
    chk_sort_people(&c);
    if (!dir_dump_changes(data_dir, base, &dump, err))
        return false;
    if (!cv_arena_ok(arena))
        return cv_fail_as(err, CV_LIMIT, "", "Dữ liệu quá lớn", "The data are too large");
    chk_judge_people(&c);
    chk_judge_past(&c);
    chk_judge_snapshots(&c);
    return true;
}
