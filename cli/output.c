/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/output.h"

#define OUTPUT_MODE 0666 /* less the umask */

static int
open_beside(struct output *o, struct err *e)
{
	struct buf temp = { 0 };

	if (file_replaced_path(o->path, &o->final, e) != 0)
		return -1;
	buf_printf(&temp, "%s.%ld.new", o->final, (long)getpid());
	o->fd = open(buf_str(&temp), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    OUTPUT_MODE);
	if (o->fd == -1) {
		err_system(e, "%s", o->path);
		free(o->final);
		o->final = NULL;
	} else {
		o->temp = xstrdup(buf_str(&temp));
	}
	buf_cleanup(&temp);
	return o->fd == -1 ? -1 : 0;
}

int
output_open(struct output *o, const char *path, struct err *e)
{
	struct stat st;

	*o = (struct output){ .fd = STDOUT_FILENO };
	if (path == NULL || strcmp(path, "-") == 0)
		return 0;
	o->path = path;
	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return open_beside(o, e);
	o->fd = open(path, O_WRONLY | O_CLOEXEC);
	return o->fd == -1 ? err_system(e, "%s", path) : 0;
}

static void
close_output(struct output *o)
{
	if (o->path != NULL && o->fd != -1)
		close(o->fd);
	o->fd = -1;
	free(o->temp);
	free(o->final);
	o->temp = o->final = NULL;
}

static int
sync_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? xstrdup(".") : xstrdup(path);
	int rc;

	if (slash != NULL)
		folder[slash == path ? 1 : slash - path] = '\0';
	rc = file_sync_dir(AT_FDCWD, folder, e);
	free(folder);
	return rc;
}

int
output_commit(struct output *o, struct err *e)
{
	int rc = 0;

	if (o->temp != NULL) {
		if (fsync(o->fd) != 0 || rename(o->temp, o->final) != 0) {
			rc = err_system(e, "%s", o->path);
			unlink(o->temp);
		} else {
			rc = sync_folder(o->final, e);
		}
	}
	close_output(o);
	return rc;
}

void
output_abandon(struct output *o)
{
	if (o->temp != NULL)
		unlink(o->temp);
	close_output(o);
}
