/* A request body from anybody: parse, ask with every getter, and write what was read; the output must parse again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/json.h"
#include "congvu/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void walk(const struct cv_jin *o, struct cv_jout *out, int depth);

static void walk_list(const struct cv_jin_list *list, struct cv_jout *out, int depth)
{
    static const char *const words[] = {"active", "locked", NULL};
    size_t n = cv_jin_count(list);

    for (size_t i = 0; i < n && i < 50; i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        const char *s = cv_jin_item_string(list, i, 40);
        int word = -1;

        if (cv_jin_item_word(list, i, words, &word))
            require(word == 0 || word == 1);
        if (s) {
            require(cv_text_valid(s, strlen(s)) && cv_text_length(s) <= 40);
            cv_jout_string(out, NULL, s);
        }
        if (item) {
            cv_jout_object(out, NULL);
            walk(item, out, depth + 1);
            cv_jout_end(out);
        }
    }
}

static void walk_member(const struct cv_jin *o, const char *name, struct cv_jout *out, int depth)
{
    static const char *const words[] = {"active", "locked", NULL};
    const struct cv_jin *inner;
    const struct cv_jin_list *list;
    const char *s;
    int64_t i;
    bool b;
    int w;
    cv_day d;
    cv_moment m;

    if (cv_jin_string(o, name, CV_NULLABLE, 100, &s) == CV_VALUE) {
        require(cv_text_valid(s, strlen(s)));
        cv_jout_string(out, name, s);
    } else if (cv_jin_string(o, name, CV_RAW, 100, &s) == CV_VALUE) {
        cv_jout_string(out, name, s);
    } else if (cv_jin_int(o, name, CV_REQUIRED, -1000, INT64_MAX, &i) == CV_VALUE) {
        require(i >= -1000);
        cv_jout_int(out, name, i);
    } else if (cv_jin_bool(o, name, CV_REQUIRED, &b) == CV_VALUE) {
        cv_jout_bool(out, name, b);
    } else if (cv_jin_object(o, name, CV_REQUIRED, &inner) == CV_VALUE) {
        cv_jout_object(out, name);
        walk(inner, out, depth + 1);
        cv_jout_end(out);
    } else if (cv_jin_array(o, name, CV_REQUIRED, 1000, &list) == CV_VALUE) {
        cv_jout_array(out, name);
        walk_list(list, out, depth + 1);
        cv_jout_end(out);
    }
    cv_jin_word(o, name, CV_OPTIONAL, words, &w);
    cv_jin_day(o, name, CV_OPTIONAL, &d);
    cv_jin_moment(o, name, CV_OPTIONAL, &m);
    require(cv_jin_pointer(o, name)[0] == '/');
}

static void walk(const struct cv_jin *o, struct cv_jout *out, int depth)
{
    const char *name;

    cv_jin_has(o, "full_name");
    if (depth < 25)
        for (size_t i = 0; i < 100 && (name = cv_jin_member(o, i)); i++)
            walk_member(o, name, out, depth);
    cv_jin_done(o);
}

static void round_trip(struct cv_arena *arena, const struct cv_jin *body)
{
    struct cv_buf buf;
    struct cv_jout out;
    struct cv_error err;

    cv_buf_init(&buf, CV_MAX_RESPONSE);
    cv_jout_init(&out, &buf);
    cv_jout_object(&out, NULL);
    walk(body, &out, 0);
    cv_jout_end(&out);
    require(cv_jout_ok(&out));
    require(cv_json_parse_own(arena, cv_buf_str(&buf), buf.len, &err) != NULL);
    cv_buf_free(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_faults faults;
    struct cv_error err = {0};

    require(arena && cv_text_init(&err));
    cv_faults_init(&faults, arena);
    const struct cv_jin *body = cv_json_parse(arena, &faults, (const char *)data, size, &err);

    if (body) {
        round_trip(arena, body);
        require(cv_faults_check(&faults, cvp_validation_failed, &err) == (faults.count == 0));
    } else {
        require(err.problem == cvp_malformed_body);
    }
    cv_arena_free(&arena);
    return 0;
}
