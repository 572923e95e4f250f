/* The end of the process when it cannot go on truthfully. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/inner.h"

void cv_die(const char *why)
{
    static const char head[] = "congvu: stopped by a broken promise: ";
    char line[256];
    int n = snprintf(line, sizeof(line), "%s%s\n", head, why);

    if (n > 0 && write(STDERR_FILENO, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1) < 0)
        abort();
    abort();
}
