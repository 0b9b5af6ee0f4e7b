/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of server/api_scan.c's table: stored results. */
#ifndef SERVER_API_IMAGES_H
#define SERVER_API_IMAGES_H

#include "scanner/report.h"
#include "server/api_impl.h"

api_handler api_get_images, api_get_image, api_get_image_verdicts,
    api_get_image_findings, api_get_image_packages, api_get_image_layers,
    api_get_image_explain, api_get_compare, api_get_inventory, api_get_verdict,
    api_get_verify, api_get_cve_images;

/* "as_of", also where it is written "as-of". */
struct span api_as_of(const struct request *q, const char *name);
/* Content-Type of a report. */
const char *api_report_type(enum report_format f);
/* The answer is a file of the desk's, handed over. */
int api_file(struct response *s, int fd, const char *type, struct err *e);

#endif
