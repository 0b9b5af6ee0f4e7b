/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/incoming.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/state.h"

#define LOCK_RETRY_MS 50

static const char *const folders[] = { "store", "index", "incoming", "run",
	"bundles" };

char *
state_default_path(void)
{
	const char *base = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	struct buf path = { 0 };

	if (geteuid() == 0)
		return xstrdup("/var/lib/scapcache");
	if (base != NULL && base[0] == '/')
		buf_printf(&path, "%s/scapcache", base);
	else
		buf_printf(&path, "%s/.local/state/scapcache",
		    home == NULL ? "" : home);
	return path.ptr;
}

/* Says who holds the lock, as far as the file tells. */
static int
lock_refused(int fd, struct err *e)
{
	struct buf holder = { 0 };
	struct err ignored;

	if (file_read_fd(fd, 64, &holder, &ignored) != 0)
		buf_reset(&holder);
	err_set(e, ERR_SYSTEM,
	    "another scapcache (process %s) is changing this state directory: "
	    "wait for it to end",
	    holder.len == 0 ? "unknown" : buf_str(&holder));
	buf_cleanup(&holder);
	return -1;
}

static int
lock_wait(const struct state *s, int fd, int wait_ms, struct err *e)
{
	int64_t until = clock_monotonic_ms() + wait_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_system(e, "%s/run/lock", s->path);
		if (clock_monotonic_ms() >= until)
			return lock_refused(fd, e);
		poll(NULL, 0, LOCK_RETRY_MS);
	}
	return 0;
}

/* The lock is the kernel's: it ends with the process, whatever happens. */
static int
lock_take(struct state *s, int wait_ms, struct err *e)
{
	int fd =
	    openat(s->dirfd, "run/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char pid[16];
	int n;

	if (fd == -1)
		return err_system(e, "%s/run/lock", s->path);
	if (lock_wait(s, fd, wait_ms, e) != 0) {
		close(fd);
		return -1;
	}
	s->lockfd = fd;
	/* The holder's number serves a message alone, and gc has to work on a
	   disk that has no room for it. */
	n = snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (ftruncate(s->lockfd, 0) == 0 &&
	    pwrite(s->lockfd, pid, (size_t)n, 0) != n)
		log_debug("%s/run/lock: %s", s->path, strerror(errno));
	return 0;
}

/* Who had it is of no use any more: a run that changed nothing leaves nothing.
 */
static void
lock_release(struct state *s)
{
	while (ftruncate(s->lockfd, 0) != 0 && errno == EINTR)
		;
	close(s->lockfd);
}

static int
version_write(const struct state *s, struct err *e)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", STATE_VERSION);

	return file_replace(s->dirfd, "version", span_make(text, (size_t)n), e);
}

static int
version_check(const struct state *s, struct err *e)
{
	struct buf text = { 0 };
	uint64_t version = 0;
	int rc = -1;

	if (file_read(s->dirfd, "version", 64, &text, e) != 0) {
		if (e->code == ERR_MISSING)
			err_set(e, ERR_MISSING,
			    "%s is not a state directory: make one with "
			    "`scapcache --state %s init`",
			    s->path, s->path);
	} else if (!parse_uint(
		       span_trim(buf_span(&text)), UINT32_MAX, &version) ||
	    version != STATE_VERSION) {
		err_set(e, ERR_FORMAT,
		    "%s: state directory of version %.*s, this program reads "
		    "version %d: use the scapcache that wrote it",
		    s->path, SPAN_ARG(span_trim(buf_span(&text))),
		    STATE_VERSION);
	} else {
		rc = 0;
	}
	buf_cleanup(&text);
	return rc;
}

static int
prepare_write(struct state *s, int wait_ms, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (file_make_dirs(s->dirfd, folders[i], e) != 0)
			return -1;
	if (lock_take(s, wait_ms, e) != 0)
		return -1;
	if (!file_exists(s->dirfd, "version") && version_write(s, e) != 0)
		return -1;
	return incoming_clean(s->dirfd, clock_now(), e);
}

static int
refuse_name(void *ctx, const char *name, struct err *e)
{
	const struct state *s = ctx;

	return err_set(e, ERR_FORMAT,
	    "%s holds %s and is not a state directory: name an empty one",
	    s->path, name);
}

/* A folder that holds other people's files is not taken over. */
static int
refuse_foreign(struct state *s, struct err *e)
{
	if (file_exists(s->dirfd, "version") || file_exists(s->dirfd, "store"))
		return 0;
	return file_list(s->dirfd, ".", refuse_name, s, e);
}

int
state_open(struct state *s, const char *path, enum state_mode mode, int wait_ms,
    struct err *e)
{
	*s = (struct state){ .dirfd = -1, .lockfd = -1 };
	if (file_open_dir(AT_FDCWD, path, mode == STATE_WRITE, &s->dirfd, e) !=
	    0) {
		if (e->code == ERR_MISSING)
			err_set(e, ERR_MISSING,
			    "no state directory at %s: make one with "
			    "`scapcache --state %s init`",
			    path, path);
		return -1;
	}
	s->path = realpath(path, NULL);
	if (s->path == NULL) {
		err_system(e, "%s", path);
		goto fail;
	}
	if (mode == STATE_WRITE &&
	    (refuse_foreign(s, e) != 0 || prepare_write(s, wait_ms, e) != 0))
		goto fail;
	if (version_check(s, e) != 0)
		goto fail;
	return 0;
fail:
	state_close(s);
	return -1;
}

void
state_close(struct state *s)
{
	if (s->lockfd != -1)
		lock_release(s);
	if (s->dirfd != -1)
		close(s->dirfd);
	free(s->path);
	*s = (struct state){ .dirfd = -1, .lockfd = -1 };
}
