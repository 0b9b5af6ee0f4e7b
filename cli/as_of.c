/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "cli/as_of.h"

int
cli_as_of_parse(const struct cli *cli, const char *option, const char *text,
    struct as_of_when *out)
{
	*out = (struct as_of_when){ 0 };
	if (text == NULL || as_of_parse(span_of(text), out))
		return CLI_OK;
	return cli_usage(cli,
	    "--%s takes a generation's number or a date, 2026-01-02 or "
	    "2026-01-02T03:04:05Z, not \"%s\"",
	    option, text);
}

/* as_of_open(), and says which one it is. Not asked: out->generation is 0. */
static int
cli_as_of_open(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct as_of *out, struct err *e)
{
	char made[CLOCK_TEXT_SIZE];

	*out = (struct as_of){ 0 };
	if (!as_of_is_asked(when))
		return 0;
	if (as_of_open(s, when, out, e) != 0)
		return -1;
	if (!cli->quiet)
		fprintf(stderr, "Generation %" PRIu64 " of %s\n",
		    out->generation, clock_text(out->made, made));
	return 0;
}

int
cli_lookup(const struct cli *cli, const struct lookup_request *r,
    const struct as_of_when *when, uint64_t *n)
{
	struct lookup_request asked = *r;
	struct as_of g;
	struct err e = { 0 };
	struct state state;
	int rc;

	*n = 0;
	if (cli_state(cli, &state, STATE_READ) != 0)
		return CLI_ERROR;
	asked.state = &state;
	rc = cli_as_of_open(cli, &state, when, &g, &e);
	asked.below = g.generation == 0 ? NULL : g.below;
	if (rc == 0)
		rc = proc_lookup(&asked, n, &e);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}
