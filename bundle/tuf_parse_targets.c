/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/map.h"
#include "bundle/tuf_impl.h"

static int
parse_target(const struct json_node *n, struct tuf_target *out, struct err *e)
{
	int rc;

	out->path = n->name;
	if (out->path.len == 0)
		return refuse(e, REFUSAL_SHAPE, "a target without a path");
	if (tuf_number(n, "length", 0, &out->size_bytes, e) != 0)
		return -1;
	rc = tuf_hashes(n, &out->sha256, e);
	if (rc == 0)
		return refuse(e, REFUSAL_SHAPE, "no hashes");
	out->custom = json_get(n, "custom");
	return rc < 0 ? -1 : 0;
}

static int
compare_targets(const void *a, const void *b)
{
	const struct tuf_target *x = a, *y = b;

	return span_cmp(x->path, y->path);
}

static int
parse_list(const struct json_node *targets, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	const struct json_node *child;
	struct tuf_target *list;
	size_t i = 0;

	if (tuf_count(targets, TUF_TARGETS_OF_ROLE_MAX, "targets",
		&out->n_targets, e) != 0)
		return -1;
	list = arena_array(a, out->n_targets, sizeof(*list));
	for (child = targets->child; child != NULL; child = child->next)
		if (parse_target(child, &list[i++], e) != 0)
			return err_context(e, "target %.*s",
			    SPAN_ARG(span_first(child->name, 240)));
	if (out->n_targets > 0)
		qsort(list, out->n_targets, sizeof(*list), compare_targets);
	out->targets = list;
	return 0;
}

/* Neither is one of the four, which have other keys, nor stands twice. */
static int
check_name(struct map *seen, struct span name, struct err *e)
{
	enum tuf_type t;

	if (name.len == 0 || name.len > TUF_ROLE_NAME_MAX)
		return refuse(e, REFUSAL_SHAPE,
		    "a delegated role's name has 1 to %u bytes",
		    TUF_ROLE_NAME_MAX);
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		if (span_is(name, tuf_type_name(t)))
			return refuse(e, REFUSAL_SHAPE,
			    "it delegates to %s, which no file may",
			    tuf_type_name(t));
	if (map_add(seen, name, 0, NULL))
		return 0;
	return refuse(e, REFUSAL_SHAPE, "role %.*s is delegated to twice",
	    SPAN_ARG(name));
}

static int
parse_delegation(const struct json_node *n, struct arena *a,
    struct tuf_delegation *out, struct err *e)
{
	const struct json_node *paths = tuf_array(n, "paths");
	const struct json_node *prefixes = tuf_array(n, "path_hash_prefixes");

	out->role.name = tuf_text(n, "name");
	out->terminating = json_is_true(json_get(n, "terminating"));
	if (paths != NULL && prefixes != NULL)
		return refuse(e, REFUSAL_SHAPE,
		    "role %.*s has paths and path_hash_prefixes",
		    SPAN_ARG(span_first(out->role.name, TUF_ROLE_NAME_MAX)));
	if (paths != NULL &&
	    tuf_texts(paths, a, TUF_PATHS_MAX, &out->paths, &out->n_paths, e) !=
		0)
		return -1;
	if (prefixes != NULL &&
	    tuf_texts(prefixes, a, TUF_HASH_PREFIXES_MAX, &out->hash_prefixes,
		&out->n_hash_prefixes, e) != 0)
		return -1;
	return tuf_parse_role(n, a, &out->role, e);
}

static int
parse_delegations(const struct json_node *n, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	const struct json_node *keys = tuf_object(n, "keys");
	const struct json_node *roles = tuf_array(n, "roles"), *child;
	struct tuf_delegation *list;
	struct map seen = { 0 };
	size_t i = 0;
	int rc = 0;

	if (keys == NULL || roles == NULL)
		return refuse(
		    e, REFUSAL_SHAPE, "delegations without keys and roles");
	if (tuf_parse_keys(keys, a, out, e) != 0 ||
	    tuf_count(roles, TUF_ROLES_MAX, "delegated roles",
		&out->n_delegations, e) != 0)
		return -1;
	list = arena_array(a, out->n_delegations, sizeof(*list));
	for (child = roles->child; child != NULL && rc == 0;
	     child = child->next) {
		rc = parse_delegation(child, a, &list[i], e);
		if (rc == 0)
			rc = check_name(&seen, list[i++].role.name, e);
	}
	map_cleanup(&seen);
	if (rc != 0)
		return err_context(e, "delegations");
	out->delegations = list;
	return 0;
}

int
tuf_parse_targets(const struct json_node *n, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	const struct json_node *targets = tuf_object(n, "targets");
	const struct json_node *delegations = json_get(n, "delegations");

	if (targets == NULL)
		return refuse(e, REFUSAL_SHAPE, "no targets");
	if (parse_list(targets, a, out, e) != 0)
		return -1;
	if (delegations == NULL || delegations->type == JSON_NULL)
		return 0;
	if (delegations->type != JSON_OBJECT)
		return refuse(e, REFUSAL_SHAPE, "delegations of no object");
	return parse_delegations(delegations, a, out, e);
}
