/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON into a struct out, indented by two, keys in the order given.
 * Input that is not UTF-8 is replaced by U+FFFD. name is NULL inside arrays
 * and at the top.
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include "base/out.h"

#define JSON_OUT_DEPTH_MAX 32

struct json_out {
	struct out *out;
	unsigned depth;
	bool compact; /* no white space */
	bool any[JSON_OUT_DEPTH_MAX];
};

void json_out_init(struct json_out *j, struct out *out);
void json_object(struct json_out *j, const char *name);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j, const char *name);
void json_array_end(struct json_out *j);
void json_span(struct json_out *j, const char *name, struct span v);
void json_str(struct json_out *j, const char *name, const char *v); /* NULL:
								       null */
void json_uint(struct json_out *j, const char *name, uint64_t v);
void json_int(struct json_out *j, const char *name, int64_t v);
void json_bool(struct json_out *j, const char *name, bool v);
void json_null(struct json_out *j, const char *name);
/* Bytes that are JSON already. */
void json_raw(struct json_out *j, const char *name, struct span json);
/* ISO time, or null for 0. */
void json_time(struct json_out *j, const char *name, int64_t t);

#endif
