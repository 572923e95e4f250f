/* A certificate's members in JSON: the table. */
#include <stddef.h>
#include <string.h>

#include "api/staff/fields.h"

static bool serial_valid(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if (strchr("-._/: ", *p) == NULL && !(*p >= '0' && *p <= '9') && !((*p | 32) >= 'a' && (*p | 32) <= 'z'))
            return false;
    return *text != ' ';
}

static void read_custodian(const struct cv_jin *o, void *input, void *ctx)
{
    (void)ctx;
    api_read_text(o, "custodian", 64, &((struct prov_certificate *)input)->custodian);
}

static void write_custodian(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_certificate *c = record;
    struct htp_exchange *x = ctx;
    struct view_staff staff = {0};
    char id[CV_ID_TEXT];
    if (cv_id_is_zero(c->custodian)) {
        cv_jout_null(j, name);
        return;
    }
    bool there =
        view_staff_by_id(api_of(x)->view, (struct view_scope){.everywhere = true}, c->custodian, x->arena, &staff);
    cv_jout_object(j, name);
    if (there && api_sees_staff(x, cv_id_text("stf_", c->custodian, id)))
        api_write_staff_ref(x, &staff);
    else
        cv_jout_null(j, "staff");
    cv_jout_bool(j, "needs_another", !there || staff.status == DOM_DEPARTED || staff.has_departure);
    cv_jout_end(j);
}

#define AT(m)  .at = offsetof(struct dom_certificate, m)
#define MEMBER PROV_UPDATE | PROV_SHOWN
static const struct prov_field fields[] = {
    {"valid_to", PROV_DAY, AT(valid_to), .flags = MEMBER},
    {"token_serial", PROV_TEXT, AT(token_serial), .max = 64, .valid = serial_valid,
     .complaint = {"Chỉ gồm chữ không dấu, số và dấu - . _ / :", "Letters without marks, digits and - . _ / : only"},
     .flags = MEMBER},
    {"custodian", PROV_OWN, .read = read_custodian, .write = write_custodian, .flags = MEMBER},
    {"token_returned_on", PROV_DAY, AT(returned_on), .flags = MEMBER},
};
const struct prov_fields api_certificate_fields = {"certificate", fields, CV_COUNT(fields)};

void api_read_certificate(struct htp_exchange *x, const struct cv_jin *o, struct prov_certificate *out)
{
    *out = (struct prov_certificate){0};
    prov_fields_read(&api_certificate_fields, PROV_UPDATE, o, out, &out->given, x);
    cv_jin_done(o);
}

void api_write_certificate(struct htp_exchange *x, const struct dom_certificate *certificate)
{
    if (certificate == NULL) {
        cv_jout_null(&x->out, "certificate");
        return;
    }
    cv_jout_object(&x->out, "certificate");
    prov_fields_write(&api_certificate_fields, &x->out, certificate, x);
    cv_jout_end(&x->out);
}
