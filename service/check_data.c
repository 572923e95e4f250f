/* congvud check-data: what faults of earlier versions did to the data, a JSON object a line. */
#include <stdio.h>

#include "congvu/check.h"
#include "congvu/json.h"
#include "service.h"

static void print(struct cv_buf *line)
{
    puts(cv_buf_str(line));
    cv_buf_free(line);
}

static void begin(struct cv_buf *line, struct cv_jout *j, const char *kind)
{
    cv_buf_init(line, CV_MAX_LOG_LINE);
    cv_jout_init(j, line);
    cv_jout_object(j, NULL);
    cv_jout_string(j, "kind", kind);
}

static void say(void *ctx, const struct chk_finding *finding)
{
    struct cv_buf line;
    struct cv_jout j;
    (void)ctx;
    begin(&line, &j, chk_kind_words[finding->kind]);
    cv_jout_string(&j, "id", finding->id);
    if (finding->name != NULL) {
        cv_jout_string(&j, "staff_code", finding->code);
        cv_jout_string(&j, "full_name", finding->name);
    }
    cv_jout_string(&j, "vi", finding->text[CV_VI]);
    cv_jout_string(&j, "en", finding->text[CV_EN]);
    cv_jout_end(&j);
    print(&line);
}

static void print_summary(const struct chk_summary *summary)
{
    struct cv_buf line;
    struct cv_jout j;
    begin(&line, &j, "summary");
    cv_jout_int(&j, "people", (int64_t)summary->people);
    cv_jout_int(&j, "units", (int64_t)summary->units);
    cv_jout_int(&j, "snapshots", (int64_t)summary->snapshots);
    cv_jout_int(&j, "changes", (int64_t)summary->changes);
    cv_jout_moment(&j, "log_since", summary->log_since);
    cv_jout_object(&j, "found");
    for (int k = 0; k < CHK_KINDS; k++)
        cv_jout_int(&j, chk_kind_words[k], (int64_t)summary->found[k]);
    cv_jout_end(&j);
    cv_jout_end(&j);
    print(&line);
}

static bool any(const struct chk_summary *summary)
{
    size_t found = 0;
    for (int k = 0; k < CHK_KINDS; k++)
        found += summary->found[k];
    return found > 0;
}

bool check_data(struct service *s, bool *out_found, struct cv_error *err)
{
    struct chk_summary summary;
    if (*s->conf.data_dir == '\0' || *s->conf.directory_uri != '\0')
        return cv_fail(err, cvp_validation_failed, NULL,
                       "check-data đọc thư mục nhúng: cần --data-dir, không dùng với directory_uri",
                       "check-data reads an embedded directory: it needs --data-dir, and not with directory_uri");
    if (!cv_text_init(err) || !cv_clock_init(s->conf.timezone, s->conf.clock_offset, err) ||
        !chk_run(s->conf.data_dir, s->conf.directory_base, say, NULL, &summary, err))
        return false;
    print_summary(&summary);
    *out_found = any(&summary);
    return true;
}
