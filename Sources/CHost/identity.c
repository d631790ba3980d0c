#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// libc's setters send a signal to every thread and wait for it. These change the calling thread alone: a forked child
// has no other, and a thread that looks at a user's files shall not lend its eyes to the rest.
static int set_groups(size_t count, const gid_t *groups) { return (int)syscall(SYS_setgroups, count, groups); }
static int set_group(gid_t real, gid_t effective, gid_t saved) {
  return (int)syscall(SYS_setresgid, real, effective, saved);
}
static int set_user(uid_t real, uid_t effective, uid_t saved) {
  return (int)syscall(SYS_setresuid, real, effective, saved);
}

enum { SAME = -1, BUG = 70 };

int chost_become(const struct chost_identity *identity) {
  // The user last: with it goes the right to change the others.
  if (set_groups(identity->group_count, identity->groups) != 0) return errno;
  if (set_group(identity->group, identity->group, identity->group) != 0) return errno;
  if (set_user(identity->user, identity->user, identity->user) != 0) return errno;
  return 0;
}

static struct {
  uid_t user;
  gid_t group;
  gid_t *groups;
  int group_count;
} ours;

static void take_back(void) {
  // In this order: the right to change groups comes with the user.
  if (set_user(SAME, ours.user, SAME) != 0 || set_group(SAME, ours.group, SAME) != 0 ||
      set_groups((size_t)ours.group_count, ours.groups) != 0)
    _exit(BUG);
  free(ours.groups);
  ours.groups = NULL;
}

int chost_assume_identity(const struct chost_identity *identity) {
  ours.user = geteuid();
  ours.group = getegid();
  ours.group_count = getgroups(0, NULL);
  if (ours.group_count < 0) return errno;
  ours.groups = malloc(((size_t)ours.group_count + 1) * sizeof *ours.groups);
  if (ours.groups == NULL) return ENOMEM;
  ours.group_count = getgroups(ours.group_count, ours.groups);
  int failure = ours.group_count < 0 ? errno : 0;
  if (failure == 0 && set_groups(identity->group_count, identity->groups) != 0) failure = errno;
  if (failure != 0) {
    free(ours.groups);
    ours.groups = NULL;
    return failure;
  }
  if (set_group(SAME, identity->group, SAME) != 0 || set_user(SAME, identity->user, SAME) != 0) {
    failure = errno;
    take_back();
  }
  return failure;
}

void chost_resume_identity(void) { take_back(); }
