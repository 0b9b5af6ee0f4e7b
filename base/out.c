/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/out.h"
#include "base/utf8.h"

#define OUT_CHUNK ((size_t)64 * 1024)

void
out_init(struct out *o, int fd)
{
	*o = (struct out){ .fd = fd };
}

void
out_cleanup(struct out *o)
{
	buf_cleanup(&o->buf);
}

static void
drain(struct out *o)
{
	size_t done = 0;

	while (done < o->buf.len && o->saved_errno == 0) {
		ssize_t n = write(o->fd, o->buf.ptr + done, o->buf.len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			o->saved_errno = errno;
	}
	buf_reset(&o->buf);
}

void
out_add(struct out *o, const void *ptr, size_t len)
{
	buf_add(&o->buf, ptr, len);
	if (o->fd != -1 && o->buf.len >= OUT_CHUNK)
		drain(o);
}

void
out_span(struct out *o, struct span s)
{
	out_add(o, s.ptr, s.len);
}

void
out_str(struct out *o, const char *s)
{
	out_span(o, span_of(s));
}

void
out_char(struct out *o, char c)
{
	out_add(o, &c, 1);
}

void
out_printf(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&o->buf, fmt, ap);
	va_end(ap);
	out_add(o, "", 0);
}

/* Bytes of the character at s, 0 if it is not one that XML 1.0 allows. */
static size_t
xml_char_len(struct span s)
{
	uint32_t c = 0;
	size_t n = utf8_char(s, &c);

	if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe ||
	    c == 0xffff)
		return 0;
	return n;
}

static const char *
xml_escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

void
out_xml(struct out *o, struct span s)
{
	while (s.len > 0) {
		const char *escape = xml_escape(s.ptr[0]);
		size_t n = xml_char_len(s);

		if (escape != NULL)
			out_str(o, escape);
		else if (n == 0)
			out_str(o, UTF8_REPLACEMENT);
		else
			out_add(o, s.ptr, n);
		s = span_from(s, n == 0 ? 1 : n);
	}
}

int
out_flush(struct out *o, struct err *e)
{
	if (o->fd != -1)
		drain(o);
	if (o->saved_errno == 0)
		return 0;
	errno = o->saved_errno;
	return err_system(e, "cannot write");
}
