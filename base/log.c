/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

static enum log_level current = LOG_WARN;

static const char *const names[] = { "", "error", "warn", "info", "debug" };
static const int priorities[] = { 0, 3, 4, 6, 7 }; /* syslog(3) */

void
log_set_level(enum log_level level)
{
	current = level;
}

enum log_level
log_get_level(void)
{
	return current;
}

bool
log_level_parse(struct span name, enum log_level *out)
{
	int i;

	for (i = LOG_ERROR; i <= LOG_DEBUG; i++) {
		if (span_is(name, names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* $JOURNAL_STREAM names device and inode; a redirection leaves it behind. */
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat st;

	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, ours) == 0;
}

/* One write a line, so that lines of several processes do not mix. */
static void log_line(enum log_level level, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
log_line(enum log_level level, const char *fmt, va_list ap)
{
	char text[1024];
	char line[sizeof(text) + 32];
	int n;
	size_t i;

	if (level > current)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	for (i = 0; text[i] != '\0'; i++)
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	if (is_journal(STDERR_FILENO))
		n = snprintf(
		    line, sizeof(line), "<%d>%s\n", priorities[level], text);
	else
		n = snprintf(line, sizeof(line), "scapcache: %s: %s\n",
		    names[level], text);
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nobody is left to tell */
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_DEBUG, fmt, ap);
	va_end(ap);
}
