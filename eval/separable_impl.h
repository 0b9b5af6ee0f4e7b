/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of eval/separable.h share. */
#ifndef EVAL_SEPARABLE_IMPL_H
#define EVAL_SEPARABLE_IMPL_H

#include "eval/machine_impl.h"
#include "eval/plan_impl.h"
#include "eval/separable.h"

/* References that are followed; what nests deeper is not separable. */
#define SEPARABLE_DEPTH_MAX 64u

/*
 * Sets *asks if anything below the test, its states included, looks at
 * packages other than the owners of files.
 */
int separable_test_asks(
    struct machine *m, const struct oval_test *t, bool *asks, struct err *e);
/* The same of its states alone: they may use variables. */
int separable_states_ask(
    struct machine *m, const struct oval_test *t, bool *asks, struct err *e);

#endif
