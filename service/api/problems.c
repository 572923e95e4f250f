/* The table of problems, for people who follow a type. */
#include "api/internal.h"

void api_get_problem(struct htp_exchange *x)
{
    const char *code = htp_param(x, "code");
    enum cv_problem problem = cv_problem_by_code(code);
    struct cv_error err = {0};
    if (problem == cvp_none) {
        cv_fail(&err, cvp_problem_not_found, NULL, "Không có mã lỗi “%.80s”", "There is no problem code “%.80s”", code);
        htp_problem(x, &err, NULL);
        return;
    }
    const struct cv_problem_row *row = cv_problem_row(problem);
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "code", row->code);
    cv_jout_string(&x->out, "type", cv_arena_printf(x->arena, "/v1/problems/%s", row->code));
    cv_jout_int(&x->out, "status", row->status);
    cv_jout_string(&x->out, "title", row->title[x->lang]);
    cv_jout_string(&x->out, "remedy", row->remedy[x->lang]);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
