/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the main process share. Only for serve*.c.
 *
 *   serve.c           signals, the loop
 *   serve_settings.c  what the configuration means; certificates
 *   serve_listen.c    sockets: opened, handed in by systemd, closed
 *   serve_watch.c     what is published, and who may ask, as it changes
 *   serve_process.c   a serve process and its desks, from start to end
 */
#ifndef SERVER_SERVE_PARTS_H
#define SERVER_SERVE_PARTS_H

#include <sys/types.h>
#include <time.h>

#include "base/proc.h"
#include "server/proc_serve.h"
#include "server/serve.h"

#define SERVE_LISTENERS_MAX 16u
#define SERVE_OLD_MAX 8u          /* processes that drain at a time */
#define SERVE_DESK_END_MS 3600000 /* for a desk to end its scans */
#define SERVE_END_MS 2000         /* to end, after the time to drain */

/* --- serve_settings.c --- */

/* One reading of the configuration. */
struct serve_settings {
	struct config *config;
	bool owns_config;
	struct buf tls_cert;
	struct buf tls_key;
	struct buf client_ca;
	struct httpd_options http; /* without sockets, desks, view, access */
	const char *const *listen; /* words; live as long as the config */
	unsigned unix_mode;
	unsigned drain_s;
	bool anonymous;
};

/* config is the settings' from then on, if owns, also where this fails. */
int serve_settings_read(struct serve_settings **out, struct config *config,
    bool owns, const char *listen, struct err *e);
void serve_settings_free(struct serve_settings *s); /* NULL is fine */

/* --- serve_listen.c --- */

/* ERR_FORMAT: it is no address to listen on. Nothing is opened. */
int serve_listen_check(const char *word, struct err *e);

/* A socket that listens. */
struct serve_listener {
	char *word;    /* as configured; NULL: handed in */
	char *unix_at; /* its path; NULL: none of ours */
	dev_t device;  /* of that file */
	ino_t inode;
	int fd;
	bool wanted; /* by the newest settings */
};

struct serve_listeners {
	struct serve_listener at[SERVE_LISTENERS_MAX];
	size_t n;
};

/* Those of systemd's socket activation (sd_listen_fds(3)), if any. */
int serve_listeners_inherit(struct serve_listeners *l, struct err *e);
/*
 * Opens what the words name and is not open yet; others are not wanted any
 * more, but for those handed in. Where it fails all is as before.
 */
int serve_listeners_open(struct serve_listeners *l, const char *const *words,
    unsigned unix_mode, struct err *e);
/* Closes those that are not wanted, and removes their files. */
void serve_listeners_prune(struct serve_listeners *l);
void serve_listeners_close(struct serve_listeners *l);
/* "http://127.0.0.1:8080/", "unix:/run/x.sock". */
void
serve_listener_text(const struct serve_listener *l, bool tls, struct buf *out);

/* --- serve_watch.c --- */

struct serve_watch {
	const struct state *state;
	struct db *catalog;        /* NULL: not open */
	char current[64];          /* where index/current points */
	ino_t signed_inode;        /* of tuf/metadata/timestamp.json, … */
	struct timespec signed_at; /* … which is replaced by each signing */
	ino_t catalog_inode;
	int64_t data_version;  /* of the catalog's connection */
	bool read;             /* there is something to hand over */
	struct buf view;       /* packed */
	struct buf access;     /* packed, of … */
	bool access_anonymous; /* … this */
	uint64_t generation;
	char said[ERR_MSG_SIZE]; /* the last trouble */
};

/*
 * Looks whether something changed, and reads it anew. Which of them are others
 * now: bits 1 << SERVE_VIEW and 1 << SERVE_ACCESS; 0 as well where they cannot
 * be read, which is told once.
 */
unsigned serve_watch_look(struct serve_watch *w, bool anonymous);
/* SQLite does not survive a fork: before each. */
void serve_watch_close(struct serve_watch *w);
void serve_watch_cleanup(struct serve_watch *w);

/* --- serve_process.c --- */

enum serve_phase {
	SERVE_NONE = 0, /* not running */
	SERVE_STARTING,
	SERVE_RUNNING,
	SERVE_DRAINING,
};

struct serve_desk {
	struct proc proc;
	int64_t started_ms;
	bool lost;        /* to be replaced … */
	int64_t retry_ms; /* … from then on */
};

/* A serve process and the desks that it asks. */
struct serving {
	struct proc proc;
	enum serve_phase phase;
	int64_t since_ms; /* monotonic: when the phase began */
	int64_t lived_ms; /* how long it ran, once it has ended */
	int64_t until_ms; /* SERVE_DRAINING: it is ended then */
	struct serve_settings *settings;
	struct serve_desk *desks;
	size_t n_desks;
	char why[ERR_MSG_SIZE]; /* why it did not start */
};

struct serve {
	struct serve_options options;
	struct state state;
	int signalfd;
	struct serve_listeners listeners;
	struct serve_watch watch;
	struct serving *current; /* answers */
	struct serving *next;    /* is to take over; or NULL */
	struct serving *old[SERVE_OLD_MAX];
	int64_t restart_ms; /* current is started again then */
	int64_t backoff_ms;
	bool inherited; /* sockets of the service manager */
	bool reload;
	bool stopping;
	bool hurry; /* at once */
};

/* settings are the serving's from then on, unless this fails. */
int serving_start(struct serving **out, struct serve *s,
    struct serve_settings *settings, struct err *e);
/* Hands over what serve_watch_look() says is new. */
void serving_hand_over(
    struct serving *p, const struct serve_watch *w, unsigned changed);
/* Something came from the process. */
void serving_listen_to(struct serving *p);
/* waitpid() told of that process; nothing if it is none of these. */
void serving_reap(struct serving *p, pid_t pid, int status);
/* Replaces desks that were lost. */
void serving_mend(struct serving *p, struct serve *s);
void serving_drain(struct serving *p);
/* Ends the process; what comes of it is told by serving_reap(). */
void serving_kill(const struct serving *p);
/* Neither the process nor a desk of it runs. */
bool serving_ended(const struct serving *p);
/* Ends what runs, at once; NULL is fine. */
void serving_free(struct serving *p);

#endif
