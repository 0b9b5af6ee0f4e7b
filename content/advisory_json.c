/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "content/advisory_json.h"

int
advisory_elements(const struct json_node *n, const char *name,
    const struct json_node **out, struct err *e)
{
	const struct json_node *list = json_get(n, name);

	*out = NULL;
	if (list == NULL || list->type == JSON_NULL)
		return 0;
	if (list->type != JSON_ARRAY)
		return err_set(e, ERR_FORMAT, "%s is not an array", name);
	*out = list->child;
	return 0;
}

const struct json_node *
advisory_first(const struct json_node *n, const char *path)
{
	const struct json_node *list = json_path(n, path);

	return list != NULL && list->type == JSON_ARRAY ? list->child : NULL;
}

int64_t
advisory_time(const struct json_node *n)
{
	struct span text = json_text(n);
	int64_t t = 0;

	if (n != NULL && n->type == JSON_NUMBER)
		return parse_int(span_first(text, span_find(text, '.')), &t)
		    ? t
		    : 0;
	return clock_parse(text, &t) ? t : 0;
}

struct span
advisory_raw(struct span bytes, uint64_t *offset)
{
	struct span raw = span_trim(bytes);

	if (raw.len > 0)
		*offset += (uint64_t)(raw.ptr - bytes.ptr);
	return raw;
}

struct span
advisory_cve_of(struct span id)
{
	size_t i;

	for (i = 0; i < id.len; i++)
		if ((i == 0 || id.ptr[i - 1] == '-') && i + 4 < id.len &&
		    span_has_prefix(span_from(id, i), "CVE-") &&
		    span_is_digit(id.ptr[i + 4]))
			return span_from(id, i);
	return SPAN_NONE;
}

bool
advisory_add_arch(struct advisory_package *p, struct span arch, struct arena *a)
{
	struct span rest = p->arch;
	struct span word;
	char *joined;

	if (arch.len == 0)
		return true;
	while (p->arch.len > 0 && span_next(&rest, ' ', &word))
		if (span_eq(word, arch))
			return true;
	if (p->arch.len + 1 + arch.len > ADVISORY_ARCH_MAX)
		return false;
	if (p->arch.len == 0) {
		p->arch = arch;
		return true;
	}
	joined = arena_alloc(a, p->arch.len + 1 + arch.len);
	memcpy(joined, p->arch.ptr, p->arch.len);
	joined[p->arch.len] = ' ';
	memcpy(joined + p->arch.len + 1, arch.ptr, arch.len);
	p->arch = span_make(joined, p->arch.len + 1 + arch.len);
	return true;
}
