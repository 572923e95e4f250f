/* Working days of the policy: when an answer is due. */
#include "congvu/working.h"
#include "domain/naming/policy.h"

int dom_policy_sla_days(const struct dom_policy *policy, enum dom_sla what)
{
    return policy->sla[what];
}

bool dom_policy_works_on(const struct dom_policy *policy, cv_day day)
{
    int year, month, number;
    if (!dom_working_day(day))
        return false;
    cv_day_split(day, &year, &month, &number);
    for (size_t i = 0; i < policy->holiday_count; i++) {
        const struct holiday *h = &policy->holidays[i];
        if (h->month == month && h->day == number && (h->year == 0 || h->year == year))
            return false;
    }
    return true;
}

cv_day dom_policy_due_day(const struct dom_policy *policy, cv_day from, int days)
{
    cv_day due = from;
    while (days > 0)
        days -= dom_policy_works_on(policy, ++due);
    return due;
}
