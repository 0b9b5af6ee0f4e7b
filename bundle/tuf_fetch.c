/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/tuf_fetch.h"

int
tuf_fetch_open(struct tuf_fetch *f, const char *metadata_url,
    const struct http_options *options, struct err *e)
{
	*f = (struct tuf_fetch){ .message = { .fd = -1 },
		.metadata_url = metadata_url };
	return proc_http_open(&f->proc, options, e);
}

void
tuf_fetch_close(struct tuf_fetch *f)
{
	ipc_message_cleanup(&f->message);
	proc_kill(&f->proc);
}

static int
judge(const struct http_answer *a, struct err *e)
{
	if (http_has_body(a))
		return 0;
	/* Some stores of objects say 403 of what is not there. */
	if (a->status == 404 || a->status == 403 || a->status == 410)
		return err_set(
		    e, ERR_MISSING, "the host answers %u", a->status);
	*e = a->error;
	if (e->code != ERR_NONE)
		return -1;
	return err_set(e, ERR_NETWORK, "the host answers %u", a->status);
}

int
tuf_fetch_url(struct tuf_fetch *f, struct span url, uint64_t size_max, int fd,
    struct err *e)
{
	const struct http_request r = {
		.url = url, .size_max = size_max, .fd = fd
	};
	struct http_answer a;
	struct http_end end = { 0 };

	if (proc_http_get(&f->proc, &r, e) != 0 ||
	    proc_http_answer(&f->proc, &f->message, &a, e) != 0)
		return -1;
	if (judge(&a, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(url));
	if (proc_http_end(&f->proc, &end, e) != 0)
		return -1;
	if (end.error.code == ERR_NONE)
		return 0;
	*e = end.error;
	return err_context(e, "%.*s", SPAN_ARG(url));
}

static int
get(void *ctx, const char *name, uint64_t size_max, struct buf *out,
    struct err *e)
{
	struct tuf_fetch *f = ctx;
	struct span base = span_of(f->metadata_url);
	struct buf url = { 0 };
	int fd = memfd_create("metadata", MFD_CLOEXEC);
	int rc;

	if (fd == -1)
		return err_system(e, "memory for %s", name);
	buf_add_span(&url, base);
	if (!span_has_suffix(base, "/"))
		buf_add_char(&url, '/');
	buf_add_str(&url, name); /* which is fit for a URL */
	rc = tuf_fetch_url(f, buf_span(&url), size_max, fd, e);
	if (rc == 0)
		rc = file_read_fd(fd, (size_t)size_max, out, e);
	buf_cleanup(&url);
	close(fd);
	return rc;
}

struct tuf_transport
tuf_fetch_transport(struct tuf_fetch *f)
{
	return (struct tuf_transport){ f, get };
}

static void
add_encoded(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) ||
		    span_find(SPAN_LIT("/_.-~"), c) < 5)
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

void
tuf_fetch_target_url(struct buf *out, struct span base, struct span path,
    const struct digest *hash)
{
	char hex[DIGEST_HEX_SIZE];
	size_t last = span_rfind(path, '/');

	buf_add_span(out, base);
	if (base.len > 0 && !span_has_suffix(base, "/"))
		buf_add_char(out, '/');
	last = last == path.len ? 0 : last + 1;
	add_encoded(out, span_first(path, last));
	if (hash != NULL)
		buf_printf(out, "%s.", digest_hex(hash, hex));
	add_encoded(out, span_from(path, last));
}
