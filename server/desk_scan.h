/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans that are asked for over HTTP. Each is a job: a row in results.sqlite,
 * and a process of its own that runs it in its turn and outlives the desk, so
 * that a reload ends none. It holds a lock as long as it lives: a job that has
 * not ended and whose lock is free has failed.
 */
#ifndef SERVER_DESK_SCAN_H
#define SERVER_DESK_SCAN_H

#include "scanner/proc_scan.h"
#include "server/desk.h"

#define SCAN_NAME_MAX 512u /* bytes of a target's name, and of a glob */
#define SCAN_JOB_SIZE 33   /* a job's name, with the NUL */

enum scan_body {
	SCAN_BODY_NONE = 0, /* target names an image of a registry */
	SCAN_BODY_ANY,      /* an archive, or a bill of materials */
	SCAN_BODY_LIST,     /* packages line by line */
	SCAN_BODY_STORED,   /* none: stored images are judged again */
};

/* DESK_UPLOAD: how large it may be, and is, if that is known. */
struct upload_question {
	uint64_t max;
	uint64_t size; /* 0: not known */
};

void upload_question_pack(struct buf *out, const struct upload_question *q);

/* DESK_SCAN. */
struct scan_question {
	enum scan_body body;
	struct span target; /* docker://…, or the name of what is handed in */
	struct span os;     /* of a list */
	struct span format; /* empty: json */
	struct span policy;
	struct span fail_on;
	struct span platform;
	struct span document;
	struct span as_of;
	struct span image; /* SCAN_BODY_STORED: the public id of one, … */
	struct span only;  /* … or a glob of targets; else all */
	struct span who;   /* token */
	struct span peer;
	uint64_t wait_s; /* 0: not at all; UINT32_MAX: serve.scan_wait_s */
};

#define SCAN_WAIT_DEFAULT UINT32_MAX
#define SCAN_WAIT_MAX 300u

void scan_question_pack(struct buf *out, const struct scan_question *q);

/* What became of it; the report is in the file. */
struct scan_outcome {
	bool is_full; /* too many wait: nothing was begun */
	struct span job;
	bool has_ended;       /* then: */
	enum err_code failed; /* not 0: there is no verdict, for that: */
	struct span why;
	bool was_killed; /* whoever ran it: it may be fine */
	enum report_format format;
	enum verdict verdict;
	bool has_report;
	bool has_record;
	struct digest record;
	struct span image; /* its public id, or empty */
};

void scan_outcome_pack(struct buf *out, const struct scan_outcome *o);
/* Borrows. */
int
scan_outcome_unpack(struct scan_outcome *o, struct span bytes, struct err *e);

/* --- in the desk --- */

/* Until fd has something to read; scans that end meanwhile are waited for. */
void desk_scan_wait(int fd);
/* Waits for those that this desk has begun. */
void desk_scan_end(void);

/* --- server/desk_scan.c and desk_job.c --- */

/* A scan to be run; texts live as long as its arena. */
struct scan_work {
	struct arena arena;
	struct scan_question question;
	enum report_format format;
	char job[SCAN_JOB_SIZE];
	int lock_fd;   /* of the job */
	int input_fd;  /* -1: none */
	int report_fd; /* to write to */
};

/*
 * Runs it in a process of its own and waits so long for its end;
 * out->has_ended false: it goes on. Closes the desk's databases: they are no
 * good on two sides of a fork.
 */
int desk_job_run(struct desk_server *d, struct scan_work *w, unsigned wait_s,
    struct scan_outcome *out, struct err *e);
/* Which has not ended, but has nobody any more who runs it: it has failed. */
int desk_job_check(struct desk_server *d, struct span job, struct err *e);
/* A new file for the lock, locked. */
int desk_job_lock(
    const struct desk_server *d, const char *job, int *fd, struct err *e);

/* --- server/desk_rescan.c --- */

/*
 * The work of SCAN_BODY_STORED: the JSON of `rescan` in report_fd, the worst
 * of all verdicts in *answer. ERR_MISSING: there is no such image.
 */
int desk_rescan(struct desk_server *d, struct scan_work *w,
    struct scan_answer *answer, struct err *e);

/* --- server/desk_job.c --- */

/* Removes the file; whoever has it open keeps the lock. */
void desk_job_unlock(const struct desk_server *d, const char *job);

#endif
