/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/sandbox.h"
#include "base/sandbox_parts.h"

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SPACE_IS_OURS 0 /* the sanitizer reserves terabytes */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SPACE_IS_OURS 0
#else
#define ADDRESS_SPACE_IS_OURS 1
#endif
#else
#define ADDRESS_SPACE_IS_OURS 1
#endif

static int
limit(int resource, const char *name, uint64_t value, struct err *e)
{
	struct rlimit r;

	if (value == 0)
		return 0;
	if (getrlimit((__rlimit_resource_t)resource, &r) != 0)
		return err_system(e, "cannot see the limit of %s", name);
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > value)
		r.rlim_max = value;
	r.rlim_cur = r.rlim_max;
	if (setrlimit((__rlimit_resource_t)resource, &r) != 0)
		return err_system(e, "cannot limit %s", name);
	return 0;
}

static int
limits_enter(const struct role_rights *rights, struct err *e)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return err_system(e, "cannot switch off core files");
	if (ADDRESS_SPACE_IS_OURS &&
	    limit(RLIMIT_AS, "memory", rights->memory_max, e) != 0)
		return -1;
	return limit(RLIMIT_NOFILE, "open files", rights->files_max, e);
}

int
sandbox_enter(const struct role_rights *rights, const char *state,
    const char *const *extra_reads, const char *const *extra_writes,
    struct err *e)
{
	const struct sandbox_paths paths = { rights, state, extra_reads,
		extra_writes };

	if (limits_enter(rights, e) != 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_system(e, "cannot give up new privileges");
	if (landlock_available() && landlock_enter(&paths, e) != 0)
		return -1;
	if (seccomp_available() && seccomp_enter(&paths, e) != 0)
		return -1;
	return 0;
}

struct sandbox_status
sandbox_probe(void)
{
	return (
	    struct sandbox_status){ landlock_available(), seccomp_available() };
}
