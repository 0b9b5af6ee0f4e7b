/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/oci.h"
#include "server/oci_parts.h"
#include "server/page.h"

#define MESSAGE_MAX 512 /* bytes */

struct code {
	const char *name;
	unsigned status;
};

static const struct code codes[N_OCI_CODES] = {
	[OCI_NONE] = { "UNKNOWN", 500 },
	[OCI_BLOB_UNKNOWN] = { "BLOB_UNKNOWN", 404 },
	[OCI_DIGEST_INVALID] = { "DIGEST_INVALID", 400 },
	[OCI_MANIFEST_UNKNOWN] = { "MANIFEST_UNKNOWN", 404 },
	[OCI_NAME_UNKNOWN] = { "NAME_UNKNOWN", 404 },
	[OCI_PAGINATION_NUMBER_INVALID] = { "PAGINATION_NUMBER_INVALID", 400 },
};

void
oci_version(struct response *s)
{
	response_header(
	    s, "Docker-Distribution-Api-Version", SPAN_LIT("registry/2.0"));
}

static void
write_error(struct response *s, const char *code, struct span message)
{
	struct json_out j;

	response_json(s, &j);
	json_object(&j, NULL);
	json_array(&j, "errors");
	json_object(&j, NULL);
	json_str(&j, "code", code);
	json_span(&j, "message", message);
	json_object_end(&j);
	json_array_end(&j);
	json_object_end(&j);
	out_char(&s->out, '\n');
}

int
oci_error(struct response *s, enum oci_code code, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	s->status = codes[code].status;
	s->cache = "no-store";
	oci_version(s);
	write_error(s, codes[code].name, span_of(message));
	return 0;
}

/* --- what the server itself refuses --- */

/* The standard has no codes for what is wrong with HTTP: "UNKNOWN". */
static const struct code refusals[] = {
	{ "UNAUTHORIZED", 401 },
	{ "DENIED", 403 },
	{ "NAME_UNKNOWN", 404 },
	{ "UNSUPPORTED", 405 },
	{ "TOOMANYREQUESTS", 429 },
	{ "UNSUPPORTED", 501 },
};

static const char *
refusal_name(unsigned status)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (refusals[i].status == status)
			return refusals[i].name;
	return codes[OCI_NONE].name;
}

static bool
is_below(struct span path)
{
	return span_is(path, "/v2") || span_has_prefix(path, "/v2/");
}

void
oci_problem(struct request *q, struct response *s)
{
	const struct json_node *n = NULL;
	struct err ignored = { 0 };

	/* an address that could not be read is no path yet */
	if ((!is_below(q->path) && !is_below(q->target)) || s->type == NULL ||
	    strcmp(s->type, "application/problem+json") != 0 ||
	    page_parse(q, &s->out, &n, &ignored) != 0)
		return;
	oci_version(s);
	write_error(s, refusal_name(s->status),
	    s->status == 405
		? SPAN_LIT("this registry is read-only: `scapcache bundle "
			   "export` writes what it offers")
		: page_text(n, "detail"));
}

bool
oci_digest_parse(struct span text, struct digest *out)
{
	return span_has_prefix(text, "sha256:") &&
	    digest_parse(span_from(text, 7), out);
}
