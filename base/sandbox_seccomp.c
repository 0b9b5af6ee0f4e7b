/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include <seccomp.h>

#include "base/sandbox_parts.h"

/* Memory, time, threads, signals, and descriptors that are open already. */
static const int common_calls[] = { SCMP_SYS(brk), SCMP_SYS(mmap),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
	SCMP_SYS(madvise), SCMP_SYS(mincore), SCMP_SYS(memfd_create),
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(set_tid_address), SCMP_SYS(arch_prctl),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
	SCMP_SYS(membarrier), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday),
	SCMP_SYS(time), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(tgkill), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(read),
	SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write),
	SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(fstat),
	SCMP_SYS(fstatfs), SCMP_SYS(close), SCMP_SYS(close_range),
	SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(fcntl),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
	SCMP_SYS(pipe2), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendto),
	SCMP_SYS(recvfrom), SCMP_SYS(ftruncate), SCMP_SYS(fadvise64) };

/* Looking at paths; what can be seen is up to Landlock. */
static const int path_calls[] = { SCMP_SYS(newfstatat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd) };

static const int write_calls[] = { SCMP_SYS(open), SCMP_SYS(openat),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
	SCMP_SYS(fallocate), SCMP_SYS(fchmod), SCMP_SYS(flock),
	SCMP_SYS(copy_file_range), SCMP_SYS(sync_file_range), SCMP_SYS(fchown),
	SCMP_SYS(chmod) };

static const int network_calls[] = { SCMP_SYS(socket), SCMP_SYS(socketpair),
	SCMP_SYS(connect), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(sendmmsg),
	SCMP_SYS(recvmmsg), SCMP_SYS(shutdown), SCMP_SYS(bind),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync) };

/* Of sockets that are there already: none is made, bound or connected. */
static const int accept_calls[] = { SCMP_SYS(accept4), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(shutdown), SCMP_SYS(sendfile), SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2) };

/* No role has any business with these. */
static const int deadly_calls[] = { SCMP_SYS(execve), SCMP_SYS(execveat),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(mount),
	SCMP_SYS(chroot), SCMP_SYS(pivot_root), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(perf_event_open),
	SCMP_SYS(keyctl) };

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

bool
seccomp_available(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

/* A call that this architecture does not have is passed over. */
static bool
add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int rc = seccomp_rule_add(ctx, action, calls[i], 0);

		if (rc != 0 && rc != -EDOM && rc != -EINVAL)
			return false;
	}
	return true;
}

/* Threads, but no processes: glibc falls back to clone() from clone3(). */
static bool
add_threads(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		   SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) ==
	    0 &&
	    seccomp_rule_add(
		ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

static bool
add_open_to_read(scmp_filter_ctx ctx)
{
	const uint64_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		   SCMP_A2(SCMP_CMP_MASKED_EQ, writing, 0)) == 0 &&
	    add_all(ctx, SCMP_ACT_ALLOW, path_calls, N_OF(path_calls));
}

/* The resolver asks what a socket holds; a terminal is not to be typed on. */
static bool
add_network(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		   SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0)) == 0 &&
	    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0)) == 0 &&
	    add_all(ctx, SCMP_ACT_ALLOW, network_calls, N_OF(network_calls));
}

static bool
has_any(const char *const *fixed, const char *const *extra)
{
	return fixed[0] != NULL || (extra != NULL && extra[0] != NULL);
}

static bool
fill(scmp_filter_ctx ctx, const struct sandbox_paths *p)
{
	bool writes = has_any(p->rights->writes, p->extra_writes);
	bool reads = writes || has_any(p->rights->reads, p->extra_reads);

	if (!add_all(ctx, SCMP_ACT_ALLOW, common_calls, N_OF(common_calls)) ||
	    !add_all(
		ctx, SCMP_ACT_KILL_PROCESS, deadly_calls, N_OF(deadly_calls)) ||
	    !add_threads(ctx))
		return false;
	if (reads && !writes && !add_open_to_read(ctx))
		return false;
	if (writes &&
	    (!add_all(ctx, SCMP_ACT_ALLOW, path_calls, N_OF(path_calls)) ||
		!add_all(ctx, SCMP_ACT_ALLOW, write_calls, N_OF(write_calls))))
		return false;
	if (p->rights->accepts &&
	    !add_all(ctx, SCMP_ACT_ALLOW, accept_calls, N_OF(accept_calls)))
		return false;
	return !p->rights->network || add_network(ctx);
}

int
seccomp_enter(const struct sandbox_paths *p, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = -1;
	int load;

	if (ctx == NULL || !fill(ctx, p)) {
		err_set(e, ERR_SYSTEM, "cannot make a seccomp filter");
		goto out;
	}
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	load = seccomp_load(ctx);
	if (load != 0) {
		err_set(e, ERR_SYSTEM, "cannot enter the seccomp filter: %s",
		    strerror(-load));
		goto out;
	}
	rc = 0;
out:
	seccomp_release(ctx);
	return rc;
}
