/* Inside api/: sessions of people, sealed into a cookie. Nothing is kept of them here: any replica with the same key
 * file knows them, and raising the person's epoch ends them everywhere. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_identity.h"

#define API_SESSION_COOKIE "__Host-congvu"
#define API_BROWSER_COOKIE "__Host-congvu-browser"
enum { API_SESSION_IDLE_S = 1800, API_SESSION_MOST_S = 12 * 3600, API_BROWSER_KEEP_S = 180 * 86400 };

struct api_session {
    struct cv_id staff;
    int epoch, role;  /* number of the role it acts in; 0 = none, only his own account */
    bool with_factor; /* a second factor was shown */
    cv_moment issued_at, seen_at;
};
/* What was sealed into a cookie of ours, or NULL. */
const char *api_cookie_opened(struct htp_exchange *x, const char *name);
/* Begins a session in the role of this number, 0 = the first of the widest reach that may be acted in; sets the
 * cookies. False: there is no such role. */
bool api_session_begin(struct htp_exchange *x, const struct prov_signed_in *who, int64_t number,
                       struct api_session *out);
/* Sets the cookie of this answer. */
void api_session_set(struct htp_exchange *x, const struct api_session *session);
void api_session_drop(struct htp_exchange *x);
/* The request's cookie, if it is one of ours and not too old; false otherwise. */
bool api_session_get(struct htp_exchange *x, struct api_session *out);
/* The same for what only a person does; false: told that it needs the session of one. */
bool api_session_needed(struct htp_exchange *x, struct api_session *out);
/* Who has signed in here before, by a cookie that outlives sessions and gives no right: it only says whose wrong
 * passwords are counted by themselves. A mark of NULL = nobody. */
struct prov_browser api_browser_get(struct htp_exchange *x);
void api_browser_set(struct htp_exchange *x, struct cv_id staff);
/* What a request that changes something has to send in X-Congvu-Csrf: bound to person and session. */
const char *api_session_csrf(struct htp_exchange *x, const struct api_session *session);
/* In the table of roles that are in force, or NULL. */
const struct view_role *api_session_role(const struct view_signer *signer, const struct api_session *session);
