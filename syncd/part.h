/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is being fetched: incoming/<sha256 of its URL>.part, and beside
 * it, with .from, what a later run needs to go on with it: the validator, the
 * size that is to come, and how many bytes would outlive a crash of the
 * machine. It belongs to the main process, the fetch process is handed its
 * descriptor. base/incoming.h says how long parts are kept.
 */
#ifndef SYNCD_PART_H
#define SYNCD_PART_H

#include "base/arena.h"
#include "syncd/fetch.h"

#define PART_PATH_SIZE 96

/* The path of the part of url, below the state directory. */
void part_path(struct span url, char path[PART_PATH_SIZE]);
/*
 * Opens it, made where there is none; *have tells what it holds. Without a
 * validator that is nothing. have->validator lies in a.
 */
int part_open(int statefd, const char *path, struct arena *a, int *fd,
    struct fetch_part *have, struct err *e);
/*
 * Notes that bytes under this validator are about to be written; without one
 * nothing can go on. What stood there before is forgotten even if this fails.
 */
int part_note(int statefd, const char *path, const struct fetch_part *head,
    struct err *e);
/*
 * Nobody has it open to write any more, where the file system can tell: what
 * is proved from now on stays as it is. ERR_UNTRUSTED if somebody has.
 */
int part_settle(int statefd, const char *path, struct err *e);
/* It broke: what it holds by now is made to outlive the machine's crash. */
int part_keep(int statefd, const char *path, struct err *e);
/* Removes both files; one that is not there is fine. */
void part_drop(int statefd, const char *path);

#endif
