/* SPDX-License-Identifier: Apache-2.0 */
/* rpm headers for tests, entry by entry. */
#ifndef TESTS_UNIT_RPM_MAKE_H
#define TESTS_UNIT_RPM_MAKE_H

#include "base/buf.h"
#include "scanner/rpm_header.h"

struct rpm_make {
	struct buf index;
	struct buf data;
	uint32_t n;
};

static inline void
rpm_make_be32(struct buf *b, uint32_t v)
{
	buf_add_char(b, (char)(v >> 24));
	buf_add_char(b, (char)(v >> 16));
	buf_add_char(b, (char)(v >> 8));
	buf_add_char(b, (char)v);
}

static inline void
rpm_make_entry(struct rpm_make *m, uint32_t tag, uint32_t type, uint32_t count,
    struct span data)
{
	rpm_make_be32(&m->index, tag);
	rpm_make_be32(&m->index, type);
	rpm_make_be32(&m->index, (uint32_t)m->data.len);
	rpm_make_be32(&m->index, count);
	buf_add_span(&m->data, data);
	m->n++;
}

static inline void
rpm_make_string(struct rpm_make *m, uint32_t tag, const char *text)
{
	struct span s = span_of(text);

	s.len++; /* with its NUL */
	rpm_make_entry(m, tag, 6, 1, s);
}

/* "a,b,c" */
static inline void
rpm_make_strings(struct rpm_make *m, uint32_t tag, const char *list)
{
	struct span rest = span_of(list);
	struct buf b = { 0 };
	struct span s;
	uint32_t n = 0;

	for (; span_next(&rest, ',', &s); n++) {
		buf_add_span(&b, s);
		buf_add_char(&b, '\0');
	}
	rpm_make_entry(m, tag, 8, n, buf_span(&b));
	buf_cleanup(&b);
}

static inline void
rpm_make_ints(struct rpm_make *m, uint32_t tag, const uint32_t *v, uint32_t n)
{
	struct buf b = { 0 };
	uint32_t i;

	while (m->data.len % 4 != 0)
		buf_add_char(&m->data, '\0');
	for (i = 0; i < n; i++)
		rpm_make_be32(&b, v[i]);
	rpm_make_entry(m, tag, 4, n, buf_span(&b));
	buf_cleanup(&b);
}

/* The blob as a database holds it; m starts again empty. */
static inline void
rpm_make_finish(struct rpm_make *m, struct buf *out)
{
	rpm_make_be32(out, m->n);
	rpm_make_be32(out, (uint32_t)m->data.len);
	buf_add_span(out, buf_span(&m->index));
	buf_add_span(out, buf_span(&m->data));
	buf_cleanup(&m->index);
	buf_cleanup(&m->data);
	m->n = 0;
}

/* A package without files. */
static inline void
rpm_make_package(struct buf *out, const char *name, const char *version)
{
	struct rpm_make m = { 0 };

	rpm_make_string(&m, RPM_TAG_NAME, name);
	rpm_make_string(&m, RPM_TAG_VERSION, version);
	rpm_make_string(&m, RPM_TAG_RELEASE, "1.el9");
	rpm_make_string(&m, RPM_TAG_ARCH, "x86_64");
	rpm_make_finish(&m, out);
}

#endif
