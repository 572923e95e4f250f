/* Papers that people are handed: a slip each with the code of an account, and a list a unit on which they sign for it.
 *
 * Story of use. Fill a struct pap_slips in the order in which they are handed out (those of one unit together), then
 *
 *     pap_slips_html(&buf, &slips, CV_VI);
 *
 * and print the page: three slips a sheet of A4 with lines to cut along, then a sheet a unit to sign on. A slip without
 * a code is on the list only, with the reason. Nothing is loaded from anywhere and nothing runs in the page.
 *
 * Thread: pure functions, any thread. Memory: everything is the caller's. */
#pragma once

#include <stddef.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"
#include "congvu/secret.h"

struct pap_slip {
    const char *full_name, *title, *address, *login; /* or NULL, but the name */
    const char *unit, *unit_code; /* its name; its code or NULL, by which others of that name differ */
    struct cv_id unit_id;         /* a list to sign each */
    const char *code, *url;       /* NULL = no slip: `why` says it on the list */
    const char *why;
    cv_moment expires_at;
};
struct pap_slips {
    const char *site; /* short address to type, "https://" left off */
    const char *system;
    cv_day made_on;
    const struct pap_slip *items;
    size_t count;
};
/* False, with `out` failed: it does not fit, or an address is longer than a QR code can be. */
bool pap_slips_html(struct cv_buf *out, const struct pap_slips *slips, enum cv_lang lang);
/* The QR code of a text as an SVG element, four modules of quiet zone included. False: too long, or out of memory. */
bool pap_qr_svg(struct cv_buf *out, const char *text);

/* ---- forms of requests ---- a table with the head and foot that offices know */
struct pap_form {
    const char *title, *subject; /* PHIẾU ĐỀ NGHỊ ... */
    const char *superior, *unit; /* the body above (or NULL), the one that asks */
    const char *place;           /* where the form is dated, or NULL: dots to fill in */
    const char *asked_by;        /* "Trần Thị Bích, Chánh Văn phòng", or NULL: dots */
    const char *phone;           /* his, or NULL: dots */
    const char *const *heads;
    size_t column_count;
    const char *const *cells; /* row by row */
    size_t row_count;
    const char *sum;  /* "Danh sách đề nghị: 3 tài khoản" */
    const char *note; /* below it, or NULL */
};
void pap_forms_html(struct cv_buf *out, const struct pap_form *forms, size_t count, cv_day day, enum cv_lang lang);
