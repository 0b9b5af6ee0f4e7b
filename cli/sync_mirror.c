/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <unistd.h>

#include "base/json_out.h"
#include "bundle/refusal.h"
#include "cli/print.h"
#include "cli/sync_mirror.h"

static void
print_json(const struct mirror_options *o, const struct mirror_result *r,
    struct out *out)
{
	struct json_out j;

	json_out_init(&j, out);
	json_object(&j, NULL);
	json_uint(&j, "format", 1);
	json_str(&j, "origin", o->from);
	json_time(&j, "started", r->started);
	json_time(&j, "ended", r->ended);
	json_bool(&j, "moved", !r->is_same);
	json_bool(&j, "expired", r->is_expired);
	json_uint(&j, "generation", r->adopted.generation);
	json_bool(&j, "published", r->adopted.published);
	json_uint(&j, "documents", r->adopted.n_documents);
	json_uint(&j, "indexed", r->adopted.n_new);
	json_uint(&j, "fetched", r->n_fetched);
	json_uint(&j, "fetched_bytes", r->fetched_bytes);
	json_object_end(&j);
	out_char(out, '\n');
}

static void
print_text(const struct mirror_options *o, const struct mirror_result *r,
    struct out *out)
{
	print_safe(out, span_of(o->from));
	if (r->is_same)
		out_printf(out,
		    ": nothing has moved; generation %" PRIu64 " is current\n",
		    r->adopted.generation);
	else
		out_printf(out,
		    ": %" PRIu64 " files fetched, %" PRIu64 " of %" PRIu64
		    " documents indexed; generation %" PRIu64 " is current\n",
		    r->n_fetched, r->adopted.n_new, r->adopted.n_documents,
		    r->adopted.generation);
	if (r->is_expired)
		out_str(out,
		    "It has expired, and is stale until a later one "
		    "comes.\n");
}

int
cli_sync_mirror(struct cli *cli, const struct mirror_options *o, bool json)
{
	struct mirror_result result;
	struct err e = { 0 };
	struct state state;
	struct out out;
	int rc;

	if (cli_state(cli, &state, STATE_WRITE) != 0)
		return CLI_ERROR;
	rc = mirror_run(&state, o, &result, &e);
	state_close(&state);
	if (rc != 0 && refusal_of(&e) != REFUSAL_NONE)
		err_context(&e, "%s", o->from);
	if (rc != 0)
		return cli_refused(&e);
	out_init(&out, STDOUT_FILENO);
	if (json)
		print_json(o, &result, &out);
	else
		print_text(o, &result, &out);
	rc = out_flush(&out, &e) == 0 ? CLI_OK : cli_error(&e);
	out_cleanup(&out);
	return rc;
}
