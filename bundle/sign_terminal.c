/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal while a passphrase is typed: main switches the echo off and on
 * again, also when it is ended by a signal; the sign process reads the line.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/printable.h"
#include "bundle/sign_impl.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define NEW_KEYS "Passphrase for the new keys"
#define DIFFERENT "These were not the same.\n" NEW_KEYS ": "

#define N_SIGNALS (sizeof(signals) / sizeof(*signals))

struct sign_terminal {
	int fd;
	int reader;
	struct sigaction before[N_SIGNALS];
};

/* For the handler; there is one terminal. */
static volatile int echo_fd = -1;
static struct termios echo_on;

static void
on_signal(int number)
{
	tcsetattr(echo_fd, TCSANOW, &echo_on);
	signal(number, SIG_DFL);
	raise(number);
}

static void
catch_signals(struct sign_terminal *t)
{
	struct sigaction sa = { .sa_handler = on_signal };
	size_t i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &sa, &t->before[i]);
}

static bool
echo_off(struct sign_terminal *t)
{
	struct termios off;

	if (tcgetattr(t->fd, &echo_on) != 0)
		return false;
	off = echo_on;
	off.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	echo_fd = t->fd;
	catch_signals(t);
	tcsetattr(t->fd, TCSAFLUSH, &off);
	return true;
}

static void
print_question(int fd, enum sign_question q, struct span file)
{
	static const char *const before[] = {
		[SIGN_ASK_NEW] = NEW_KEYS " (empty: none): ",
		[SIGN_ASK_AGAIN] = "The same again: ",
		[SIGN_ASK_DIFFERS] = DIFFERENT,
		[SIGN_ASK_UNLOCK] = "Passphrase of ",
		[SIGN_ASK_WRONG] = "That is not it.\nPassphrase of ",
	};
	struct buf text = { 0 };
	struct err ignored;

	if ((size_t)q < sizeof(before) / sizeof(*before))
		buf_add_str(&text, before[q]);
	if (file.len > 0) {
		printable_add(&text, file);
		buf_add_str(&text, ": ");
	}
	file_write_all(fd, buf_span(&text), &ignored);
	buf_cleanup(&text);
}

static void
close_both(struct sign_terminal *t)
{
	if (t->fd != -1)
		close(t->fd);
	if (t->reader != -1)
		close(t->reader);
	free(t);
}

struct sign_terminal *
terminal_open(enum sign_question q, struct span file)
{
	struct sign_terminal *t = xcalloc(1, sizeof(*t));

	t->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	t->reader = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (t->fd == -1 || t->reader == -1 || !echo_off(t)) {
		close_both(t);
		return NULL;
	}
	print_question(t->fd, q, file);
	return t;
}

int
terminal_fd(const struct sign_terminal *t)
{
	return t->reader;
}

void
terminal_close(struct sign_terminal *t)
{
	struct err ignored;
	size_t i;

	if (t == NULL)
		return;
	tcsetattr(t->fd, TCSANOW, &echo_on);
	echo_fd = -1;
	for (i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &t->before[i], NULL);
	file_write_all(t->fd, SPAN_LIT("\n"), &ignored);
	close_both(t);
}
