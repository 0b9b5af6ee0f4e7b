/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/nvd_cache.h"

#define IDENTITY_SIZE 256u

struct kept_result {
	struct digest key;
	struct nvd_result result;
	uint64_t used; /* when, by number of calls */
};

struct nvd_held {
	struct nvd_held *next;
	char identity[IDENTITY_SIZE];
	unsigned n_users;
	uint64_t used;
	struct nvd_list *list;
	struct kept_result results[NVD_CACHE_RESULTS];
	size_t n_results;
	size_t n_positions;
};

struct walk {
	struct digest key; /* of client and question */
	uint64_t generation;
	int64_t seen; /* clock_monotonic_ms(); 0: free */
};

static struct {
	pthread_mutex_t mutex;  /* of all below */
	pthread_mutex_t making; /* a list is made once */
	struct nvd_held *lists;
	uint64_t n_calls;
	struct walk walks[NVD_CACHE_WALKS];
} cache = { .mutex = PTHREAD_MUTEX_INITIALIZER,
	.making = PTHREAD_MUTEX_INITIALIZER };

/* --- lists --- */

static void
free_held(struct nvd_held *h)
{
	size_t i;

	for (i = 0; i < h->n_results; i++)
		nvd_result_cleanup(&h->results[i].result);
	nvd_list_free(h->list);
	free(h);
}

/*
 * The file itself: an unchanged family is one file in several generations,
 * and one that was built anew has other keys for the same content.
 */
static void
identify(char text[IDENTITY_SIZE], int statefd, const char *folder,
    const struct index_reader *r)
{
	const struct index_family *family = nvd_list_family(r);
	char path[96], hex[DIGEST_HEX_SIZE];
	struct digest digest;
	struct stat st = { 0 };

	nvd_list_digest(r, &digest);
	if (family != NULL) {
		snprintf(path, sizeof(path), "%s/%.*s.sqlite", folder,
		    SPAN_ARG(span_first(family->name, 32)));
		if (fstatat(statefd, path, &st, 0) != 0)
			st = (struct stat){ 0 };
	}
	snprintf(text, IDENTITY_SIZE, "%s %ju %ju %jd.%ld %jd %s",
	    st.st_ino == 0 ? folder : "", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino, (intmax_t)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec, (intmax_t)st.st_size, digest_hex(&digest, hex));
}

/* With the mutex. */
static struct nvd_held *
find_list(const char *identity)
{
	struct nvd_held *h;

	for (h = cache.lists; h != NULL; h = h->next)
		if (strcmp(h->identity, identity) == 0)
			break;
	if (h != NULL) {
		h->n_users++;
		h->used = ++cache.n_calls;
	}
	return h;
}

/* With the mutex: of those that nobody uses the one that was asked least
 * lately. */
static void
make_room(size_t max)
{
	struct nvd_held **at, **oldest, *h;
	size_t n;

	for (;;) {
		n = 0;
		oldest = NULL;
		for (at = &cache.lists; *at != NULL; at = &(*at)->next) {
			n++;
			if ((*at)->n_users == 0 &&
			    (oldest == NULL || (*at)->used < (*oldest)->used))
				oldest = at;
		}
		if (n <= max || oldest == NULL)
			return;
		h = *oldest;
		*oldest = h->next;
		free_held(h);
	}
}

static struct nvd_held *
make_list(const char *identity, const struct index_reader *r, struct err *e)
{
	struct nvd_held *h = xcalloc(1, sizeof(*h));

	if (nvd_list_read(&h->list, r, e) != 0) {
		free(h);
		return NULL;
	}
	snprintf(h->identity, sizeof(h->identity), "%s", identity);
	pthread_mutex_lock(&cache.mutex);
	h->n_users = 1;
	h->used = ++cache.n_calls;
	h->next = cache.lists;
	cache.lists = h;
	make_room(NVD_CACHE_LISTS);
	pthread_mutex_unlock(&cache.mutex);
	return h;
}

static struct nvd_held *
find_locked(const char *identity)
{
	struct nvd_held *h;

	pthread_mutex_lock(&cache.mutex);
	h = find_list(identity);
	pthread_mutex_unlock(&cache.mutex);
	return h;
}

/* With the lock for making. */
static struct nvd_held *
find_or_make(const char *identity, const struct index_reader *r, struct err *e)
{
	struct nvd_held *h = find_locked(identity);

	return h != NULL ? h : make_list(identity, r, e);
}

struct nvd_held *
nvd_cache_take(int statefd, const char *folder, const struct index_reader *r,
    struct err *e)
{
	char identity[IDENTITY_SIZE];
	struct nvd_held *h;

	identify(identity, statefd, folder, r);
	h = find_locked(identity);
	if (h != NULL)
		return h;
	pthread_mutex_lock(&cache.making);
	h = find_or_make(identity, r, e);
	pthread_mutex_unlock(&cache.making);
	return h;
}

void
nvd_cache_warm(int statefd, const char *folder, const struct index_reader *r)
{
	char identity[IDENTITY_SIZE];
	struct err e = { 0 };
	bool is_used;

	pthread_mutex_lock(&cache.mutex);
	is_used = cache.lists != NULL;
	pthread_mutex_unlock(&cache.mutex);
	if (!is_used || pthread_mutex_trylock(&cache.making) != 0)
		return;
	identify(identity, statefd, folder, r);
	/* What is wrong is told to who asks. */
	nvd_cache_drop(find_or_make(identity, r, &e));
	pthread_mutex_unlock(&cache.making);
}

void
nvd_cache_drop(struct nvd_held *h)
{
	if (h == NULL)
		return;
	pthread_mutex_lock(&cache.mutex);
	h->n_users--;
	make_room(NVD_CACHE_LISTS);
	pthread_mutex_unlock(&cache.mutex);
}

const struct nvd_list *
nvd_cache_list(const struct nvd_held *h)
{
	return h->list;
}

void
nvd_cache_clear(void)
{
	pthread_mutex_lock(&cache.mutex);
	make_room(0);
	memset(cache.walks, 0, sizeof(cache.walks));
	pthread_mutex_unlock(&cache.mutex);
}

/* --- what questions found --- */

static void
cut_page(const struct nvd_result *result, const struct nvd_ask *ask,
    struct arena *a, struct nvd_found *out)
{
	struct nvd_page of = { result, (size_t)ask->start, (size_t)ask->n };
	struct nvd_result *page = &out->page;

	out->total = result->n;
	page->n = nvd_page_count(&of);
	page->positions = arena_array(a, page->n, sizeof(*page->positions));
	if (page->n > 0)
		memcpy(page->positions, result->positions + ask->start,
		    page->n * sizeof(*page->positions));
}

/* With the mutex. */
static struct kept_result *
find_result(struct nvd_held *h, const struct digest *key)
{
	size_t i;

	for (i = 0; i < h->n_results; i++)
		if (digest_eq(&h->results[i].key, key)) {
			h->results[i].used = ++cache.n_calls;
			return &h->results[i];
		}
	return NULL;
}

/* With the mutex. */
static void
forget_oldest(struct nvd_held *h)
{
	size_t i, oldest = 0;

	for (i = 1; i < h->n_results; i++)
		if (h->results[i].used < h->results[oldest].used)
			oldest = i;
	h->n_positions -= h->results[oldest].result.n;
	nvd_result_cleanup(&h->results[oldest].result);
	h->results[oldest] = h->results[--h->n_results];
}

/* Takes the result, or drops it where it is too large to keep. */
static void
keep_result(
    struct nvd_held *h, const struct digest *key, struct nvd_result *result)
{
	pthread_mutex_lock(&cache.mutex);
	if (result->n > NVD_CACHE_POSITIONS || find_result(h, key) != NULL) {
		nvd_result_cleanup(result);
	} else {
		while (h->n_results == NVD_CACHE_RESULTS ||
		    (h->n_results > 0 &&
			h->n_positions + result->n > NVD_CACHE_POSITIONS))
			forget_oldest(h);
		h->results[h->n_results++] =
		    (struct kept_result){ *key, *result, ++cache.n_calls };
		h->n_positions += result->n;
	}
	pthread_mutex_unlock(&cache.mutex);
}

int
nvd_cache_ask(struct nvd_held *h, const struct index_reader *r,
    const struct nvd_ask *ask, struct arena *a, struct nvd_found *out,
    struct err *e)
{
	struct nvd_result result = { 0 };
	struct kept_result *kept;
	struct digest key;

	digest_of(ask->key, &key);
	pthread_mutex_lock(&cache.mutex);
	kept = find_result(h, &key);
	if (kept != NULL)
		cut_page(&kept->result, ask, a, out);
	pthread_mutex_unlock(&cache.mutex);
	if (kept != NULL)
		return 0;
	if (nvd_query_run(h->list, r, &ask->question, &result, e) != 0)
		return -1;
	cut_page(&result, ask, a, out);
	keep_result(h, &key, &result);
	return 0;
}

/* --- clients that page --- */

static void
walk_key(struct span who, const struct nvd_ask *ask, struct digest *out)
{
	struct digest_ctx *ctx = digest_new();

	digest_update(ctx, who.ptr, who.len);
	digest_update(ctx, "\n", 1);
	digest_update(ctx, ask->key.ptr, ask->key.len);
	digest_final(ctx, out);
	digest_free(ctx);
}

/* With the mutex: the client's own, else the one that is free longest. */
static struct walk *
find_walk(const struct digest *key, bool *is_known)
{
	struct walk *oldest = &cache.walks[0];
	size_t i;

	*is_known = true;
	for (i = 0; i < NVD_CACHE_WALKS; i++) {
		if (cache.walks[i].seen != 0 &&
		    digest_eq(&cache.walks[i].key, key))
			return &cache.walks[i];
		if (cache.walks[i].seen < oldest->seen)
			oldest = &cache.walks[i];
	}
	*is_known = false;
	return oldest;
}

uint64_t
nvd_cache_walk(struct span who, const struct nvd_ask *ask, uint64_t now)
{
	uint64_t generation = now;
	struct digest key;
	struct walk *w;
	bool is_known = false;

	if (ask->start == 0)
		return now;
	walk_key(who, ask, &key);
	pthread_mutex_lock(&cache.mutex);
	w = find_walk(&key, &is_known);
	if (is_known &&
	    clock_monotonic_ms() - w->seen < NVD_CACHE_WALK_S * 1000)
		generation = w->generation;
	pthread_mutex_unlock(&cache.mutex);
	return generation;
}

void
nvd_cache_walk_keep(
    struct span who, const struct nvd_ask *ask, uint64_t generation)
{
	struct digest key;
	bool is_known = false;

	walk_key(who, ask, &key);
	pthread_mutex_lock(&cache.mutex);
	*find_walk(&key, &is_known) =
	    (struct walk){ key, generation, clock_monotonic_ms() + 1 };
	pthread_mutex_unlock(&cache.mutex);
}
