/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/incoming.h"
#include "syncd/part.h"

#define MAGIC "scapcache part 1"
#define FROM_SIZE_MAX 4096 /* bytes of a .from */

/* A .from: lines of a word and its value, in this order. */
struct from {
	struct span validator;
	uint64_t total;
	/* In which run of the kernel, whose memory holds what it wrote. */
	struct span boot;
	uint64_t synced; /* bytes that are on the disk for sure */
};

void
part_path(struct span url, char path[PART_PATH_SIZE])
{
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;

	digest_of(url, &digest);
	snprintf(path, PART_PATH_SIZE, "incoming/%s" INCOMING_PART,
	    digest_hex(&digest, hex));
}

/* False if path is of no part: then there is nothing beside it. */
static bool
from_path(const char *path, char out[PART_PATH_SIZE])
{
	struct span s = span_of(path);

	if (!span_has_suffix(s, INCOMING_PART))
		return false;
	s.len -= strlen(INCOMING_PART);
	return snprintf(out, PART_PATH_SIZE, "%.*s" INCOMING_FROM,
		   SPAN_ARG(s)) < PART_PATH_SIZE;
}

/* Empty where the kernel does not tell: then no run is the same. */
static void
boot_id(struct buf *out)
{
	struct err ignored;

	if (file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, out,
		&ignored) != 0)
		buf_reset(out);
	while (out->len > 0 && span_is_space(out->ptr[out->len - 1]))
		out->ptr[--out->len] = '\0';
}

/* Matched by from_read(). Not synced: torn, it is read as none. */
static int
from_write(int statefd, const char *path, const struct from *f, struct err *e)
{
	char name[PART_PATH_SIZE], temp[PART_PATH_SIZE + 8];
	struct buf text = { 0 };
	int fd, rc = -1;

	if (!from_path(path, name))
		return err_set(e, ERR_SYSTEM, "%s: is no part", path);
	snprintf(temp, sizeof(temp), "%s.new", name);
	buf_printf(&text,
	    MAGIC "\nvalidator %.*s\ntotal %llu\nboot %.*s\nsynced %llu\n",
	    SPAN_ARG(f->validator), (unsigned long long)f->total,
	    SPAN_ARG(f->boot), (unsigned long long)f->synced);
	fd = openat(
	    statefd, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1)
		err_system(e, "%s", temp);
	else if (file_write_all(fd, buf_span(&text), e) != 0)
		err_context(e, "%s", temp);
	else if (renameat(statefd, temp, statefd, name) != 0)
		err_system(e, "%s", name);
	else
		rc = 0;
	if (fd != -1)
		close(fd);
	if (rc != 0)
		unlinkat(statefd, temp, 0);
	buf_cleanup(&text);
	return rc;
}

/* Cuts "word value\n" off *rest. */
static bool
line(struct span *rest, const char *word, struct span *value)
{
	struct span first;

	return span_next(rest, '\n', value) && rest->ptr != NULL &&
	    span_next(value, ' ', &first) && span_is(first, word) &&
	    value->ptr != NULL;
}

/* Matched by from_write(). Spans lie in text. */
static bool
from_parse(struct span text, struct from *f)
{
	struct span magic, total, synced;

	return span_next(&text, '\n', &magic) && span_is(magic, MAGIC) &&
	    line(&text, "validator", &f->validator) &&
	    f->validator.len <= FETCH_VALIDATOR_MAX &&
	    line(&text, "total", &total) &&
	    parse_uint(total, INT64_MAX, &f->total) &&
	    line(&text, "boot", &f->boot) && line(&text, "synced", &synced) &&
	    parse_uint(synced, INT64_MAX, &f->synced) && text.len == 0;
}

static bool
from_read(int statefd, const char *path, struct buf *text, struct from *f)
{
	char name[PART_PATH_SIZE];
	struct err ignored;

	return from_path(path, name) &&
	    file_read(statefd, name, FROM_SIZE_MAX, text, &ignored) == 0 &&
	    from_parse(buf_span(text), f);
}

/*
 * How many bytes of the file are those that were written to it: after a crash
 * of the machine those that were synced. They are noted as of this boot.
 */
static int
sound_size(int statefd, const char *path, int fd, struct from *f,
    uint64_t *size, struct err *e)
{
	struct buf boot = { 0 };
	struct stat st;
	int rc = 0;

	if (fstat(fd, &st) != 0)
		return err_system(e, "%s", path);
	*size = (uint64_t)st.st_size;
	boot_id(&boot);
	if (boot.len == 0 || !span_eq(f->boot, buf_span(&boot))) {
		f->boot = buf_span(&boot);
		*size = f->synced < *size ? f->synced : *size;
		f->synced = *size;
		if (ftruncate(fd, (off_t)*size) != 0)
			rc = err_system(e, "%s", path);
		else
			rc = from_write(statefd, path, f, e);
	}
	buf_cleanup(&boot);
	return rc;
}

int
part_open(int statefd, const char *path, struct arena *a, int *fd,
    struct fetch_part *have, struct err *e)
{
	struct buf text = { 0 };
	struct from f;
	int rc = 0;

	*have = (struct fetch_part){ 0 };
	*fd = openat(statefd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (*fd == -1)
		return err_system(e, "%s", path);
	if (from_read(statefd, path, &text, &f)) {
		have->validator = arena_span(a, f.validator);
		have->total = f.total;
		rc = sound_size(statefd, path, *fd, &f, &have->size, e);
	}
	/* More than was announced cannot be the beginning of it. */
	if (have->total > 0 && have->size > have->total)
		have->size = 0;
	if (rc != 0)
		close(*fd);
	buf_cleanup(&text);
	return rc;
}

int
part_note(
    int statefd, const char *path, const struct fetch_part *head, struct err *e)
{
	char name[PART_PATH_SIZE];
	struct buf boot = { 0 };
	struct from f = { .validator = head->validator, .total = head->total };
	int rc;

	if (from_path(path, name))
		unlinkat(statefd, name, 0);
	if (head->validator.len == 0)
		return 0;
	boot_id(&boot);
	f.boot = buf_span(&boot);
	rc = from_write(statefd, path, &f, e);
	buf_cleanup(&boot);
	return rc;
}

/* A read lease is not to be had while a file is open to write. */
int
part_settle(int statefd, const char *path, struct err *e)
{
	int fd = openat(statefd, path, O_RDONLY | O_CLOEXEC);
	int rc = 0;

	if (fd == -1)
		return err_system(e, "%s", path);
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	else if (errno == EAGAIN)
		rc = err_set(e, ERR_UNTRUSTED,
		    "the fetch process still has it open to write");
	close(fd);
	return rc;
}

int
part_keep(int statefd, const char *path, struct err *e)
{
	struct buf text = { 0 };
	struct from f;
	struct stat st;
	int rc = -1;
	int fd = openat(statefd, path, O_WRONLY | O_CLOEXEC);

	if (fd == -1 || fdatasync(fd) != 0 || fstat(fd, &st) != 0) {
		err_system(e, "%s", path);
	} else if (!from_read(statefd, path, &text, &f)) {
		err_set(e, ERR_MISSING, "%s: nothing says what it is", path);
	} else {
		f.synced = (uint64_t)st.st_size;
		rc = from_write(statefd, path, &f, e);
	}
	if (fd != -1)
		close(fd);
	buf_cleanup(&text);
	return rc;
}

void
part_drop(int statefd, const char *path)
{
	char name[PART_PATH_SIZE];

	if (from_path(path, name))
		unlinkat(statefd, name, 0);
	unlinkat(statefd, path, 0);
}
