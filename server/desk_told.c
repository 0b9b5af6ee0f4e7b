/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "server/desk_told.h"

/* The files, and where the link leads: a new generation, run, scan, import. */
static void
add_stamps(struct buf *b, int statefd)
{
	static const char *const paths[] = { "index/current", "catalog.sqlite",
		"catalog.sqlite-journal", "results.sqlite",
		"results.sqlite-wal", "tuf/metadata/timestamp.json",
		"run/syncd.sock" };
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (fstatat(statefd, paths[i], &st, 0) == 0)
			buf_printf(b,
			    "%" PRIu64 " %" PRId64 " %" PRId64 ".%09ld;",
			    (uint64_t)st.st_ino, (int64_t)st.st_size,
			    (int64_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
		else
			buf_add_char(b, ';');
}

bool
desk_told_again(struct desk_told *t, int statefd, struct out *out)
{
	struct buf stamp = { 0 };
	bool holds;

	add_stamps(&stamp, statefd);
	holds = t->text.len > 0 &&
	    clock_monotonic_ms() - t->made_ms < DESK_TOLD_S * 1000 &&
	    span_eq(buf_span(&stamp), buf_span(&t->stamp));
	if (holds)
		out_span(out, buf_span(&t->text));
	buf_reset(&t->stamp);
	buf_add_span(&t->stamp, buf_span(&stamp));
	buf_cleanup(&stamp);
	return holds;
}

void
desk_told_keep(struct desk_told *t, struct span text)
{
	buf_reset(&t->text);
	buf_add_span(&t->text, text);
	t->made_ms = clock_monotonic_ms();
}

void
desk_told_cleanup(struct desk_told *t)
{
	buf_cleanup(&t->text);
	buf_cleanup(&t->stamp);
}
