/* Coverage arithmetic. */
#include <string.h>

#include "congvu/coverage.h"

/* Every member of dom_counts is an int32_t, so adding is adding arrays: no member can be forgotten. */
enum { COUNTS = DOM_COUNT_MEMBERS };
_Static_assert(COUNTS * sizeof(int32_t) == sizeof(struct dom_counts), "dom_counts holds int32_t only");

const struct dom_count_member dom_count_members[] = {
#define PEOPLE(name)  [offsetof(struct dom_counts, name) / sizeof(int32_t)] = {#name, true}
#define ACCOUNT(name) [offsetof(struct dom_counts, name) / sizeof(int32_t)] = {#name, false}
    PEOPLE(headcount),
    PEOPLE(declared_units),
    PEOPLE(recorded),
    ACCOUNT(unrecorded),
    ACCOUNT(over_recorded),
    PEOPLE(undeclared_units),
    PEOPLE(undeclared_recorded),
    ACCOUNT(eligible),
    ACCOUNT(issued),
    ACCOUNT(locked),
    ACCOUNT(on_long_leave),
    ACCOUNT(issued_beyond),
    ACCOUNT(activated),
    ACCOUNT(used),
    ACCOUNT(regular),
    ACCOUNT(too_new),
    ACCOUNT(never_used),
    ACCOUNT(on_leave_unused),
    ACCOUNT(unknown),
    PEOPLE(complete_people),
    PEOPLE(eligible_people),
    PEOPLE(seconded_in),
    PEOPLE(seconded_out),
    PEOPLE(carried),
#undef PEOPLE
#undef ACCOUNT
};

void dom_counts_to_array(const struct dom_counts *counts, int32_t out[DOM_COUNT_MEMBERS])
{
    memcpy(out, counts, sizeof *counts);
}

void dom_counts_from_array(const int32_t in[DOM_COUNT_MEMBERS], struct dom_counts *out)
{
    memcpy(out, in, sizeof *out);
}

void dom_counts_add_system(struct dom_counts *sum, const struct dom_counts *part)
{
    int32_t a[COUNTS], b[COUNTS];
    dom_counts_to_array(sum, a);
    dom_counts_to_array(part, b);
    for (size_t i = 0; i < COUNTS; i++)
        a[i] = dom_count_members[i].of_people ? b[i] : a[i] + b[i];
    dom_counts_from_array(a, sum);
}

static void combine(struct dom_counts *sum, const struct dom_counts *part, int32_t sign)
{
    int32_t a[COUNTS], b[COUNTS];
    memcpy(a, sum, sizeof a);
    memcpy(b, part, sizeof b);
    for (size_t i = 0; i < COUNTS; i++)
        a[i] += sign * b[i];
    memcpy(sum, a, sizeof a);
}

void dom_counts_add(struct dom_counts *sum, const struct dom_counts *part)
{
    combine(sum, part, 1);
}

void dom_counts_sub(struct dom_counts *sum, const struct dom_counts *part)
{
    combine(sum, part, -1);
}

bool dom_counts_declared(const struct dom_counts *counts)
{
    return counts->declared_units > 0;
}

static int32_t at_most(int32_t count, int32_t limit)
{
    return count < limit ? count : limit;
}

/* Who is on long leave need not have an account to be left out of the base. */
void dom_counts_take_use(struct dom_counts *counts, const struct dom_counts *later)
{
    int32_t issued = counts->issued;
    counts->activated = at_most(later->activated, issued);
    counts->used = at_most(later->used, issued);
    counts->regular = at_most(later->regular, counts->used);
    counts->too_new = at_most(later->too_new, issued);
    counts->never_used = at_most(later->never_used, issued - counts->used);
    counts->on_leave_unused =
        at_most(at_most(later->on_leave_unused, counts->on_long_leave), counts->eligible - counts->used);
    counts->unknown = at_most(later->unknown, issued);
}

struct gap {
    int missing, over;
};

static void gap_add(struct gap *g, int declared, int recorded)
{
    if (declared > recorded)
        g->missing += declared - recorded;
    else
        g->over += recorded - declared;
}

/* Sums the required categories one by one; those not declared by themselves share what the total leaves. */
static struct gap gap_by_category(const struct dom_headcount *h, const int recorded_by[DOM_CATEGORIES],
                                  uint32_t required)
{
    struct gap g = {0, 0};
    int rest = h->total, rest_recorded = 0;
    bool rest_required = false;
    for (int c = 0; c < DOM_CATEGORIES; c++) {
        bool wanted = required >> c & 1u;
        if (h->by_category[c] < 0) {
            rest_required |= wanted;
            rest_recorded += recorded_by[c];
            continue;
        }
        rest -= h->by_category[c];
        if (wanted)
            gap_add(&g, h->by_category[c], recorded_by[c]);
    }
    if (rest_required)
        gap_add(&g, rest > 0 ? rest : 0, rest_recorded);
    return g;
}

void dom_gap(const struct dom_headcount *headcount, const int recorded_by[DOM_CATEGORIES], int recorded, int eligible,
             bool required_here, uint32_t required_categories, int *out_unrecorded, int *out_over)
{
    const uint32_t all = (1u << DOM_CATEGORIES) - 1;
    bool some_categories = (required_categories & all) != 0 && (required_categories & all) != all;
    struct gap g = {0, 0};
    if (headcount && required_here) {
        if (some_categories && headcount->has_categories)
            g = gap_by_category(headcount, recorded_by, required_categories);
        else if (recorded == 0 || eligible > 0)
            gap_add(&g, headcount->total, recorded);
    }
    *out_unrecorded = g.missing;
    *out_over = g.over;
}

static int at_least(int least, int value)
{
    return value > least ? value : least;
}

struct dom_headcount dom_headcount_carry(const struct dom_headcount *declared, const int moved[DOM_CATEGORIES],
                                         uint32_t categories)
{
    struct dom_headcount now = *declared;
    int by_category = 0;
    for (int c = 0; c < DOM_CATEGORIES; c++) {
        if (!(categories >> c & 1u))
            continue;
        now.total += moved[c];
        if (now.has_categories && now.by_category[c] >= 0)
            now.by_category[c] = at_least(0, now.by_category[c] + moved[c]);
    }
    for (int c = 0; now.has_categories && c < DOM_CATEGORIES; c++)
        by_category += at_least(0, now.by_category[c]);
    now.total = at_least(by_category, now.total);
    return now;
}

const struct dom_headcount *dom_headcount_on(const struct dom_unit *unit, cv_day day)
{
    const struct dom_headcount *latest = NULL;
    for (size_t i = 0; i < unit->headcount_count; i++) {
        const struct dom_headcount *h = &unit->headcounts[i];
        if (h->on <= day && (!latest || h->on >= latest->on))
            latest = h;
    }
    return latest;
}

const struct dom_headcount *dom_headcount_of_day(const struct dom_unit *unit, cv_day day)
{
    for (size_t i = 0; i < unit->headcount_count; i++)
        if (unit->headcounts[i].on == day)
            return &unit->headcounts[i];
    return NULL;
}

int64_t dom_coverage_base(const struct dom_counts *c, bool basis_declared)
{
    return (int64_t)c->eligible + (basis_declared ? c->unrecorded : 0);
}

int64_t dom_adoption_base(const struct dom_counts *c, bool basis_declared)
{
    return dom_coverage_base(c, basis_declared) - c->on_leave_unused;
}

const char *const dom_band_words[] = {"tot", "kha", "trung_binh", "yeu", NULL};

int dom_band_of(const struct dom_bands *bands, int64_t count, int64_t base)
{
    int band = DOM_BAND_TOT;
    if (base <= 0)
        return -1;
    while (band < DOM_BAND_YEU && count * 100 < bands->least[band] * base)
        band++;
    return band;
}
