/* What requests of one process must not do in the same moment: they take turns, a word each. */
#include <string.h>

#include "provision/core/turns.h"

/* Where the word stands, or turn_count. Under the lock. */
static size_t turn_at(const struct prov *prov, const char *word)
{
    size_t i = 0;
    while (i < prov->turn_count && strcmp(prov->turns[i], word) != 0)
        i++;
    return i;
}

/* Under the lock. */
static bool is_free(const struct prov *prov, const char *word)
{
    return turn_at(prov, word) == prov->turn_count && prov->turn_count < PROV_TURNS_MAX;
}

bool prov_turn_begin(struct prov_call *call, const char *word, struct cv_error *err)
{
    struct prov *prov = call->prov;
    struct timespec until = cv_timespec(call->deadline);
    if (word == NULL)
        return true;
    cv_lock_take(&prov->lock);
    while (!is_free(prov, word) && pthread_cond_timedwait(&prov->turned, &prov->lock.mutex, &until) == 0)
        ;
    bool mine = is_free(prov, word);
    if (mine)
        prov->turns[prov->turn_count++] = word;
    cv_lock_give(&prov->lock);
    return mine || cv_fail(err, cvp_busy, NULL, "Yêu cầu khác về cùng việc này chưa xong; chưa có gì thay đổi",
                           "Another request about the same thing is not through; nothing was changed");
}

void prov_turn_end(struct prov_call *call, const char *word)
{
    struct prov *prov = call->prov;
    if (word == NULL)
        return;
    cv_lock_take(&prov->lock);
    size_t at = turn_at(prov, word);
    cv_must(at < prov->turn_count);
    prov->turns[at] = prov->turns[--prov->turn_count];
    pthread_cond_broadcast(&prov->turned);
    cv_lock_give(&prov->lock);
}
