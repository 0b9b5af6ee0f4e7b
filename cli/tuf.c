/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `scapcache tuf`: a client of any TUF repository over HTTP, with the command
 * line that the tuf-conformance suite drives.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "bundle/proc_tuf.h"
#include "bundle/refusal.h"
#include "bundle/tuf_fetch.h"
#include "cli/cli.h"

#define HOSTS_MAX 2       /* of metadata and of targets */
#define FILE_NAME_MAX 255 /* bytes, of most file systems */
#define PART "scapcache-download.part"

struct tuf_run {
	const struct cli *cli;
	const char *metadata_dir;
	const char *metadata_url;
	const char *target_name;
	const char *target_base_url;
	const char *target_dir;
	int dirfd; /* of metadata_dir */
	struct tuf_fetch fetch;
	struct proc_tuf client;
	struct proc_tuf_state state;
};

/* --- what is trusted: <role>.json in a folder --- */

static void
file_name(const char *role, struct buf *out)
{
	buf_printf(out, "%s.json", role);
}

static int
on_load(void *ctx, const char *role, uint64_t version, struct buf *out,
    struct err *e)
{
	const struct tuf_run *r = ctx;
	struct buf name = { 0 };
	int rc;

	(void)version; /* there is one of each */
	file_name(role, &name);
	rc = file_read(r->dirfd, buf_str(&name), TUF_TARGETS_MAX, out, e);
	buf_cleanup(&name);
	return rc;
}

static int
on_keep(void *ctx, const char *role, uint64_t version, struct span bytes,
    struct err *e)
{
	const struct tuf_run *r = ctx;
	struct buf name = { 0 };
	int rc;

	(void)version;
	file_name(role, &name);
	rc = file_replace(r->dirfd, buf_str(&name), bytes, e);
	buf_cleanup(&name);
	return rc == 0 ? 0 : err_context(e, "%s", r->metadata_dir);
}

static int
on_drop(void *ctx, const char *role, struct err *e)
{
	const struct tuf_run *r = ctx;
	struct buf name = { 0 };
	int rc = 0;

	file_name(role, &name);
	if (unlinkat(r->dirfd, buf_str(&name), 0) != 0 && errno != ENOENT)
		rc = err_system(e, "%s/%s", r->metadata_dir, buf_str(&name));
	buf_cleanup(&name);
	return rc;
}

/* --- refresh --- */

/* The hosts of URLs that were named with http:// are spoken to so. */
static void
plain_hosts(const struct tuf_run *r, char *hosts[HOSTS_MAX + 1])
{
	const char *urls[HOSTS_MAX] = { r->metadata_url, r->target_base_url };
	size_t i, n = 0;

	for (i = 0; i < HOSTS_MAX; i++) {
		struct buf host = { 0 };

		if (urls[i] == NULL || !http_is_plain(span_of(urls[i])))
			continue;
		buf_add_span(&host, http_host(span_of(urls[i])));
		hosts[n++] = xstrdup(buf_str(&host));
		buf_cleanup(&host);
	}
	hosts[n] = NULL;
}

static int
open_fetch(struct tuf_run *r, struct err *e)
{
	const char *proxy = config_str(r->cli->config, "sync.proxy");
	struct http_options o = http_defaults;
	char *hosts[HOSTS_MAX + 1];
	const char *plain[HOSTS_MAX + 1];
	size_t i;
	int rc;

	plain_hosts(r, hosts);
	for (i = 0; i <= HOSTS_MAX; i++)
		plain[i] = NULL;
	for (i = 0; hosts[i] != NULL; i++)
		plain[i] = hosts[i];
	o.plain = plain;
	o.proxy = proxy[0] == '\0' ? NULL : proxy;
	o.retries = 0; /* whoever runs it may run it again */
	rc = tuf_fetch_open(&r->fetch, r->metadata_url, &o, e);
	for (i = 0; hosts[i] != NULL; i++)
		free(hosts[i]);
	return rc;
}

static int
refresh(struct tuf_run *r, struct err *e)
{
	struct tuf_client_options o = {
		.transport = tuf_fetch_transport(&r->fetch),
		.trust = { r, on_load, on_keep, on_drop },
		.now = clock_now(),
		.pass_over_fork = true,
	};

	if (file_open_dir(AT_FDCWD, r->metadata_dir, false, &r->dirfd, e) !=
		0 ||
	    open_fetch(r, e) != 0 || proc_tuf_open(&r->client, &o, e) != 0)
		return -1;
	return proc_tuf_refresh(&r->client, &r->state, e);
}

static int
run_refresh(struct tuf_run *r, struct err *e)
{
	enum tuf_type t;

	if (refresh(r, e) != 0)
		return -1;
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		printf("%s %llu%s", tuf_type_name(t),
		    (unsigned long long)r->state.versions[t],
		    t == N_TUF_TYPES - 1 ? "\n" : " ");
	return 0;
}

/* --- init --- */

static int
run_init(struct tuf_run *r, const char *root, struct err *e)
{
	struct buf bytes = { 0 };
	int rc = -1;

	if (file_read(AT_FDCWD, root, TUF_ROOT_MAX, &bytes, e) != 0)
		err_context(e, "%s", root);
	else if (file_open_dir(AT_FDCWD, r->metadata_dir, true, &r->dirfd, e) ==
	    0)
		rc = on_keep(r, "root", 0, buf_span(&bytes), e);
	buf_cleanup(&bytes);
	return rc;
}

/* --- download --- */

/* The path as one name: what is not fit for that is percent-encoded. */
static int
target_file_name(struct span path, struct buf *out, struct err *e)
{
	size_t i;

	for (i = 0; i < path.len; i++) {
		char c = path.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) ||
		    span_find(SPAN_LIT("_.-~"), c) < 4)
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
	if (out->len <= FILE_NAME_MAX && !span_is(path, ".") &&
	    !span_is(path, ".."))
		return 0;
	return err_set(
	    e, ERR_LIMIT, "the target's path cannot be a file's name");
}

static bool
is_there(int dirfd, const char *name, const struct proc_tuf_target *t)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct digest d;
	uint64_t size;
	struct err e;
	bool same;

	if (fd == -1)
		return false;
	same = digest_of_fd(fd, &d, &size, &e) == 0 && size == t->size_bytes &&
	    digest_eq(&d, &t->sha256);
	close(fd);
	return same;
}

static int
fetch_body(
    struct tuf_run *r, const struct proc_tuf_target *t, int fd, struct err *e)
{
	struct buf url = { 0 };
	struct digest d;
	uint64_t size;
	int rc;

	tuf_fetch_target_url(&url, span_of(r->target_base_url), t->path,
	    r->state.is_consistent ? &t->sha256 : NULL);
	rc = tuf_fetch_url(&r->fetch, buf_span(&url), t->size_bytes, fd, e);
	if (rc != 0 && e->code == ERR_MISSING)
		refuse_as(e, REFUSAL_INCOMPLETE);
	if (rc != 0 && e->code == ERR_LIMIT)
		refuse_as(e, REFUSAL_UNTRUSTED);
	if (rc == 0)
		rc = digest_of_fd(fd, &d, &size, e);
	if (rc == 0 && (size != t->size_bytes || !digest_eq(&d, &t->sha256)))
		rc = refuse(e, REFUSAL_UNTRUSTED,
		    "%s is not the file that was signed", buf_str(&url));
	if (rc == 0 && fsync(fd) != 0)
		rc = err_system(e, "%s", r->target_dir);
	buf_cleanup(&url);
	return rc;
}

/* Beside, then in its place: what stands there stays if it is not whole. */
static int
fetch_target(struct tuf_run *r, const struct proc_tuf_target *t, int dirfd,
    const char *name, struct err *e)
{
	int fd, rc;

	fd = openat(dirfd, PART,
	    O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return err_system(e, "%s/%s", r->target_dir, PART);
	rc = fetch_body(r, t, fd, e);
	if (rc == 0 && renameat(dirfd, PART, dirfd, name) != 0)
		rc = err_system(e, "%s/%s", r->target_dir, name);
	if (rc != 0)
		unlinkat(dirfd, PART, 0);
	close(fd);
	return rc;
}

static int
store_target(struct tuf_run *r, const struct proc_tuf_target *t, struct err *e)
{
	struct buf name = { 0 };
	int dirfd = -1, rc = -1;

	if (target_file_name(t->path, &name, e) != 0 ||
	    file_open_dir(AT_FDCWD, r->target_dir, true, &dirfd, e) != 0)
		goto out;
	if (!is_there(dirfd, buf_str(&name), t) &&
	    fetch_target(r, t, dirfd, buf_str(&name), e) != 0)
		goto out;
	printf("%s/%s\n", r->target_dir, buf_str(&name));
	rc = 0;
out:
	if (dirfd != -1)
		close(dirfd);
	buf_cleanup(&name);
	return rc;
}

static int
run_download(struct tuf_run *r, struct err *e)
{
	struct proc_tuf_target t;
	int rc;

	if (refresh(r, e) != 0)
		return -1;
	rc = proc_tuf_find(&r->client, span_of(r->target_name), &t, e);
	if (rc == 0)
		return refuse(e, REFUSAL_INCOMPLETE,
		    "no role has the target %s", r->target_name);
	return rc < 0 ? -1 : store_target(r, &t, e);
}

/* --- the command line --- */

static int
run(struct tuf_run *r, int n_args, char **argv)
{
	struct err e = { 0 };
	int rc;

	if (n_args == 2)
		rc = run_init(r, argv[2], &e);
	else if (strcmp(argv[1], "refresh") == 0)
		rc = run_refresh(r, &e);
	else
		rc = run_download(r, &e);
	proc_tuf_close(&r->client);
	tuf_fetch_close(&r->fetch);
	if (r->dirfd != -1)
		close(r->dirfd);
	if (rc == 0)
		return CLI_OK;
	if (refusal_of(&e) != REFUSAL_NONE)
		err_context(&e, "%s", refusal_name(refusal_of(&e)));
	return cli_error(&e);
}

/* CLI_OK, or usage. */
static int
check(const struct tuf_run *r, int n_args, char **argv)
{
	const char *verb = n_args > 0 ? argv[1] : "";
	bool is_init = strcmp(verb, "init") == 0;
	bool is_download = strcmp(verb, "download") == 0;

	if (!is_init && !is_download && strcmp(verb, "refresh") != 0)
		return cli_usage(
		    r->cli, "say init TRUSTED_ROOT, refresh or download");
	if (n_args != (is_init ? 2 : 1))
		return cli_usage(r->cli,
		    is_init ? "init needs the file of a trusted root"
			    : "%s takes no argument",
		    verb);
	if (r->metadata_dir == NULL)
		return cli_usage(r->cli, "--metadata-dir is needed");
	if (!is_init && r->metadata_url == NULL)
		return cli_usage(r->cli, "--metadata-url is needed");
	if (is_download &&
	    (r->target_name == NULL || r->target_base_url == NULL ||
		r->target_dir == NULL))
		return cli_usage(r->cli,
		    "download needs --target-name, --target-base-url and "
		    "--target-dir");
	return CLI_OK;
}

int
cli_tuf(struct cli *cli, int argc, char **argv)
{
	struct tuf_run r = {
		.cli = cli,
		.dirfd = -1,
		.fetch = { .proc = { .ipc = { -1 } }, .message = { .fd = -1 } },
		.client = { .proc = { .ipc = { -1 } },
		    .message = { .fd = -1 } },
	};
	const struct cli_option options[] = {
		{ "metadata-dir", "DIR", "what is trusted: root.json …",
		    &r.metadata_dir },
		{ "metadata-url", "URL", "the repository's metadata",
		    &r.metadata_url },
		{ "target-name", "PATH", "the target to download",
		    &r.target_name },
		{ "target-base-url", "URL", "the repository's targets",
		    &r.target_base_url },
		{ "target-dir", "DIR", "where it is put", &r.target_dir },
		{ NULL, NULL, NULL, NULL },
	};
	int n_args;
	int rc = cli_options(cli, options, argc, argv, &n_args);

	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (check(&r, n_args, argv) != CLI_OK)
		return CLI_ERROR;
	return run(&r, n_args, argv);
}
