/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "scanner/content_sets.h"

void
content_sets_cleanup(struct content_sets *c)
{
	free(c->repositories);
	map_cleanup(&c->seen);
	*c = (struct content_sets){ 0 };
}

/* An id of a repository or a word of modules.d. */
static bool
valid_word(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return s.len > 0;
}

static int
repository_add(
    struct content_sets *c, struct span id, struct arena *a, struct err *e)
{
	if (!valid_word(id))
		return err_set(
		    e, ERR_FORMAT, "content_sets has what is no repository");
	if (!map_add(&c->seen, id, 0, NULL))
		return 0;
	if (c->n == CONTENT_SETS_MAX)
		return err_set(e, ERR_LIMIT, "more than %u repositories",
		    CONTENT_SETS_MAX);
	c->repositories =
	    xgrow(c->repositories, &c->cap, c->n + 1, sizeof(*c->repositories));
	c->repositories[c->n++] = arena_span(a, id);
	return 0;
}

static int
manifest_read(struct content_sets *c, const struct json_node *root,
    struct arena *a, struct err *e)
{
	const struct json_node *sets = json_get(root, "content_sets");
	const struct json_node *id;

	if (root->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "is no content manifest");
	if (json_is_true(json_get(root, "from_dnf_hint")))
		c->hint = true;
	/* A base image whose repositories are not known says null. */
	if (sets == NULL || sets->type == JSON_NULL)
		return 0;
	if (sets->type != JSON_ARRAY)
		return err_set(e, ERR_FORMAT, "content_sets is no list");
	for (id = sets->child; id != NULL; id = id->next)
		if (id->type != JSON_STRING)
			return err_set(e, ERR_FORMAT,
			    "content_sets has what is no repository");
		else if (repository_add(c, id->text, a, e) != 0)
			return -1;
	return 0;
}

int
content_sets_read(
    struct content_sets *c, struct span text, struct arena *a, struct err *e)
{
	const struct json_node *root;
	struct arena tree = { 0 };
	int rc = -1;

	if (text.len > CONTENT_SETS_FILE_MAX)
		err_set(e, ERR_LIMIT, "has more than %zu bytes",
		    CONTENT_SETS_FILE_MAX);
	else if (json_parse(text, &tree, &root, e) == 0)
		rc = manifest_read(c, root, a, e);
	arena_cleanup(&tree);
	return rc;
}
