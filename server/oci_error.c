/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "server/oci_parts.h"

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
	[OCI_UNSUPPORTED] = { "UNSUPPORTED", 405 },
};

void
oci_version(struct response *s)
{
	response_header(
	    s, "Docker-Distribution-Api-Version", SPAN_LIT("registry/2.0"));
}

int
oci_error(struct response *s, enum oci_code code, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	struct json_out j;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	s->status = codes[code].status;
	s->cache = "no-store";
	oci_version(s);
	if (code == OCI_UNSUPPORTED)
		response_header(s, "Allow", SPAN_LIT("GET, HEAD"));
	response_json(s, &j);
	json_object(&j, NULL);
	json_array(&j, "errors");
	json_object(&j, NULL);
	json_str(&j, "code", codes[code].name);
	json_str(&j, "message", message);
	json_object_end(&j);
	json_array_end(&j);
	json_object_end(&j);
	out_char(&s->out, '\n');
	return 0;
}

bool
oci_digest_parse(struct span text, struct digest *out)
{
	return span_has_prefix(text, "sha256:") &&
	    digest_parse(span_from(text, 7), out);
}
