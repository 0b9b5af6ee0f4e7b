/* SPDX-License-Identifier: Apache-2.0 */
/* By what the desk judges: policies by name, severities, moments. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "server/desk_results.h"

#define POLICY_NAME_MAX 64u
#define POLICY_SUFFIX ".ini"

/* Letters, digits, "-", "_" and ".", which is not the first. */
static bool
is_policy_name(struct span name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!span_is_alpha(c) && !span_is_digit(c) && c != '-' &&
		    c != '_' && (c != '.' || i == 0))
			return false;
	}
	return name.len > 0 && name.len <= POLICY_NAME_MAX;
}

static int
policy_path(const struct desk_server *d, struct span name, struct buf *path,
    struct err *e)
{
	const char *folder = config_str(d->config, "serve.policies");

	if (!is_policy_name(name))
		return err_set(e, ERR_FORMAT,
		    "policy is the name of a policy of this server: letters, "
		    "digits, \"-\", \"_\" and \".\"");
	if (folder[0] == '\0')
		return err_set(e, ERR_MISSING,
		    "this server has no policies: serve.policies names none");
	buf_printf(path, "%s/%.*s" POLICY_SUFFIX, folder, SPAN_ARG(name));
	return 0;
}

static int
open_policy(struct span name, struct scan_request *r, struct err *e)
{
	r->policy_fd = open(r->policy_name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->policy_fd != -1)
		return 0;
	if (name.len > 0 && errno == ENOENT)
		return err_set(
		    e, ERR_MISSING, "there is no policy %.*s", SPAN_ARG(name));
	return err_system(e, "%s", r->policy_name);
}

int
desk_rules(const struct desk_server *d, struct span policy, struct span fail_on,
    struct buf *path, struct scan_request *r, struct err *e)
{
	struct span severity = fail_on.len > 0
	    ? fail_on
	    : span_of(config_str(d->config, "scan.fail_on"));

	r->policy_fd = -1;
	r->options.fail_on_set = severity.len > 0;
	if (r->options.fail_on_set &&
	    (!severity_parse(severity, &r->options.fail_on) ||
		r->options.fail_on == SEVERITY_NONE))
		return err_set(e, ERR_FORMAT,
		    "fail_on is negligible, low, medium, high or critical");
	if (policy.len > 0) {
		if (policy_path(d, policy, path, e) != 0)
			return -1;
	} else {
		buf_add_str(path, config_str(d->config, "scan.policy"));
	}
	r->policy_name = buf_str(path);
	return path->len == 0 ? 0 : open_policy(policy, r, e);
}

void
desk_rules_close(struct scan_request *r)
{
	if (r->policy_fd != -1)
		close(r->policy_fd);
	r->policy_fd = -1;
}

int
desk_as_of(struct span text, struct as_of_when *out, struct err *e)
{
	*out = (struct as_of_when){ 0 };
	if (text.len == 0)
		return 0;
	if (as_of_parse(text, out))
		return judge_at_check(out, e);
	return err_set(e, ERR_FORMAT,
	    "as_of is a generation's number or a date, 2026-01-02 or "
	    "2026-01-02T03:04:05Z");
}
