/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "base/buf.h"
#include "base/sandbox_parts.h"

/* Newer than the headers of Debian 12; the ABI version guards their use. */
#define RIGHT_REFER (1ULL << 13)
#define RIGHT_TRUNCATE (1ULL << 14)

#define RIGHTS_FILE_READ (LANDLOCK_ACCESS_FS_READ_FILE)
#define RIGHTS_READ (RIGHTS_FILE_READ | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_FILE_WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)
#define RIGHTS_WRITE                                                     \
	(RIGHTS_READ | RIGHTS_FILE_WRITE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE)
/* Every right of ABI 1: whatever is not granted is refused. */
#define RIGHTS_ALL ((1ULL << 13) - 1)

static int
abi_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

bool
landlock_available(void)
{
	return abi_version() >= 1;
}

static uint64_t
handled_rights(void)
{
	uint64_t rights = RIGHTS_ALL;

	if (abi_version() >= 2)
		rights |= RIGHT_REFER;
	if (abi_version() >= 3)
		rights |= RIGHT_TRUNCATE;
	return rights;
}

static int
allow(int ruleset, const char *path, uint64_t rights, struct err *e)
{
	struct landlock_path_beneath_attr attr = { 0 };
	struct stat st;
	int rc = 0;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? 0 : err_system(e, "%s", path);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rights &= RIGHTS_FILE_READ | RIGHTS_FILE_WRITE;
	attr.parent_fd = fd;
	attr.allowed_access = rights & handled_rights();
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&attr, 0) != 0)
		rc = err_system(e, "%s: cannot grant access", path);
	close(fd);
	return rc;
}

static int
allow_all(int ruleset, const struct sandbox_paths *p, const char *const *paths,
    uint64_t rights, struct err *e)
{
	struct buf path = { 0 };
	int rc = 0;

	for (; rc == 0 && paths != NULL && *paths != NULL; paths++) {
		struct span s = span_of(*paths);

		buf_reset(&path);
		if (span_has_prefix(s, "@state"))
			buf_printf(&path, "%s%.*s", p->state,
			    SPAN_ARG(span_from(s, 6)));
		else
			buf_add_span(&path, s);
		rc = allow(ruleset, buf_str(&path), rights, e);
	}
	buf_cleanup(&path);
	return rc;
}

int
landlock_enter(const struct sandbox_paths *p, struct err *e)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs =
						  handled_rights() };
	int rc = -1;
	int ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (ruleset == -1)
		return err_system(e, "cannot make a Landlock rule set");
	if (allow_all(ruleset, p, p->rights->reads, RIGHTS_READ, e) != 0 ||
	    allow_all(ruleset, p, p->extra_reads, RIGHTS_READ, e) != 0 ||
	    allow_all(ruleset, p, p->rights->writes, RIGHTS_WRITE, e) != 0 ||
	    allow_all(ruleset, p, p->extra_writes, RIGHTS_WRITE, e) != 0)
		goto out;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		err_system(e, "cannot enter the Landlock rule set");
	else
		rc = 0;
out:
	close(ruleset);
	return rc;
}
