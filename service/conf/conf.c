/* The one table of settings: defaults, checks, help and the sample file come from it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/clock.h"
#include "congvu/conf.h"
#include "congvu/log.h"
#include "congvu/network.h"
#include "congvu/text.h"

#define BLANKS " \t\r\n\f\v"
#define BOM    "\xef\xbb\xbf" /* as some editors begin a file */

enum conf_type { CONF_IS_TEXT, CONF_IS_NUMBER, CONF_IS_SWITCH };
struct conf_row {
    const char *name;
    enum conf_type type;
    size_t offset;
    const char *text;
    long number, least, most;
    bool on;
    const char *unit, *doc;
};

#define ROW_TEXT(n, value, d)                                                                                          \
    {.name = #n, .type = CONF_IS_TEXT, .offset = offsetof(struct conf, n), .text = (value), .doc = (d)},
#define ROW_NUMBER(n, value, lo, hi, u, d)                                                                             \
    {.name = #n,                                                                                                       \
     .type = CONF_IS_NUMBER,                                                                                           \
     .offset = offsetof(struct conf, n),                                                                               \
     .number = (value),                                                                                                \
     .least = (lo),                                                                                                    \
     .most = (hi),                                                                                                     \
     .unit = (u),                                                                                                      \
     .doc = (d)},
#define ROW_SWITCH(n, value, d)                                                                                        \
    {.name = #n, .type = CONF_IS_SWITCH, .offset = offsetof(struct conf, n), .on = (value), .doc = (d)},
static const struct conf_row rows[] = {CONF_SETTINGS(ROW_TEXT, ROW_NUMBER, ROW_SWITCH)};

struct loading {
    struct conf *conf;
    struct cv_arena *arena;
    struct cv_faults *faults;
    const char *source;
};

/* The file, line by line. */
struct reading {
    struct loading *loading;
    int line;
    bool met[CV_COUNT(rows)];
    char last[64]; /* name that was read last */
};

static void *slot(struct conf *conf, const struct conf_row *row)
{
    return (char *)conf + row->offset;
}

static void set_defaults(struct conf *conf)
{
    for (size_t i = 0; i < CV_COUNT(rows); i++)
        if (rows[i].type == CONF_IS_TEXT)
            *(const char **)slot(conf, &rows[i]) = rows[i].text;
        else if (rows[i].type == CONF_IS_NUMBER)
            *(long *)slot(conf, &rows[i]) = rows[i].number;
        else
            *(bool *)slot(conf, &rows[i]) = rows[i].on;
}

static void fault(struct loading *l, const char *name, const char *vi, const char *en)
{
    const char *at = cv_arena_printf(l->arena, "%s: %s", l->source, name);
    cv_fault_add(l->faults, CV_AT_PARAMETER, at, "bad_setting", "%s%.0s", "%.0s%s", vi, en);
}

static void set_number(struct loading *l, const struct conf_row *row, const char *value)
{
    char *end = NULL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || number < row->least || number > row->most) {
        const char *vi = cv_arena_printf(l->arena, "cần một số từ %ld đến %ld", row->least, row->most);
        fault(l, row->name, vi, cv_arena_printf(l->arena, "needs a number from %ld to %ld", row->least, row->most));
        return;
    }
    *(long *)slot(l->conf, row) = number;
}

static void set_switch(struct loading *l, const struct conf_row *row, const char *value)
{
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
        fault(l, row->name, "cần true hoặc false", "needs true or false");
        return;
    }
    *(bool *)slot(l->conf, row) = strcmp(value, "true") == 0;
}

static void set(struct loading *l, const char *name, const char *value)
{
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        if (rows[i].type == CONF_IS_NUMBER)
            set_number(l, &rows[i], value);
        else if (rows[i].type == CONF_IS_SWITCH)
            set_switch(l, &rows[i], value);
        else
            *(const char **)slot(l->conf, &rows[i]) = cv_arena_strdup(l->arena, value);
        return;
    }
    fault(l, name, "không có thiết lập này", "there is no such setting");
}

static void line_fault(struct reading *r, const char *name, const char *vi, const char *en)
{
    struct cv_arena *arena = r->loading->arena;
    const char *at = *name != '\0' ? cv_arena_printf(arena, "line %d (%.60s)", r->line, name)
                                   : cv_arena_printf(arena, "line %d", r->line);
    fault(r->loading, at, vi, en);
}

static bool set_before(struct reading *r, const char *name)
{
    for (size_t i = 0; i < CV_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0) {
            bool before = r->met[i];
            r->met[i] = true;
            return before;
        }
    return false;
}

static char *trimmed(char *text)
{
    text += strspn(text, BLANKS);
    size_t len = strlen(text);
    while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
        len--;
    text[len] = '\0';
    return text;
}

static void read_setting(struct reading *r, char *line)
{
    char *equals = strchr(line, '=');
    if (*line == '[') {
        line_fault(r, "", "tệp thiết lập không có mục [..]", "the settings file has no [sections]");
        return;
    }
    if (equals == NULL || equals == line) {
        line_fault(r, "", "cần dạng tên = giá_trị", "needs the form name = value");
        return;
    }
    *equals = '\0';
    const char *name = trimmed(line);
    snprintf(r->last, sizeof(r->last), "%s", name);
    char *value = trimmed(equals + 1);
    if (strstr(value, " ;") != NULL || strstr(value, "\t;") != NULL)
        line_fault(r, name, "lời ghi chú sau dấu ; phải viết ở dòng riêng",
                   "a comment behind ; needs a line of its own");
    else if (set_before(r, name))
        line_fault(r, name, "thiết lập này đã có ở dòng trên", "this setting stands further above already");
    else
        set(r->loading, name, value);
}

/* A value is the whole rest of its line: a comment has a line of its own. */
static void read_line(struct reading *r, char *line)
{
    bool indented = *line != '\0' && strchr(BLANKS, *line) != NULL;
    char *text = trimmed(line);
    if (*text == '\0' || *text == '#' || *text == ';')
        return;
    if (indented)
        line_fault(r, r->last, "dòng bắt đầu bằng khoảng trắng; mỗi thiết lập viết trên một dòng, từ đầu dòng",
                   "begins with a blank; a setting stands in one line, from its beginning");
    else
        read_setting(r, text);
}

static void read_file(struct loading *l, const char *file)
{
    struct reading r = {.loading = l};
    char *line = NULL;
    size_t size = 0;
    ssize_t len = -1;
    l->source = file;
    FILE *in = fopen(file, "re");
    for (bool first = true; in != NULL && (len = getline(&line, &size, in)) >= 0; first = false) {
        r.line++;
        if (memchr(line, '\0', (size_t)len) != NULL)
            line_fault(&r, "", "không phải văn bản", "is no text");
        else
            read_line(&r, first && strncmp(line, BOM, 3) == 0 ? line + 3 : line);
    }
    if (in == NULL || ferror(in))
        fault(l, "file", "không đọc được tệp", "cannot be read");
    free(line);
    if (in != NULL)
        fclose(in);
}

extern char **environ;

static void read_environment(struct loading *l)
{
    static const char prefix[] = "CONGVU_";
    l->source = "environment";
    for (char **e = environ; *e != NULL; e++) {
        const char *equals = strchr(*e, '=');
        if (strncmp(*e, prefix, sizeof(prefix) - 1) != 0 || equals == NULL)
            continue;
        const char *from = *e + sizeof(prefix) - 1;
        char *name = cv_arena_strndup(l->arena, from, (size_t)(equals - from));
        for (char *p = name; *p != '\0'; p++)
            *p = cv_ascii_lower(*p);
        set(l, name, equals + 1);
    }
}

static void read_overrides(struct loading *l, const char *const *overrides, size_t count)
{
    l->source = "command line";
    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(overrides[i], '=');
        if (equals == NULL)
            fault(l, overrides[i], "cần dạng tên=giá_trị", "needs the form name=value");
        else
            set(l, cv_arena_strndup(l->arena, overrides[i], (size_t)(equals - overrides[i])), equals + 1);
    }
}

/* A simple bind sends the password as it is. */
static bool all_private(const char *uris)
{
    for (const char *p = uris; *p != '\0'; p += strspn(p, " ")) {
        if (strncmp(p, "ldaps://", 8) != 0 && strncmp(p, "ldapi://", 8) != 0)
            return false;
        p += strcspn(p, " ");
    }
    return true;
}

static void check_listen(struct loading *l, const char *name, const char *listen)
{
    struct cv_address address;
    uint16_t port;
    if (!cv_listen_parse(listen, &address, &port))
        fault(l, name, "cần dạng địa_chỉ:cổng, ví dụ 127.0.0.1:8080 hoặc [::1]:0",
              "needs the form address:port, like 127.0.0.1:8080 or [::1]:0");
    else if (!cv_address_is_loopback(&address) && !l->conf->plain_http)
        fault(l, name,
              "địa chỉ này ra ngoài máy mà không mã hóa; đặt nginx phía trước (deploy/nginx), hoặc plain_http = true "
              "nếu mạng đã được bảo vệ",
              "this address is reached from outside and nothing encrypts there; put nginx in front (deploy/nginx), or "
              "set plain_http = true where the network is protected");
}

static void check_network(struct loading *l)
{
    struct cv_network proxies[CV_MAX_NETWORKS];
    size_t count;
    check_listen(l, "listen", l->conf->listen);
    check_listen(l, "management_listen", l->conf->management_listen);
    if (!cv_networks_parse(l->conf->trusted_proxies, proxies, &count))
        fault(l, "trusted_proxies", "cần địa chỉ hoặc mạng (10.0.0.0/8), cách nhau bằng dấu phẩy, nhiều nhất 16",
              "needs addresses or networks (10.0.0.0/8) with commas between, 16 at most");
}

/* What a page links to or a slip prints: nothing that a browser would read as more than an address. */
static bool is_web_address(const char *url)
{
    bool safe = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://127.0.0.1", 16) == 0;
    return safe && strlen(url) <= 200 && strpbrk(url, " \"'<>#?\\") == NULL && url[strlen(url) - 1] != '/';
}

static bool is_host_port(const char *text)
{
    const char *colon = strrchr(text, ':');
    long port = colon != NULL ? strtol(colon + 1, NULL, 10) : 0;
    size_t host = colon != NULL ? (size_t)(colon - text) : 0;
    return host > 0 && port > 0 && port < 65536 && strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == host;
}

static void check_addresses(struct loading *l)
{
    const struct conf *c = l->conf;
    if (*c->public_url != '\0' && !is_web_address(c->public_url))
        fault(l, "public_url", "cần địa chỉ https://..., không có / ở cuối",
              "needs an https:// address without a / at its end");
    if (*c->webmail_url != '\0' && !is_web_address(c->webmail_url))
        fault(l, "webmail_url", "cần địa chỉ https://..., không có / ở cuối",
              "needs an https:// address without a / at its end");
    if (*c->mail_imap != '\0' && !is_host_port(c->mail_imap))
        fault(l, "mail_imap", "cần dạng máy_chủ:cổng, ví dụ imap.tinh.gov.vn:993",
              "needs the form host:port, like imap.tinh.gov.vn:993");
    if (*c->mail_smtp != '\0' && !is_host_port(c->mail_smtp))
        fault(l, "mail_smtp", "cần dạng máy_chủ:cổng, ví dụ smtp.tinh.gov.vn:465",
              "needs the form host:port, like smtp.tinh.gov.vn:465");
}

static void check_together(struct loading *l)
{
    const struct conf *c = l->conf;
    enum cv_level level;
    l->source = "settings";
    check_network(l);
    check_addresses(l);
    if (*c->data_dir == '\0' && *c->directory_uri == '\0')
        fault(l, "data_dir", "cần data_dir (thư mục nhúng) hoặc directory_uri",
              "needs data_dir (embedded) or directory_uri");
    if (*c->data_dir == '\0' && *c->key_file == '\0')
        fault(l, "key_file", "cần key_file khi không có data_dir", "needs key_file when there is no data_dir");
    if (*c->data_dir == '\0' && *c->audit_dir == '\0')
        fault(l, "audit_dir", "cần audit_dir khi không có data_dir", "needs audit_dir when there is no data_dir");
    if (*c->directory_bind_dn != '\0' && *c->directory_password_file == '\0')
        fault(l, "directory_password_file", "cần tệp mật khẩu cho directory_bind_dn",
              "directory_bind_dn needs a password file");
    if (*c->directory_listen != '\0' && *c->directory_uri != '\0')
        fault(l, "directory_listen", "chỉ dùng với thư mục nhúng (data_dir)",
              "belongs to the embedded directory (data_dir)");
    if (*c->directory_bind_dn != '\0' && !all_private(c->directory_uri))
        fault(l, "directory_uri", "directory_bind_dn chỉ đi cùng ldaps:// hoặc ldapi://",
              "a password goes only over ldaps:// or ldapi://");
    if (c->workers_interactive + c->workers_bulk > 8)
        fault(l, "workers_bulk", "tổng số luồng ghi không quá 8", "writers of all lanes together may not exceed 8");
    if (!cv_log_level_parse(c->log_level, &level))
        fault(l, "log_level", "cần debug, info, warn hoặc error", "needs debug, info, warn or error");
#ifndef CONGVU_TEST_CLOCK
    if (c->clock_offset != 0)
        fault(l, "clock_offset", "chỉ bản thử nghiệm mới nhận", "only test builds accept it");
#endif
}

bool conf_load(const char *file, const char *const *overrides, size_t override_count, struct cv_arena *arena,
               struct conf *out, struct cv_faults *faults, struct cv_error *err)
{
    struct conf conf;
    struct loading l = {.conf = &conf, .arena = arena, .faults = faults};
    set_defaults(&conf);
    if (file != NULL)
        read_file(&l, file);
    read_environment(&l);
    read_overrides(&l, overrides, override_count);
    check_together(&l);
    if (!cv_faults_check(faults, cvp_validation_failed, err))
        return false;
    *out = conf;
    return true;
}

void conf_print_sample(struct cv_buf *out)
{
    cv_buf_puts(out, "# Congvu: every setting with its default. The environment (CONGVU_NAME) and the command line "
                     "come after this file.\n");
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        const struct conf_row *row = &rows[i];
        cv_buf_printf(out, "\n# %s\n", row->doc);
        if (row->type == CONF_IS_NUMBER)
            cv_buf_printf(out, "# %ld to %ld %s\n#%s = %ld\n", row->least, row->most, row->unit, row->name,
                          row->number);
        else if (row->type == CONF_IS_SWITCH)
            cv_buf_printf(out, "#%s = %s\n", row->name, row->on ? "true" : "false");
        else
            cv_buf_printf(out, "#%s = %s\n", row->name, row->text);
    }
}
