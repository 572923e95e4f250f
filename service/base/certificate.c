/* A file of certificates, read as libcrypto reads it. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "congvu/signature.h"

static bool none_here(struct cv_error *err)
{
    return cv_fail_as(err, CV_INVALID, NULL, "không có chứng thư PEM nào đọc được, hoặc có chứng thư bị hỏng",
                      "there is no certificate in PEM that can be read, or one of them is damaged");
}

/* The end of the file is an error of its own to libcrypto. */
static bool at_end(void)
{
    unsigned long last = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

bool cv_certificates_read(const char *path, struct cv_error *err)
{
    int count = 0, valid = 0;
    X509 *one;
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return cv_fail_as(err, CV_INVALID, NULL, "không đọc được", "cannot be read");
    ERR_clear_error();
    for (; (one = PEM_read_X509(f, NULL, NULL, NULL)) != NULL; count++) {
        valid += X509_cmp_current_time(X509_get0_notAfter(one)) > 0;
        X509_free(one);
    }
    bool whole = at_end();
    fclose(f);
    if (!whole || count == 0)
        return none_here(err);
    return valid > 0 || cv_fail_as(err, CV_INVALID, NULL, "mọi chứng thư trong tệp đã hết hạn",
                                   "every certificate in it has expired");
}
