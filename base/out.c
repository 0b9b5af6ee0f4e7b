/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/out.h"

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
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	buf_reserve(&o->buf, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(o->buf.ptr + o->buf.len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	o->buf.len += (size_t)n;
	out_add(o, "", 0);
}

/* Bytes of the character at s, 0 if it is not one that XML 1.0 allows. */
static size_t
xml_char_len(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t n, i;
	uint32_t c;

	if (p[0] < 0x80)
		return p[0] >= ' ' || p[0] == '\t' || p[0] == '\n' ||
			p[0] == '\r'
		    ? 1
		    : 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.len < n)
		return 0;
	c = p[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff) || c == 0xfffe || c == 0xffff)
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
			out_str(o, "\xef\xbf\xbd");
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
