/* Inside provision/requests/: how a request is kept, and who has to do with it. */
#pragma once

#include "congvu/naming.h"
#include "congvu/prov_requests.h"
#include "provision/internal.h"

#define PROV_REQUESTS "requests" /* the folder: a document each, by id, which begins with the time */
enum { PROV_REQUEST_LIFE_DAYS = 90 };

struct cv_id prov_request_id_make(void);
/* Reads the stored bytes and tells what the day tells. */
bool prov_request_take(struct prov_call *call, const struct dir_document *document, struct prov_request *out,
                       struct cv_error *err);
bool prov_request_add(struct prov_call *call, struct prov_request *request, struct cv_error *err);
/* Asserted on the revision that was read. */
bool prov_request_save(struct prov_call *call, struct prov_request *request, struct cv_error *err);
/* Whose turn it is, and whether it is too late. */
void prov_request_tell(const struct prov_call *call, struct prov_request *request);
/* The person's home today, or of a new one the asking unit. */
struct cv_id prov_request_home(const struct prov_call *call, const struct prov_request *request);
bool prov_request_visible(const struct prov_call *call, const struct prov_request *request);
uint32_t prov_request_right(enum prov_ask kind); /* enum dom_scope that doing it oneself needs */
