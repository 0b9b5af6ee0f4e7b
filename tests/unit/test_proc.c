/* SPDX-License-Identifier: Apache-2.0 */
/* Processes, their messages, and what their sandbox refuses. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/proc.h"
#include "base/sandbox.h"
#include "tests/unit/tmp.h"

static const struct role_rights roles[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_FETCH] = { .name = "fetch", .network = true },
	[ROLE_VERIFY] = { .name = "verify", .files_max = 64 },
	[ROLE_INDEX] = { .name = "index", .writes = { "@state/index" } },
	[ROLE_SCAN] = { .name = "scan", .reads = { "@state/index" } },
	[ROLE_SERVE] = { .name = "serve",
	    .reads = { "@state/index" },
	    .accepts = true },
};

static int
echo(struct ipc *ipc, void *ctx)
{
	struct ipc_message m = { .fd = -1 };
	struct err e;

	(void)ctx;
	while (ipc_recv(ipc, &m, &e) == 1) {
		if (ipc_send(ipc, m.type + 1, m.payload, m.fd, &e) != 0)
			return 1;
		if (m.fd != -1)
			close(m.fd);
	}
	ipc_message_cleanup(&m);
	return 0;
}

static void
test_messages(void **state)
{
	const struct proc_start start = { .role = ROLE_VERIFY, .run = echo };
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };
	struct proc p;
	char *large = calloc(1, IPC_PAYLOAD_MAX);
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(proc_spawn(&p, &start, &e), 0);
	assert_int_equal(
	    ipc_send(&p.ipc, 7, SPAN_LIT("hello"), pipes[1], &e), 0);
	assert_int_equal(ipc_recv(&p.ipc, &m, &e), 1);
	assert_int_equal(m.type, 8);
	assert_true(span_is(m.payload, "hello"));
	assert_int_equal(write(m.fd, "x", 1), 1);
	assert_int_equal(read(pipes[0], large, 1), 1);
	close(m.fd);
	assert_int_equal(
	    ipc_send(&p.ipc, 1, span_make(large, IPC_PAYLOAD_MAX), -1, &e), 0);
	assert_int_equal(ipc_recv(&p.ipc, &m, &e), 1);
	assert_int_equal(m.payload.len, IPC_PAYLOAD_MAX);
	assert_int_equal(m.fd, -1);
	assert_int_equal(
	    ipc_send(&p.ipc, 1, span_make(large, IPC_PAYLOAD_MAX + 1), -1, &e),
	    -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(proc_wait(&p, &e), 0);
	ipc_message_cleanup(&m);
	close(pipes[0]);
	close(pipes[1]);
	free(large);
}

static int
die(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	raise(SIGKILL);
	return 0;
}

static void
test_a_killed_process_is_told(void **state)
{
	const struct proc_start start = { .role = ROLE_INDEX, .run = die };
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };
	struct proc p;

	(void)state;
	assert_int_equal(proc_spawn(&p, &start, &e), 0);
	assert_int_equal(ipc_recv(&p.ipc, &m, &e), 0);
	assert_int_equal(proc_wait(&p, &e), -1);
	assert_string_equal(
	    e.msg, "the index process was ended by signal 9 (Killed)");
	assert_true(p.was_killed);
	ipc_message_cleanup(&m);
}

struct attempt {
	const char *name;
	enum role role;
	int (*run)(struct ipc *, void *);
	bool refused;
	bool needs_landlock;
};

static int
make_socket(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return socket(AF_INET, SOCK_STREAM, 0) == -1 ? 10 : 11;
}

static int
open_below(const char *folder, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/f", folder);
	return open(path, flags, 0600) == -1 ? 10 : 11;
}

static int
read_outside(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return open("/etc/passwd", O_RDONLY) == -1 ? 10 : 11;
}

static int
write_index(struct ipc *ipc, void *ctx)
{
	char path[128];

	(void)ipc;
	snprintf(path, sizeof(path), "%s/index", (const char *)ctx);
	return open_below(path, O_WRONLY | O_CREAT);
}

static int
write_state(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	return open_below(ctx, O_WRONLY | O_CREAT);
}

static int
make_process(struct ipc *ipc, void *ctx)
{
	pid_t pid = fork();

	(void)ipc;
	(void)ctx;
	if (pid == 0)
		_exit(0);
	return pid == -1 ? 10 : 11;
}

/* Refused, and not merely no use. */
static int
is_refused(int rc)
{
	return rc == -1 && (errno == EPERM || errno == EACCES) ? 10 : 11;
}

static int
connect_anywhere(struct ipc *ipc, void *ctx)
{
	const struct sockaddr to = { .sa_family = AF_UNIX };

	(void)ctx;
	return is_refused(connect(ipc->fd, &to, sizeof(to)));
}

static int
run_program(struct ipc *ipc, void *ctx)
{
	char *const none[] = { NULL };

	(void)ipc;
	(void)ctx;
	return is_refused(execve("/bin/true", none, none));
}

static int
mount_root(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return is_refused(mount("none", "/", NULL, MS_REMOUNT, NULL));
}

static int
remove_folder(struct ipc *ipc, void *ctx)
{
	char path[128];

	(void)ipc;
	snprintf(path, sizeof(path), "%s/index", (const char *)ctx);
	return is_refused(rmdir(path));
}

static int
rename_folder(struct ipc *ipc, void *ctx)
{
	char path[128];

	(void)ipc;
	snprintf(path, sizeof(path), "%s/index", (const char *)ctx);
	return is_refused(rename(path, ctx));
}

static int
make_link(struct ipc *ipc, void *ctx)
{
	char path[128];

	(void)ipc;
	snprintf(path, sizeof(path), "%s/index/l", (const char *)ctx);
	return is_refused(symlink("/etc/passwd", path));
}

static int
change_mode(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	return is_refused(chmod(ctx, 0777));
}

static int
look_into_parent(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return is_refused((int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int
end_parent(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return is_refused(kill(getppid(), 0));
}

/* In the sandbox: a socket that listened before is all that it has. */
static int listener = -1;

static int
accept_one(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return accept4(listener, NULL, NULL, SOCK_NONBLOCK) == -1 &&
		errno == EAGAIN
	    ? 11
	    : 10;
}

static int
bind_another(struct ipc *ipc, void *ctx)
{
	const struct sockaddr at = { .sa_family = AF_UNIX };

	(void)ctx;
	return is_refused(bind(ipc->fd, &at, sizeof(at)));
}

static int
listen_again(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	(void)ctx;
	return is_refused(listen(listener, 1));
}

static int
read_state(struct ipc *ipc, void *ctx)
{
	(void)ipc;
	return open_below(ctx, O_RDONLY);
}

static const struct attempt attempts[] = {
	{ "verify makes no socket", ROLE_VERIFY, make_socket, true, false },
	{ "index makes no socket", ROLE_INDEX, make_socket, true, false },
	{ "scan makes no socket", ROLE_SCAN, make_socket, true, false },
	{ "fetch makes sockets", ROLE_FETCH, make_socket, false, false },
	{ "verify opens nothing", ROLE_VERIFY, read_outside, true, false },
	{ "fetch opens nothing else", ROLE_FETCH, read_outside, true, false },
	{ "scan reads nothing else", ROLE_SCAN, read_outside, true, true },
	{ "scan writes nothing", ROLE_SCAN, write_index, true, false },
	{ "index writes its folder", ROLE_INDEX, write_index, false, false },
	{ "index writes nothing else", ROLE_INDEX, write_state, true, true },
	{ "scan makes no process", ROLE_SCAN, make_process, true, false },
	{ "scan connects to nothing", ROLE_SCAN, connect_anywhere, true,
	    false },
	{ "scan runs no program", ROLE_SCAN, run_program, true, false },
	{ "scan mounts nothing", ROLE_SCAN, mount_root, true, false },
	{ "scan removes nothing", ROLE_SCAN, remove_folder, true, false },
	{ "scan renames nothing", ROLE_SCAN, rename_folder, true, false },
	{ "scan makes no link", ROLE_SCAN, make_link, true, false },
	{ "scan changes no mode", ROLE_SCAN, change_mode, true, false },
	{ "scan looks into no process", ROLE_SCAN, look_into_parent, true,
	    false },
	{ "scan ends no process", ROLE_SCAN, end_parent, true, false },
	{ "serve accepts", ROLE_SERVE, accept_one, false, false },
	{ "serve makes no socket", ROLE_SERVE, make_socket, true, false },
	{ "serve binds nothing", ROLE_SERVE, bind_another, true, false },
	{ "serve listens on nothing", ROLE_SERVE, listen_again, true, false },
	{ "serve connects to nothing", ROLE_SERVE, connect_anywhere, true,
	    false },
	{ "serve reads nothing else", ROLE_SERVE, read_outside, true, true },
	{ "serve reads nothing beside", ROLE_SERVE, read_state, true, true },
	{ "serve writes nothing", ROLE_SERVE, write_index, true, false },
	{ "serve makes no process", ROLE_SERVE, make_process, true, false },
	{ "serve runs no program", ROLE_SERVE, run_program, true, false },
	{ "serve ends no process", ROLE_SERVE, end_parent, true, false },
	{ "scan accepts nothing", ROLE_SCAN, accept_one, true, false },
	{ "main is not narrowed", ROLE_MAIN, read_outside, false, false },
};

static void
test_attempt(void **state)
{
	const struct attempt *a = *state;
	struct proc_start start = { .role = a->role, .run = a->run };
	struct err e = { 0 };
	struct proc p;
	struct tmp t;

	if (a->needs_landlock && !sandbox_probe().landlock) {
		print_message("skipped: this kernel has no Landlock\n");
		skip();
	}
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(
	    bind(listener, &(struct sockaddr){ .sa_family = AF_UNIX },
		sizeof(sa_family_t)),
	    0);
	assert_int_equal(listen(listener, 1), 0);
	tmp_init(&t);
	assert_int_equal(file_make_dirs(t.dirfd, "index", &e), 0);
	assert_int_equal(file_replace(t.dirfd, "f", SPAN_LIT("x"), &e), 0);
	proc_init(roles, t.path);
	start.ctx = t.path;
	assert_int_equal(proc_spawn(&p, &start, &e), 0);
	assert_int_equal(proc_wait(&p, &e), -1);
	/* What no role ever calls ends it. */
	if (!a->refused || strstr(e.msg, "by signal 31") == NULL)
		assert_non_null(
		    strstr(e.msg, a->refused ? "status 10" : "status 11"));
	tmp_cleanup(&t);
	close(listener);
}

static int
has_inherited(struct ipc *ipc, void *ctx)
{
	const int *fd = ctx;

	(void)ipc;
	return fcntl(*fd, F_GETFD) == -1 ? 10 : 11;
}

/* Whoever has the network, or parses, gets no file of ours by birth. */
static void
test_bare(void **state)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct proc_start start = {
		.role = ROLE_FETCH, .run = has_inherited, .ctx = &fd
	};
	struct err e = { 0 };
	struct proc p;

	(void)state;
	assert_int_equal(proc_spawn(&p, &start, &e), 0);
	assert_int_equal(proc_wait(&p, &e), -1);
	assert_non_null(strstr(e.msg, "status 11"));
	start.bare = true;
	assert_int_equal(proc_spawn(&p, &start, &e), 0);
	assert_int_equal(proc_wait(&p, &e), -1);
	assert_non_null(strstr(e.msg, "status 10"));
	start.keep = &fd;
	start.n_keep = 1;
	assert_int_equal(proc_spawn(&p, &start, &e), 0);
	assert_int_equal(proc_wait(&p, &e), -1);
	assert_non_null(strstr(e.msg, "status 11"));
	close(fd);
}

int
main(void)
{
	enum { N = sizeof(attempts) / sizeof(*attempts) };
	struct CMUnitTest tests[N + 3];
	size_t i;

	proc_init(roles, "/nonexistent");
	for (i = 0; i < N; i++)
		tests[i] = (struct CMUnitTest){ attempts[i].name, test_attempt,
			NULL, NULL, (void *)(uintptr_t)&attempts[i] };
	tests[N] = (struct CMUnitTest)cmocka_unit_test(test_messages);
	tests[N + 1] =
	    (struct CMUnitTest)cmocka_unit_test(test_a_killed_process_is_told);
	tests[N + 2] = (struct CMUnitTest)cmocka_unit_test(test_bare);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
