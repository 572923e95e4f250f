/* The policy parser and the namer behind it. Seeds: deploy/policies/, e.g. `fuzz_policy -max_total_time=60 NEW
 * deploy/policies`. */
#include <stdlib.h>
#include <string.h>

#include "congvu/naming.h"
#include "congvu/text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct cv_error err;
    (void)argc;
    (void)argv;
    if (!cv_text_init(&err))
        abort();
    return 0;
}

/* Whatever a policy says, its candidates are names that HR could have given. */
static void name_people(const struct dom_policy *policy)
{
    static const struct dom_naming_input people[] = {
        {.family = "Nguyễn",
         .middle = "Đức",
         .given = "Ước",
         .unit_slug = "noivu",
         .parent_slug = "ninhson",
         .birth_year = 1980,
         .birth_month = 2,
         .id_digits = "0123"},
        {.family = "", .middle = "", .given = "K'Bảy"},
    };
    for (size_t i = 0; i < CV_COUNT(people); i++) {
        cv_auto_arena arena = cv_arena_new(4 << 20);
        struct cv_faults faults;
        struct dom_naming naming;
        struct dom_candidate c;
        cv_faults_init(&faults, arena);
        dom_naming_start(&naming, policy, &people[i]);
        for (int n = 0; n < 40 && dom_naming_next(&naming, arena, &c); n++)
            if (!dom_local_valid(policy, c.local, &faults, "/"))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char bare[] =
        "{\"preset\":\"x\",\"domain\":\"x.vn\",\"naming\":{\"person\":[\"{ten}{vt_ho_dem}{stt}\"]}}";
    struct cv_error err = {0};
    struct dom_policy *policy = NULL;
    if (dom_policy_load((const char *)data, size, &policy, &err))
        name_people(policy);
    else if (policy || err.kind == CV_OK)
        abort();
    dom_policy_free(&policy);

    if (!dom_policy_load(bare, sizeof bare - 1, &policy, &err))
        abort();
    dom_policy_deny(policy, (const char *)data, size, &err);
    name_people(policy);
    dom_policy_free(&policy);
    return 0;
}
