#define _GNU_SOURCE
#include "include/CHost.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Everything for the possessor and for our user, nothing for group and others. The user's part is what lets a later
/// login, which possesses nothing, use the key (keyctl_setperm(3)).
static const unsigned PERMISSIONS = 0x3f3f0000;

static long keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  return syscall(SYS_keyctl, operation, a, b, c, d);
}

int32_t chost_key_find(const char *name) {
  return (int32_t)keyctl(
    KEYCTL_SEARCH, (unsigned long)KEY_SPEC_USER_KEYRING, (unsigned long)"user", (unsigned long)name, 0);
}

long chost_key_read(int32_t key, void *buffer, size_t capacity) {
  return keyctl(KEYCTL_READ, (unsigned long)key, (unsigned long)buffer, capacity, 0);
}

int32_t chost_key_store(const char *name, const void *bytes, size_t count) {
  // Only a possessed key's permissions can be changed, and the user keyring is not possessed from every session. So the
  // key begins in the thread keyring and is then linked, which displaces an older one of its name in one step.
  int32_t key =
    (int32_t)syscall(SYS_add_key, "user", name, bytes, count, (unsigned long)KEY_SPEC_THREAD_KEYRING);
  if (key < 0) return -1;
  bool linked = keyctl(KEYCTL_SETPERM, (unsigned long)key, PERMISSIONS, 0, 0) == 0
    && keyctl(KEYCTL_LINK, (unsigned long)key, (unsigned long)KEY_SPEC_USER_KEYRING, 0, 0) == 0;
  keyctl(KEYCTL_UNLINK, (unsigned long)key, (unsigned long)KEY_SPEC_THREAD_KEYRING, 0, 0);
  return linked ? key : -1;
}

static bool finds(const char *name, const void *bytes, size_t count) {
  unsigned char found[64];
  if (keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) < 0) return false;
  int32_t key = chost_key_find(name);
  if (key < 0 || count > sizeof found) return false;
  bool same = chost_key_read(key, found, sizeof found) == (long)count && memcmp(found, bytes, count) == 0;
  explicit_bzero(found, sizeof found);
  return same;
}

struct question {
  const char *name;
  const void *bytes;
  size_t count;
};

static int answer(void *argument) {
  const struct question *asked = argument;
  _exit(finds(asked->name, asked->bytes, asked->count) ? 0 : 1);
}

bool chost_key_is_reachable(const char *name, const void *bytes, size_t count) {
  struct question asked = {name, bytes, count};
  _Alignas(16) unsigned char stack[32768];
  // In our own memory, which a copy of it all would take a millisecond for; we stand still meanwhile. With no signal at
  // its end: no handler of ours hears of it and no other wait takes it away. None may reach it either, since the
  // handlers are ours, and so is what they write to.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = clone(answer, stack + sizeof stack, CLONE_VM | CLONE_VFORK, &asked);
  int status = 0;
  pid_t ended = pid;
  if (pid > 0) {
    do ended = waitpid(pid, &status, __WALL);
    while (ended < 0 && errno == EINTR);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pid > 0 && ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void chost_key_remove(const char *name) {
  int32_t key = chost_key_find(name);
  if (key >= 0) keyctl(KEYCTL_UNLINK, (unsigned long)key, (unsigned long)KEY_SPEC_USER_KEYRING, 0, 0);
}
