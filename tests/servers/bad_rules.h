/* SPDX-License-Identifier: Apache-2.0 */
/* How bad_upstream is told to misbehave; see there for the words. */
#ifndef TESTS_SERVERS_BAD_RULES_H
#define TESTS_SERVERS_BAD_RULES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct answer {
	int status;
	char retry_after[64];
	char redirect[512];
	char auth[128]; /* that is wanted */
	char realm[256];
	char digest[128];
	char file[512];
	long long cut;  /* -1: not */
	long long drop; /* of what is sent; -1: not */
	bool reset;
	long long random; /* seed; -1: none */
	long long length; /* by which it is wrong */
	long slow;
	bool flip, hang, endless, weak, noetag, norange, wrongrange, encoded;
	long long announced; /* of an endless body */
};

#define RULES_MAX 64
#define LINE_MAX_BYTES 1024

struct rule {
	char suffix[256];
	long left; /* -1: without end */
	struct answer answer;
};

static struct rule rules[RULES_MAX];
static size_t n_rules;
static struct stat rules_stat;

static inline bool
read_flag(struct answer *a, const char *word)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = { { "flip", &a->flip }, { "hang", &a->hang },
		{ "weak", &a->weak }, { "noetag", &a->noetag },
		{ "norange", &a->norange }, { "wrongrange", &a->wrongrange },
		{ "encoded", &a->encoded } };
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (strcmp(word, flags[i].name) == 0) {
			*flags[i].flag = true;
			return true;
		}
	}
	return false;
}

static inline bool
read_number(struct answer *a, const char *word, const char *value)
{
	long long n = value == NULL ? -1 : atoll(value);

	if (strcmp(word, "status") == 0)
		a->status = (int)n;
	else if (strcmp(word, "cut") == 0)
		a->cut = n;
	else if (strcmp(word, "drop") == 0)
		a->drop = n;
	else if (strcmp(word, "cut-random") == 0)
		a->random = n;
	else if (strcmp(word, "length") == 0)
		a->length = n;
	else if (strcmp(word, "slow") == 0)
		a->slow = (long)n;
	else if (strcmp(word, "endless") == 0)
		a->announced = n;
	else
		return false;
	return true;
}

static inline void
read_words(struct answer *a, char *text)
{
	char *save = NULL, *word;

	a->cut = a->drop = a->random = a->announced = -1;
	while ((word = strtok_r(text, " ", &save)) != NULL) {
		text = NULL;
		if (read_flag(a, word))
			continue;
		if (strcmp(word, "retry-after") == 0)
			snprintf(a->retry_after, sizeof(a->retry_after), "%s",
			    strtok_r(NULL, "", &save));
		else if (strcmp(word, "bearer") == 0)
			snprintf(a->auth, sizeof(a->auth), "Bearer %s",
			    strtok_r(NULL, " ", &save));
		else if (strcmp(word, "basic") == 0)
			snprintf(a->auth, sizeof(a->auth), "Basic %s",
			    strtok_r(NULL, " ", &save));
		else if (strcmp(word, "realm") == 0)
			snprintf(a->realm, sizeof(a->realm), "%s",
			    strtok_r(NULL, " ", &save));
		else if (strcmp(word, "digest") == 0)
			snprintf(a->digest, sizeof(a->digest), "%s",
			    strtok_r(NULL, " ", &save));
		else if (strcmp(word, "redirect") == 0)
			snprintf(a->redirect, sizeof(a->redirect), "%s",
			    strtok_r(NULL, "", &save));
		else if (strcmp(word, "file") == 0)
			snprintf(a->file, sizeof(a->file), "%s",
			    strtok_r(NULL, " ", &save));
		else if (strcmp(word, "reset") == 0) {
			a->reset = true;
			a->cut = atoll(strtok_r(NULL, " ", &save));
		} else {
			a->endless = a->endless || !strcmp(word, "endless");
			if (!read_number(a, word, strtok_r(NULL, " ", &save)))
				abort();
		}
	}
}

static inline void
read_rules(FILE *f)
{
	char line[LINE_MAX_BYTES], count[32];
	int at;

	n_rules = 0;
	while (fgets(line, sizeof(line), f) != NULL && n_rules < RULES_MAX) {
		struct rule *r = &rules[n_rules];

		line[strcspn(line, "\n")] = '\0';
		memset(r, 0, sizeof(*r));
		if (sscanf(line, "%255s %31s %n", r->suffix, count, &at) < 2)
			continue;
		r->left = count[0] == '*' ? -1 : atol(count);
		read_words(&r->answer, line + at);
		n_rules++;
	}
}

static inline bool
ends_with(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return strcmp(suffix, "*") == 0 ||
	    (m <= n && strcmp(path + n - m, suffix) == 0);
}

/*
 * The answer that the rules in the file at rules_path have for path now; not
 * to be called by two threads at a time.
 */
static inline struct answer
rules_find(const char *rules_path, const char *path)
{
	struct answer a = {
		.cut = -1, .drop = -1, .random = -1, .announced = -1
	};
	struct stat st;
	FILE *f;
	size_t i;

	if (stat(rules_path, &st) == 0 &&
	    (st.st_ino != rules_stat.st_ino ||
		st.st_mtim.tv_nsec != rules_stat.st_mtim.tv_nsec) &&
	    (f = fopen(rules_path, "r")) != NULL) {
		read_rules(f);
		fclose(f);
		rules_stat = st;
	}
	for (i = 0; i < n_rules; i++) {
		if (rules[i].left == 0 || !ends_with(path, rules[i].suffix))
			continue;
		if (rules[i].left > 0)
			rules[i].left--;
		return rules[i].answer;
	}
	return a;
}

#endif
