/* SPDX-License-Identifier: Apache-2.0 */
/* unix:file, and which files path entities mean. */
#include "eval/evaluation_impl.h"
#include "eval/object.h"

/* The path entities of an object: filepath, or path and filename. */
struct scope {
	const struct oval_entity *filepath;
	const struct oval_entity *path;
	const struct oval_entity *filename; /* NULL: the folder itself */
	enum recursion recursion;
	int64_t max_depth; /* below 0: no limit */
};

static struct scope
scope_of(const struct oval_object *o)
{
	struct scope s = { 0 };

	s.filepath = object_entity(o, "filepath");
	s.path = object_entity(o, "path");
	s.filename = object_entity(o, "filename");
	if (s.filename != NULL && s.filename->nil)
		s.filename = NULL;
	s.recursion = object_recursion(o);
	if (!parse_int(object_behavior(o, "max_depth"), &s.max_depth))
		s.max_depth = -1;
	return s;
}

static bool
is_literal(const struct oval_entity *entity)
{
	return entity->operation == OVAL_EQUALS &&
	    entity->datatype == OVAL_STRING;
}

/* A literal folder may be written with a slash behind it. */
static int
folder_fits(struct gather *g, const struct oval_entity *path, struct span dir,
    struct err *e)
{
	struct buf slashed = { 0 };
	int fits = gather_entity_fits(g, path, dir, e);

	if (fits != 0 || !is_literal(path))
		return fits;
	path_join(&slashed, dir, SPAN_NONE);
	fits = gather_entity_fits(g, path, buf_span(&slashed), e);
	buf_cleanup(&slashed);
	return fits;
}

/* The folder fits, or one above it that recursion starts from. */
static int
dir_fits(
    struct gather *g, const struct scope *s, struct span dir, struct err *e)
{
	int64_t depth;
	int fits;

	for (depth = 0;; depth++) {
		fits = folder_fits(g, s->path, dir, e);
		if (fits != 0 || s->recursion != RECURSION_DOWN ||
		    path_bare(dir).len == 0 || depth == s->max_depth)
			return fits;
		dir = path_dir(dir);
	}
}

static int
path_fits(
    struct gather *g, const struct scope *s, struct span path, struct err *e)
{
	int fits;

	if (s->filepath != NULL)
		return gather_entity_fits(g, s->filepath, path, e);
	if (s->filename == NULL)
		return gather_entity_fits(g, s->path, path, e);
	fits = gather_entity_fits(g, s->filename, path_name(path), e);
	return fits == 1 ? dir_fits(g, s, path_dir(path), e) : fits;
}

/* How the walk is going: what the files that could not be read make of it. */
struct walk {
	struct gather *g;
	const struct scope *scope;
	int (*fn)(struct gather *g, const struct file *f, struct err *e);
	const struct file *unread;
	struct span unasked;
};

static int
walk_file(struct walk *w, const struct file *f, struct err *e)
{
	int fits;

	if (f->status == FILE_MISSING)
		return 0;
	fits = path_fits(w->g, w->scope, f->path, e);
	if (fits != 1)
		return fits;
	if (f->status == FILE_ERROR) {
		w->unread = f;
		return 0;
	}
	return w->fn(w->g, f, e);
}

static int
walk_path(struct walk *w, struct span path, struct err *e)
{
	const struct file *f = system_file(w->g->ev->s, path);

	if (f != NULL)
		return walk_file(w, f, e);
	w->unasked = arena_span(&w->g->ev->arena, path);
	return 0;
}

static int
walk_literal(struct walk *w, const struct oval_entity *entity, struct err *e)
{
	struct entity_values paths;
	size_t i;

	if (entity_values(w->g->ev, entity, &paths, e) != 0)
		return -1;
	for (i = 0; i < paths.n; i++)
		if (walk_path(w, value_text(OVAL_STRING, paths.v[i]), e) != 0)
			return -1;
	return 0;
}

static int
walk_joined(struct walk *w, struct err *e)
{
	struct entity_values dirs, names;
	struct buf path = { 0 };
	size_t i, j;
	int rc = -1;

	if (entity_values(w->g->ev, w->scope->path, &dirs, e) != 0 ||
	    entity_values(w->g->ev, w->scope->filename, &names, e) != 0)
		goto out;
	for (i = 0; i < dirs.n; i++)
		for (j = 0; j < names.n; j++) {
			buf_reset(&path);
			path_join(&path, value_text(OVAL_STRING, dirs.v[i]),
			    value_text(OVAL_STRING, names.v[j]));
			if (walk_path(w, buf_span(&path), e) != 0)
				goto out;
		}
	rc = 0;
out:
	buf_cleanup(&path);
	return rc;
}

static int
walk_all(struct walk *w, struct err *e)
{
	const struct system *s = w->g->ev->s;
	size_t i;

	for (i = 0; i < s->n_files; i++)
		if (walk_file(w, &s->files[i], e) != 0)
			return -1;
	return 0;
}

static int
walk(struct walk *w, struct err *e)
{
	const struct scope *s = w->scope;

	if (s->filepath != NULL && is_literal(s->filepath))
		return walk_literal(w, s->filepath, e);
	if (s->filepath != NULL || !is_literal(s->path) ||
	    s->recursion != RECURSION_NONE)
		return walk_all(w, e);
	if (s->filename == NULL)
		return walk_literal(w, s->path, e);
	return is_literal(s->filename) ? walk_joined(w, e) : walk_all(w, e);
}

int
collect_each_file(struct gather *g,
    int (*fn)(struct gather *g, const struct file *f, struct err *e),
    struct err *e)
{
	struct scope scope = scope_of(g->object);
	struct walk w = { g, &scope, fn, NULL, SPAN_NONE };

	if (scope.filepath == NULL && scope.path == NULL) {
		gather_flag(g, FLAG_ERROR, "the object names no file");
		return 0;
	}
	if (walk(&w, e) != 0)
		return -1;
	if (w.unread != NULL)
		gather_flag(g, g->n > 0 ? FLAG_INCOMPLETE : FLAG_ERROR,
		    "%.*s: %.*s", SPAN_ARG(w.unread->path),
		    SPAN_ARG(w.unread->text));
	if (w.unasked.len > 0)
		gather_flag(g, g->n > 0 ? FLAG_INCOMPLETE : FLAG_NOT_COLLECTED,
		    "%.*s: the image was not searched for it",
		    SPAN_ARG(w.unasked));
	return 0;
}

static const char *const type_names[] = {
	[FILE_TYPE_REGULAR] = "regular",
	[FILE_TYPE_DIRECTORY] = "directory",
	[FILE_TYPE_SYMLINK] = "symbolic link",
	[FILE_TYPE_CHARACTER] = "character special",
	[FILE_TYPE_BLOCK] = "block special",
	[FILE_TYPE_FIFO] = "fifo",
	[FILE_TYPE_SOCKET] = "socket",
};

/* Highest bit first. */
static const char *const mode_names[] = { "suid", "sgid", "sticky", "uread",
	"uwrite", "uexec", "gread", "gwrite", "gexec", "oread", "owrite",
	"oexec" };
#define N_MODE_BITS (sizeof(mode_names) / sizeof(*mode_names))

/* What unpacking changes, an inventory does not have. */
static void
add_bare(struct item_builder *b)
{
	size_t i;

	item_add_status(b, "group_id", ITEM_NOT_COLLECTED);
	item_add_status(b, "user_id", ITEM_NOT_COLLECTED);
	item_add_status(b, "a_time", ITEM_NOT_COLLECTED);
	item_add_status(b, "c_time", ITEM_NOT_COLLECTED);
	item_add_status(b, "m_time", ITEM_NOT_COLLECTED);
	item_add_status(b, "size", ITEM_NOT_COLLECTED);
	for (i = 0; i < N_MODE_BITS; i++)
		item_add_status(b, mode_names[i], ITEM_NOT_COLLECTED);
}

static void
add_inode(struct item_builder *b, const struct file *f)
{
	size_t i;

	item_add_int(b, "group_id", f->gid);
	item_add_int(b, "user_id", f->uid);
	item_add_status(b, "a_time", ITEM_NOT_COLLECTED);
	item_add_status(b, "c_time", ITEM_NOT_COLLECTED);
	item_add_int(b, "m_time", f->mtime);
	item_add_int(b, "size", (int64_t)f->size_bytes);
	for (i = 0; i < N_MODE_BITS; i++)
		item_add_bool(
		    b, mode_names[i], f->mode >> (N_MODE_BITS - 1 - i) & 1);
}

static int
add_file(struct gather *g, const struct file *f, struct err *e)
{
	struct item_builder *b = item_start(g->ev, OVAL_KIND_FILE);
	bool is_dir = f->type == FILE_TYPE_DIRECTORY;

	(void)e;
	if (!is_dir)
		item_add(b, "filepath", f->path);
	item_add(b, "path", is_dir ? f->path : path_dir(f->path));
	if (!is_dir)
		item_add(b, "filename", path_name(f->path));
	item_add(b, "type", span_of(type_names[f->type]));
	if (f->is_bare)
		add_bare(b);
	else
		add_inode(b, f);
	item_add_status(b, "has_extended_acl", ITEM_NOT_COLLECTED);
	gather_add(g, item_intern(b));
	return 0;
}

int
collect_files(struct gather *g, struct err *e)
{
	return collect_each_file(g, add_file, e);
}
