/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the OpenVEX reader. */
#ifndef CONTENT_OPENVEX_IMPL_H
#define CONTENT_OPENVEX_IMPL_H

#include "content/advisory_build.h"
#include "content/advisory_json.h"

/*
 * The state of a statement, from its status and what is said to it in words;
 * *detail gets the words that decided.
 */
enum advisory_state
openvex_state(const struct json_node *statement, struct span *detail);
/* "Medium", from the words that tell Ubuntu's priority; else empty. */
struct span openvex_severity(const struct json_node *statement);

/*
 * A statement a package of products[], architectures together; p has what is
 * common to all of them.
 */
int openvex_products(struct advisory_build *b, struct arena *a,
    const struct json_node *statement, const struct advisory_package *p,
    struct err *e);

#endif
