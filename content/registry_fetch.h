/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of what is fetched from a registry, or pushed to it, for a
 * process that has no network: over an ipc of its own it asks (registry.h), and
 * the main process answers through registry_access.h.
 */
#ifndef CONTENT_REGISTRY_FETCH_H
#define CONTENT_REGISTRY_FETCH_H

#include "content/registry_access.h"

enum registry_message {
	REGISTRY_ASK = 1, /* to main: a struct registry_ask */
	REGISTRY_FAILED,  /* from main: there can be no answer */
	REGISTRY_ANSWER,  /* from main: its head; with a pipe */
	REGISTRY_END,     /* from main: how what came through it ended */
};

/* The main process': begin with registry_fetch_open(), end with cleanup(). */
struct registry_fetch {
	const char *target; /* as the user wrote it, "docker://…" */
	const struct registry_options *options;
	/* What may be pushed; NULL: nothing. */
	const struct registry_source *source;
	/* Hears of each answer; may be NULL. */
	void (*told)(
	    const struct registry_ask *asked, const struct http_answer *a);
	struct ipc ipc; /* to the other process; -1: nothing is fetched */
	bool is_open;
	struct registry_access access;
	bool has_body; /* one is on its way */
};

/*
 * *other is the other process' end. Nothing for a target of another kind, or
 * NULL. Target and options must outlive it.
 */
int registry_fetch_open(struct registry_fetch *f, const char *target,
    const struct registry_options *options, struct ipc *other, struct err *e);
void registry_fetch_cleanup(struct registry_fetch *f);
/*
 * Waits until the other process says something over ipc, and answers what it
 * asks meanwhile. -1: it cannot be spoken with.
 */
int registry_fetch_wait(
    struct registry_fetch *f, const struct ipc *ipc, struct err *e);

/* The other process'. */
struct registry_asker {
	struct ipc ipc;
	struct ipc_message message;
	struct registry registry; /* asks through it */
};

void registry_asker_open(struct registry_asker *s, struct ipc ipc);
void registry_asker_close(struct registry_asker *s);

#endif
