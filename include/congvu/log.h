/* Log and metrics.
 *
 * Story of use. A line is one JSON object on stderr: time, level, event, request id, message. A worker sets the request
 * id once (cv_log_request) and every line after it carries it. Lower layers log at debug only; the boundary logs a
 * failure once. The last debug lines of a thread that were not printed are kept in a small ring and printed when an
 * error is logged. No secrets, no names of people. Counters and histograms are rows of one table below, counted without
 * locks, printed by cv_metrics_print in Prometheus text format.
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "congvu/error.h"
#include "congvu/memory.h"

enum cv_level { CV_LOG_DEBUG, CV_LOG_INFO, CV_LOG_WARN, CV_LOG_ERROR };
void cv_log_level(enum cv_level least);
bool cv_log_level_parse(const char *word, enum cv_level *out);
void cv_log(enum cv_level level, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A failure with everything the error holds: intent, kind, library text and code. */
void cv_log_error(enum cv_level level, const char *event, const struct cv_error *err);
/* Copied; NULL ends it. */
void cv_log_request(const char *request_id);

/* name, help */
#define CV_COUNTERS(X)                                                                                                 \
    X(http_client_errors, "answers with a 4xx status")                                                                 \
    X(http_server_errors, "answers with a 5xx status")                                                                 \
    X(http_refused_by_guard, "requests that the guard refused")                                                        \
    X(http_refused_busy, "requests refused because a lane was full")                                                   \
    X(http_cut_slow, "connections cut at their deadline")                                                              \
    X(directory_operations, "directory operations sent")                                                               \
    X(directory_errors, "directory operations that failed")                                                            \
    X(directory_unknown, "directory operations with unknown outcome")                                                  \
    X(directory_reconnects, "directory connections made anew")                                                         \
    X(directory_restarts, "embedded slapd restarts")                                                                   \
    X(view_changes, "changes applied to the view")                                                                     \
    X(view_refreshes, "view refreshes completed")                                                                      \
    X(view_sweeps_refused, "sweeps refused because too many people would vanish")                                      \
    X(view_wait_timeouts, "writes answered before the view had seen them")                                             \
    X(standby_wait_timeouts, "writes that no other server had in time")                                                \
    X(name_collisions, "address candidates that were taken")                                                           \
    X(staff_created, "people onboarded")                                                                               \
    X(departures_done, "departures carried out")                                                                       \
    X(brake_engaged, "deactivations held by the brake")                                                                \
    X(auth_failures, "requests without a valid credential")                                                            \
    X(rate_limited, "requests refused by a rate limit")                                                                \
    X(connect_requests, "requests sent to other systems")                                                              \
    X(connect_failures, "requests to other systems without an answer")                                                 \
    X(schedules_made, "drafts of reports that made themselves")                                                        \
    X(schedules_failed, "drafts of reports that could not be made and are tried again")                                \
    X(reconcile_done, "pieces of work done in other systems")                                                          \
    X(reconcile_failed, "pieces of work in other systems that failed and are tried again")
enum cv_counter {
#define X(name, help) CVM_##name,
    CV_COUNTERS(X)
#undef X
        CVM_COUNT
};
void cv_count(enum cv_counter counter);
void cv_count_n(enum cv_counter counter, uint64_t n);
uint64_t cv_counter_value(enum cv_counter counter);
/* A request answered: `operation` is a constant of the program (kept as it is) or NULL, lane 0..3, seconds. */
void cv_count_request(const char *operation, int status, int lane, double seconds);
/* Gauges are given by their owner when the page is written. */
void cv_metrics_print(struct cv_buf *out);
void cv_metrics_gauge(struct cv_buf *out, const char *name, const char *help, double value);
