/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line a message on standard error: "stage: subject: what happened
 * key=value", behind "scapcache: info: ", or where standard error is the
 * journal's behind its own "<6>", as sd-daemon(3) has it. Libraries in base/
 * and content/ never log, they return errors. Secrets are never logged.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/span.h"

enum log_level {
	LOG_ERROR = 1, /* an operator must act */
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* "error" "warn" "info" "debug"; false for any other name. */
bool log_level_parse(struct span name, enum log_level *out);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
