/* Counters, gauges and histograms, as Prometheus reads them. */
#include <inttypes.h>
#include <stdatomic.h>

#include "congvu/log.h"

enum { LANES = 4, ANSWERS = 8192, STATUS_BITS = 10 };

static _Atomic uint64_t counters[CVM_COUNT];

static const struct {
    const char *name, *help;
} counter_rows[] = {
#define X(name, help) {#name, help},
    CV_COUNTERS(X)
#undef X
};

/* Upper bounds in microseconds; one more bucket holds the rest. */
static const struct {
    uint64_t us;
    const char *label;
} bounds[] = {
    {500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},
    {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},   {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"}, {30000000, "30"},
};

static struct {
    _Atomic uint64_t bucket[CV_COUNT(bounds) + 1];
    _Atomic uint64_t sum_us;
} lanes[LANES];

/* Answers by operation and status: the two are one number, so that a slot is taken at once. There are fewer pairs than
 * slots. */
static struct {
    _Atomic uint64_t key, count;
} answers[ANSWERS];

static void count_answer(const char *operation, int status)
{
    uint64_t key = (uint64_t)(uintptr_t)(operation != NULL ? operation : "none") << STATUS_BITS | (unsigned)status;
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) % ANSWERS;

    for (size_t i = 0; i < ANSWERS; i++, at = (at + 1) % ANSWERS) {
        uint64_t here = 0;

        if (atomic_compare_exchange_strong(&answers[at].key, &here, key) || here == key) {
            atomic_fetch_add_explicit(&answers[at].count, 1, memory_order_relaxed);
            return;
        }
    }
}

static void print_answers(struct cv_buf *out)
{
    cv_buf_puts(out, "# HELP congvu_http_requests_total HTTP requests answered\n"
                     "# TYPE congvu_http_requests_total counter\n");
    for (size_t i = 0; i < ANSWERS; i++) {
        uint64_t key = atomic_load(&answers[i].key);

        if (key != 0)
            cv_buf_printf(out, "congvu_http_requests_total{operation=\"%s\",status=\"%u\"} %" PRIu64 "\n",
                          (const char *)(uintptr_t)(key >> STATUS_BITS), (unsigned)(key & ((1u << STATUS_BITS) - 1)),
                          atomic_load_explicit(&answers[i].count, memory_order_relaxed));
    }
}

void cv_count(enum cv_counter counter)
{
    cv_count_n(counter, 1);
}

void cv_count_n(enum cv_counter counter, uint64_t n)
{
    atomic_fetch_add_explicit(&counters[counter], n, memory_order_relaxed);
}

uint64_t cv_counter_value(enum cv_counter counter)
{
    return atomic_load_explicit(&counters[counter], memory_order_relaxed);
}

void cv_count_request(const char *operation, int status, int lane, double seconds)
{
    count_answer(operation, status);
    if (lane < 0 || lane >= LANES || !(seconds >= 0) || seconds > 1e9)
        return;
    uint64_t us = (uint64_t)(seconds * 1e6);
    size_t i = 0;

    while (i < CV_COUNT(bounds) && us > bounds[i].us)
        i++;
    atomic_fetch_add_explicit(&lanes[lane].bucket[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&lanes[lane].sum_us, us, memory_order_relaxed);
}

static void print_lane(struct cv_buf *out, int lane)
{
    uint64_t total = 0;

    for (size_t i = 0; i <= CV_COUNT(bounds); i++) {
        total += atomic_load_explicit(&lanes[lane].bucket[i], memory_order_relaxed);
        cv_buf_printf(out, "congvu_http_request_seconds_bucket{lane=\"%d\",le=\"%s\"} %" PRIu64 "\n", lane,
                      i < CV_COUNT(bounds) ? bounds[i].label : "+Inf", total);
    }
    uint64_t us = atomic_load_explicit(&lanes[lane].sum_us, memory_order_relaxed);

    cv_buf_printf(out, "congvu_http_request_seconds_sum{lane=\"%d\"} %" PRIu64 ".%06" PRIu64 "\n", lane, us / 1000000,
                  us % 1000000);
    cv_buf_printf(out, "congvu_http_request_seconds_count{lane=\"%d\"} %" PRIu64 "\n", lane, total);
}

void cv_metrics_print(struct cv_buf *out)
{
    print_answers(out);
    for (int i = 0; i < CVM_COUNT; i++) {
        const char *name = counter_rows[i].name;

        cv_buf_printf(out, "# HELP congvu_%s_total %s\n# TYPE congvu_%s_total counter\ncongvu_%s_total %" PRIu64 "\n",
                      name, counter_rows[i].help, name, name, cv_counter_value((enum cv_counter)i));
    }
    cv_buf_puts(out, "# HELP congvu_http_request_seconds time from the whole request to its answer\n"
                     "# TYPE congvu_http_request_seconds histogram\n");
    for (int lane = 0; lane < LANES; lane++)
        print_lane(out, lane);
}

void cv_metrics_gauge(struct cv_buf *out, const char *name, const char *help, double value)
{
    cv_buf_printf(out, "# HELP congvu_%s %s\n# TYPE congvu_%s gauge\ncongvu_%s %.15g\n", name, help, name, name, value);
}
