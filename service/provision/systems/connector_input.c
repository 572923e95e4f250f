/* How a system is reached, as somebody configures it: what the parts mean is known to connect/. */
#include <string.h>

#include "congvu/connector.h"
#include "congvu/prov_systems.h"
#include "provision/internal.h"

static void fault(const struct cv_jin *o, const char *name, const char *vi, const char *en)
{
    cv_jin_fault(o, name, "bad_format", "%s%.0s", "%.0s%s", vi, en);
}

static void check_allow(const struct cv_jin *o, const struct dom_connector *c)
{
    for (size_t i = 0; i < c->allow_count; i++)
        if (!con_allow_ok(c->allow[i]))
            fault(o, "allow", "Chỉ nhận loopback, private hoặc dải mạng như 10.20.0.0/16",
                  "It must be loopback, private or a network such as 10.20.0.0/16");
}

static void check_map(const struct cv_jin *o, const struct dom_connector *c)
{
    for (int i = 0; i < DOM_FIELDS; i++)
        if (c->map[i] != NULL && !con_scim_path_ok(c->map[i]))
            fault(o, "map", "Đường dẫn thuộc tính SCIM không hợp lệ", "A path of an attribute is no SCIM path");
}

static void check_file(const struct prov_call *call, const struct cv_jin *o, const struct dom_file *f)
{
    if (f->folder == NULL)
        cv_jin_fault(o, "folder", "required", "Thiếu thư mục trao đổi", "The folder for the exchange is missing");
    if (f->column_count == 0)
        cv_jin_fault(o, "columns", "required", "Thiếu các cột của danh sách", "The columns of the list are missing");
    if (*call->prov->options.connector_file_dir == '\0')
        fault(o, "folder", "Người vận hành chưa đặt connector_file_dir", "The operator has not set connector_file_dir");
}

static void check_connector(const struct prov_call *call, const struct cv_jin *o, const struct dom_connector *c)
{
    if (c->kind == DOM_FILE) {
        check_file(call, o, c->file);
        return;
    }
    if (c->url == NULL)
        cv_jin_fault(o, "url", "required", "Thiếu địa chỉ của hệ thống", "The URL of the system is missing");
    else if (!con_url_ok(c->url))
        fault(o, "url", "Cần địa chỉ http(s) đầy đủ, không có mật khẩu, tham số hay dấu #",
              "It must be a whole http(s) URL without password, query or fragment");
    check_allow(o, c);
    check_map(o, c);
    if ((c->credential_file != NULL || c->ca_file != NULL) && *call->prov->options.connector_secret_dir == '\0')
        fault(o, c->credential_file != NULL ? "credential_file" : "ca_file",
              "Người vận hành chưa đặt connector_secret_dir", "The operator has not set connector_secret_dir");
}

static void write_connector(struct cv_jout *j, const char *name, const void *connector, void *ctx)
{
    (void)ctx;
    dom_connector_write(j, name, connector);
}

/* Who configured it last: whoever sends what is there already changes nothing. */
static const char *set_by(struct prov_call *call, const struct dom_connector *was, const struct dom_connector *is)
{
    bool same = was != NULL && strcmp(prov_json_of(call->arena, write_connector, was, NULL),
                                      prov_json_of(call->arena, write_connector, is, NULL)) == 0;
    return same ? was->set_by : call->actor;
}

void prov_apply_connector(struct prov_call *call, const struct prov_system_input *in, struct dom_system *system)
{
    if (in->connector_given == CV_NULL)
        system->connector = NULL;
    if (in->connector_given == CV_VALUE) {
        struct dom_connector *c = CV_NEW(call->arena, struct dom_connector);
        *c = system->connector != NULL ? *system->connector : dom_connector_default();
        dom_connector_read(in->connector, call->arena, c);
        check_connector(call, in->connector, c);
        c->set_by = set_by(call, system->connector, c);
        system->connector = c;
    }
    if (system->connector != NULL && system->kind != DOM_CONNECTOR)
        cv_fault_add(call->faults, CV_AT_POINTER, "/kind", "not_allowed_value",
                     "Hệ thống có kết nối phải thuộc loại connector", "A system with a connector is of kind connector");
}
