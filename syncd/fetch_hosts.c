/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "syncd/fetch_hosts.h"

void
hosts_cleanup(struct fetch_hosts *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->hosts[i].name);
	h->n = 0;
}

static const struct fetch_host *
find(const struct fetch_hosts *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcmp(h->hosts[i].name, name) == 0)
			return &h->hosts[i];
	return NULL;
}

static struct fetch_host *
find_or_add(struct fetch_hosts *h, const char *name)
{
	const struct fetch_host *known = find(h, name);
	size_t i, oldest = 0;

	if (known != NULL)
		return &h->hosts[known - h->hosts];
	if (h->n < FETCH_HOSTS_MAX) {
		oldest = h->n++;
	} else {
		for (i = 1; i < h->n; i++)
			if (h->hosts[i].asked < h->hosts[oldest].asked)
				oldest = i;
		free(h->hosts[oldest].name);
	}
	h->hosts[oldest] = (struct fetch_host){ .name = xstrdup(name) };
	return &h->hosts[oldest];
}

int64_t
hosts_due(const struct fetch_hosts *h, const char *name, unsigned interval_ms)
{
	const struct fetch_host *host = find(h, name);
	int64_t due;

	if (host == NULL)
		return 0;
	due = host->asked == 0 ? 0 : host->asked + (int64_t)interval_ms;
	return due > host->rests ? due : host->rests;
}

void
hosts_asked(struct fetch_hosts *h, const char *name, int64_t now)
{
	find_or_add(h, name)->asked = now;
}

void
hosts_rest(struct fetch_hosts *h, const char *name, int64_t until)
{
	struct fetch_host *host = find_or_add(h, name);

	if (until > host->rests)
		host->rests = until;
}
