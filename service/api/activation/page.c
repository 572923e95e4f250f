/* The page on which people set their password, and what their mail programs ask for. Nothing of it knows anybody. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"

extern const char activation_html[], activation_html_end[], activation_js[], activation_js_end[], activation_css[],
    activation_css_end[];

static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                             "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static void send(struct htp_exchange *x, const char *media_type, const char *from, const char *to)
{
    htp_header_set(x, "Content-Security-Policy", "%s", policy);
    htp_header_set(x, "Referrer-Policy", "no-referrer");
    htp_header_set(x, "Cache-Control", "no-cache");
    htp_reply_text(x, 200, media_type, from, (size_t)(to - from));
}

void api_get_activation_page(struct htp_exchange *x)
{
    send(x, "text/html; charset=utf-8", activation_html, activation_html_end);
}
void api_get_activation_script(struct htp_exchange *x)
{
    send(x, "text/javascript; charset=utf-8", activation_js, activation_js_end);
}
void api_get_activation_style(struct htp_exchange *x)
{
    send(x, "text/css; charset=utf-8", activation_css, activation_css_end);
}

/* ---- settings of mail programs ---- */

struct server {
    const char *host;
    int port;
};

static struct server server_of(struct htp_exchange *x, const char *host_port)
{
    const char *colon = strrchr(host_port, ':');
    size_t host = colon != NULL ? (size_t)(colon - host_port) : 0;
    return (struct server){cv_arena_strndup(x->arena, host_port, host),
                           colon != NULL ? (int)strtol(colon + 1, NULL, 10) : 0};
}

static bool told(struct htp_exchange *x)
{
    struct cv_error err = {0};
    if (*api_of(x)->mail_imap != '\0' && *api_of(x)->mail_smtp != '\0')
        return true;
    cv_fail(&err, cvp_not_found, NULL, "Chưa khai báo máy chủ thư", "The mail servers are not known here");
    htp_problem(x, &err, NULL);
    return false;
}

/* 587 and 143 begin in the clear and must turn to TLS, other ports begin with it. */
static const char *socket_of(int port)
{
    return port == 587 || port == 143 ? "STARTTLS" : "SSL";
}

static void put_autoconfig(struct cv_buf *out, const char *tag, const char *type, struct server s)
{
    cv_buf_printf(out,
                  "    <%s type=\"%s\">\n      <hostname>%s</hostname>\n      <port>%d</port>\n"
                  "      <socketType>%s</socketType>\n      <authentication>password-cleartext</authentication>\n"
                  "      <username>%%EMAILADDRESS%%</username>\n    </%s>\n",
                  tag, type, s.host, s.port, socket_of(s.port), tag);
}

void api_get_mail_settings(struct htp_exchange *x)
{
    const char *domain = api_of(x)->mail_domain;
    cv_auto_buf out = {0};
    if (!told(x))
        return;
    cv_buf_init(&out, CV_MAX_BODY);
    cv_buf_printf(&out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n"
                  "  <emailProvider id=\"%s\">\n    <domain>%s</domain>\n    <displayName>%s</displayName>\n",
                  domain, domain, domain);
    put_autoconfig(&out, "incomingServer", "imap", server_of(x, api_of(x)->mail_imap));
    put_autoconfig(&out, "outgoingServer", "smtp", server_of(x, api_of(x)->mail_smtp));
    cv_buf_puts(&out, "  </emailProvider>\n</clientConfig>\n");
    htp_reply_text(x, 200, "application/xml; charset=utf-8", cv_buf_str(&out), out.len);
}

/* ---- the profile for telephones of Apple ---- */

static void put_string(struct cv_buf *out, const char *key, const char *value)
{
    cv_buf_printf(out, "<key>%s</key><string>", key);
    cv_buf_escaped(out, value);
    cv_buf_puts(out, "</string>\n");
}

static void put_profile_server(struct cv_buf *out, const char *way, struct server s, const char *address)
{
    cv_buf_printf(out,
                  "<key>%sMailServerAuthentication</key><string>EmailAuthPassword</string>\n"
                  "<key>%sMailServerHostName</key><string>%s</string>\n<key>%sMailServerPortNumber</key>"
                  "<integer>%d</integer>\n<key>%sMailServerUseSSL</key><true/>\n",
                  way, way, s.host, way, s.port, way);
    put_string(out,
               cv_ascii_casecmp(way, "Incoming") == 0 ? "IncomingMailServerUsername" : "OutgoingMailServerUsername",
               address);
}

/* The same address always has the same identifiers: a profile that is loaded again replaces itself. */
static const char *uuid_of(struct htp_exchange *x, const char *address, const char *part)
{
    char d[CV_DIGEST_TEXT];
    const char *text = cv_arena_printf(x->arena, "%s %s", part, address);
    cv_sha256(text, strlen(text), d);
    return cv_arena_printf(x->arena, "%.8s-%.4s-4%.3s-8%.3s-%.12s", d, d + 8, d + 12, d + 15, d + 18);
}

static void put_profile(struct htp_exchange *x, struct cv_buf *out, const char *address)
{
    cv_buf_puts(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict>\n"
                "<key>PayloadContent</key><array><dict>\n"
                "<key>EmailAccountType</key><string>EmailTypeIMAP</string>\n");
    put_string(out, "EmailAddress", address);
    put_string(out, "EmailAccountDescription", address);
    put_profile_server(out, "Incoming", server_of(x, api_of(x)->mail_imap), address);
    put_profile_server(out, "Outgoing", server_of(x, api_of(x)->mail_smtp), address);
    cv_buf_puts(out, "<key>OutgoingPasswordSameAsIncomingPassword</key><true/>\n"
                     "<key>PayloadType</key><string>com.apple.mail.managed</string>\n"
                     "<key>PayloadVersion</key><integer>1</integer>\n");
    put_string(out, "PayloadIdentifier", cv_arena_printf(x->arena, "vn.congvu.mail.%s", uuid_of(x, address, "mail")));
    put_string(out, "PayloadUUID", uuid_of(x, address, "mail"));
    cv_buf_puts(out, "</dict></array>\n<key>PayloadType</key><string>Configuration</string>\n"
                     "<key>PayloadVersion</key><integer>1</integer>\n");
    put_string(out, "PayloadDisplayName", address);
    put_string(out, "PayloadIdentifier",
               cv_arena_printf(x->arena, "vn.congvu.profile.%s", uuid_of(x, address, "profile")));
    put_string(out, "PayloadUUID", uuid_of(x, address, "profile"));
    cv_buf_puts(out, "</dict></plist>\n");
}

static bool is_ours(const struct htp_exchange *x, const char *address)
{
    const char *at = address != NULL ? strrchr(address, '@') : NULL;
    return at != NULL && at != address && strlen(address) <= 200 &&
           cv_ascii_casecmp(at + 1, api_of(x)->mail_domain) == 0;
}

void api_get_mail_profile(struct htp_exchange *x)
{
    const char *address = htp_query(x, "address");
    cv_auto_buf out = {0};
    if (!told(x))
        return;
    if (!is_ours(x, address))
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "address", "not_allowed_value", "Cần một địa chỉ thư của %s",
                     "An address of %s is needed", api_of(x)->mail_domain);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    cv_buf_init(&out, CV_MAX_BODY);
    put_profile(x, &out, address);
    htp_header_set(x, "Content-Disposition", "attachment; filename=\"mail.mobileconfig\"");
    htp_reply_text(x, 200, "application/x-apple-aspen-config", cv_buf_str(&out), out.len);
}
