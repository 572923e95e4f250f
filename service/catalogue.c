/* The systems of a new directory: the two facts of a district's report, with who must have what. */
#include "service.h"

enum { STAFF = 1u << DOM_CAN_BO | 1u << DOM_CONG_CHUC | 1u << DOM_VIEN_CHUC | 1u << DOM_NLD_HOP_DONG };

static struct dom_required *required(struct cv_arena *arena, uint32_t blocks)
{
    struct dom_required *r = CV_NEW(arena, struct dom_required);
    *r = (struct dom_required){.blocks = blocks, .categories = STAFF};
    return r;
}

size_t catalogue_default(struct cv_arena *arena, struct dom_system **out)
{
    struct dom_system *s = CV_NEWS(arena, struct dom_system, 4);
    s[0] = (struct dom_system){.slug = "mailbox",
                               .name = {"Hộp thư điện tử công vụ", "Official mailbox"},
                               .kind = DOM_DIRECTORY,
                               .receives_mail = true,
                               .required = required(arena, 0),
                               .required_count = 1};
    s[1] = (struct dom_system){.slug = "td-office",
                               .name = {"TD.Office", "TD.Office"},
                               .kind = DOM_DIRECTORY,
                               .login_rule = "{donvi}_{ho_dem_ten}",
                               .login_per_unit = true,
                               .required = required(arena, 1u << DOM_CHINH_QUYEN),
                               .required_count = 1};
    s[2] = (struct dom_system){.slug = "e-office",
                               .name = {"E-Office", "E-Office"},
                               .kind = DOM_DIRECTORY,
                               .login_rule = "{donvi}_{ho_dem_ten}",
                               .login_per_unit = true,
                               .required = required(arena, 1u << DOM_DANG_DOAN_THE),
                               .required_count = 1};
    s[3] =
        (struct dom_system){.slug = "certificate", .name = {"Chứng thư số", "Digital certificate"}, .kind = DOM_MANUAL};
    for (size_t i = 0; i < 4; i++) {
        s[i].activity = dom_activity_default();
        s[i].activity.reported = s[i].kind == DOM_DIRECTORY;
    }
    *out = s;
    return 4;
}
