/* Is the wall clock to be believed? A clock that is ahead carries out what is dated, for good, and one that is behind
 * writes days that were over; so it is held against one that cannot be set. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "congvu/clock.h"

enum { FAR_S = 86400 };

static int64_t sure_wall, sure_boot; /* the wall clock was right then, as far as is known; 0 = not begun */
static bool asks_kernel;
static _Atomic int64_t off_s;

/* Goes on while the machine sleeps. */
static int64_t boot_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec;
}

#ifdef CONGVU_TEST_CLOCK
static _Atomic bool unsynchronised;

static bool kernel_tells(void)
{
    return true;
}

static bool synchronised(void)
{
    return !atomic_load(&unsynchronised);
}

bool cv_clock_follow(const char *path)
{
    char word[24] = "";
    long long offset = 0;
    FILE *f = fopen(path, "re");

    if (f) {
        char line[64] = "";

        if (fgets(line, sizeof(line), f)) {
            char *rest = line;

            offset = strtoll(line, &rest, 10);
            snprintf(word, sizeof(word), "%.*s", (int)strcspn(rest + strspn(rest, " "), "\n"),
                     rest + strspn(rest, " "));
        }
        fclose(f);
    }
    atomic_store(&unsynchronised, strcmp(word, "unsynchronised") == 0);
    cv_clock_set_offset(offset);
    return true;
}
#else
/* A sandbox may forbid the question. */
static bool kernel_tells(void)
{
    struct timex t = {0};

    return adjtimex(&t) >= 0;
}

static bool synchronised(void)
{
    struct timex t = {0};
    int state = adjtimex(&t);

    return state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
}

bool cv_clock_follow(const char *path)
{
    return *path == '\0';
}
#endif

bool cv_clock_watch(cv_moment newest, bool time_service)
{
    cv_moment now = cv_now();

    asks_kernel = time_service && kernel_tells();
    sure_wall = asks_kernel && newest != CV_NO_MOMENT ? newest : now;
    sure_boot = boot_s();
    return asks_kernel;
}

int64_t cv_clock_look(void)
{
    int64_t wall = cv_now(), boot = boot_s();
    int64_t off = sure_wall ? (wall - sure_wall) - (boot - sure_boot) : 0;

    if (llabs(off) <= FAR_S || (asks_kernel && synchronised())) {
        off = 0;
        sure_wall = wall;
        sure_boot = boot;
    }
    atomic_store(&off_s, off);
    return off;
}

int64_t cv_clock_off(void)
{
    return atomic_load(&off_s);
}

void cv_clock_confirm(void)
{
    sure_wall = cv_now();
    sure_boot = boot_s();
    atomic_store(&off_s, 0);
}
