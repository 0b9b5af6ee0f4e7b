/* SPDX-License-Identifier: Apache-2.0 */
/* What encoding and decoding an inventory share. */
#ifndef SCANNER_INVENTORY_IMPL_H
#define SCANNER_INVENTORY_IMPL_H

#include <stddef.h>

#include "scanner/inventory.h"

#define INVENTORY_ORIGIN_FORM "scapcache origin 1"
#define INVENTORY_TOO_LARGE "larger than what an inventory keeps"

#define N_PACKAGE_SPANS 11u
/* Where the strings of a struct package lie, in the form's order. */
extern const size_t inventory_package_spans[N_PACKAGE_SPANS];

#endif
