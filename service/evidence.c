/* The evidence log in the program: verified by a command. */
#include <stdio.h>
#include <string.h>

#include "congvu/evidence.h"
#include "service.h"

bool evidence_verify(const struct options *options, bool *out_sound, struct cv_error *err)
{
    struct ev_verdict verdict;
    const struct ev_verify what = {
        .folder = options->object, .key = options->audit_key, .witness = options->audit_witness};
    if (options->folder == NULL || strcmp(options->folder, "verify") != 0 || options->object == NULL)
        return cv_fail(err, cvp_validation_failed, NULL, "Cách dùng: congvud audit verify THƯ-MỤC",
                       "Usage: congvud audit verify DIR");
    *out_sound = ev_verify(&what, &verdict);
    if (!*out_sound)
        printf("%s\nThe first bad entry is %lld, or one behind it / Bản ghi sai đầu tiên: %lld, hoặc ngay sau đó\n",
               verdict.words, (long long)verdict.bad, (long long)verdict.bad);
    else if (what.witness != NULL)
        printf("%lld entries, nothing was changed; a witness saw the first %lld / bản ghi, không có gì bị sửa\n",
               (long long)verdict.size, (long long)verdict.witnessed);
    else
        printf("%lld entries, nothing was changed / bản ghi, không có gì bị sửa\n", (long long)verdict.size);
    return true;
}
