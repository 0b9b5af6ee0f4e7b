/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/random.h>

#include "base/file.h"
#include "syncd/due.h"

#define SEED_PATH "run/seed"
#define SEED_MAX UINT32_MAX
#define RETRY_S (int64_t)3600 /* after a failure, before its time */
#define DOUBLED_MAX 5u        /* times that this is doubled */
#define CLOCK_STEP_S 3600     /* that a clock may be wrong by */

static int
make_seed(int statefd, uint64_t *seed, struct err *e)
{
	struct buf text = { 0 };
	uint32_t random;
	int rc;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return err_system(e, "no random number");
	*seed = random;
	buf_printf(&text, "%u\n", random);
	rc = file_replace(statefd, SEED_PATH, buf_span(&text), e);
	buf_cleanup(&text);
	return rc;
}

int
due_delay(int statefd, uint64_t max_s, bool make, int64_t *delay, struct err *e)
{
	struct buf text = { 0 };
	struct err missing;
	uint64_t seed = 0;
	int rc = 0;

	if (file_read(statefd, SEED_PATH, 32, &text, &missing) != 0 ||
	    !parse_uint(span_trim(buf_span(&text)), SEED_MAX, &seed)) {
		seed = 0;
		if (make)
			rc = make_seed(statefd, &seed, e);
	}
	buf_cleanup(&text);
	*delay = (int64_t)(seed % (max_s + 1));
	return rc;
}

/* Only what has hours to choose from is delayed. */
static bool
is_delayed(const struct schedule *s)
{
	return s->kind == SCHEDULE_DAILY || s->kind == SCHEDULE_WEEKLY ||
	    s->kind == SCHEDULE_MONTHLY;
}

/* What fails for long is not asked every hour: it may be a large file. */
static int64_t
retry_s(unsigned n_failed)
{
	unsigned doubled = n_failed - 1;

	return RETRY_S << (doubled < DOUBLED_MAX ? doubled : DOUBLED_MAX);
}

int64_t
due_at(const struct schedule *s, const struct due_last *last, int64_t delay_s,
    int64_t now)
{
	int64_t checked = last->checked, at;

	if (s->kind == SCHEDULE_OFF)
		return SCHEDULE_NEVER;
	/* The clock was set back: nothing waits for a time that was wrong. */
	if (checked == 0 || checked > now + CLOCK_STEP_S)
		return now;
	at = schedule_next(s, checked);
	if (is_delayed(s))
		at += delay_s;
	if (last->n_failed > 0 && checked + retry_s(last->n_failed) < at)
		at = checked + retry_s(last->n_failed);
	return at;
}

int
due_schedule(const struct source *source, struct config *c,
    struct schedule *out, bool *asked, struct err *e)
{
	const char *const *words = config_words(c, "sync.sources");
	bool named = *words == NULL && source_enabled(source, c);

	for (; *words != NULL; words++)
		if (strcmp(*words, source->name) == 0)
			named = true;
	*asked = named && !source->archive &&
	    (!source->local || source_url(source, c) != NULL);
	if (schedule_parse(out, span_of(source_schedule(source, c)), e) != 0)
		return err_context(e, "%s", source->name);
	return 0;
}
