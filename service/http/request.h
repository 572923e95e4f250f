/* The callbacks that the library gets; only server.c and request.c include this. Thread: all in the event loop. */
#pragma once

#include <microhttpd.h>

#include "internal.h"

void *htp_on_target(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result htp_on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **req_cls);
void htp_on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                      enum MHD_RequestTerminationCode code);
void htp_on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                       enum MHD_ConnectionNotificationCode code);
