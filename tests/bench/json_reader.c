/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_reader <FILE: reads JSON through yajl and does nothing with it; strings
 * are decoded, numbers handed over as written. What parsing alone costs.
 */
#include <stdio.h>

#include <yajl/yajl_parse.h>

static unsigned long n_values;

static int
on_null(void *ctx)
{
	(void)ctx;
	n_values++;
	return 1;
}

static int
on_bool(void *ctx, int v)
{
	(void)ctx, (void)v;
	n_values++;
	return 1;
}

static int
on_number(void *ctx, const char *ptr, size_t len)
{
	(void)ctx, (void)ptr, (void)len;
	n_values++;
	return 1;
}

static int
on_string(void *ctx, const unsigned char *ptr, size_t len)
{
	(void)ctx, (void)ptr, (void)len;
	n_values++;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_null,
	.yajl_map_key = on_string,
	.yajl_end_map = on_null,
	.yajl_start_array = on_null,
	.yajl_end_array = on_null,
};

int
main(void)
{
	static unsigned char chunk[64 * 1024];
	yajl_handle yajl = yajl_alloc(&callbacks, NULL, NULL);
	yajl_status status = yajl_status_ok;
	size_t n;

	if (yajl == NULL)
		return 1;
	while (status == yajl_status_ok &&
	    (n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		status = yajl_parse(yajl, chunk, n);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(yajl);
	yajl_free(yajl);
	printf("%lu\n", n_values);
	return status == yajl_status_ok && ferror(stdin) == 0 ? 0 : 1;
}
