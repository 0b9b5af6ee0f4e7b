/* SPDX-License-Identifier: Apache-2.0 */
/* Module streams of dnf: files of /etc/dnf/modules.d, FORMATS §11.5. */
#ifndef SCANNER_MODULE_LIST_H
#define SCANNER_MODULE_LIST_H

#include "scanner/facts.h"

/* Limits of outside input. */
#define MODULE_FILE_MAX ((size_t)64 * 1024) /* bytes */
#define MODULES_MAX 20000u                  /* streams of one image */

/* Start with { 0 }, end with module_list_cleanup(). */
struct module_list {
	struct module_stream *streams;
	size_t n;
	size_t cap;
};

void module_list_cleanup(struct module_list *l);
/* Adds those of one file of modules.d. */
int module_list_read(
    struct module_list *l, struct span text, struct arena *a, struct err *e);

#endif
