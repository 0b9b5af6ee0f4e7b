/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internet addresses and networks as OVAL writes them: "192.0.2.0/24",
 * "192.0.2.0/255.255.255.0", "2001:db8::/32".
 */
#ifndef EVAL_ADDRESS_H
#define EVAL_ADDRESS_H

#include "content/oval.h"

struct address {
	unsigned char bytes[16];
	unsigned prefix;
	unsigned n_bits; /* 32 or 128 */
};

/* type: OVAL_IPV4_ADDRESS or OVAL_IPV6_ADDRESS. */
bool address_parse(enum oval_datatype type, struct span s, struct address *out);
/* The order of the first n bits. */
int address_order(const struct address *a, const struct address *b, unsigned n);
bool
address_is_subset(const struct address *inner, const struct address *outer);

#endif
