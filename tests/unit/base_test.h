/* What the tests of base share. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "congvu/error.h"
#include "congvu/memory.h"

/* An arena per test: state. */
static inline int arena_setup(void **state)
{
    *state = cv_arena_new(CV_MAX_ARENA);
    return *state ? 0 : -1;
}

static inline int arena_teardown(void **state)
{
    struct cv_arena *arena = *state;

    cv_arena_free(&arena);
    return 0;
}

#define with_arena(fn) cmocka_unit_test_setup_teardown(fn, arena_setup, arena_teardown)
