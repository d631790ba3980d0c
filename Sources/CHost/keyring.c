#define _GNU_SOURCE
#include "include/CHost.h"

#include <errno.h>
#include <linux/keyctl.h>
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

bool chost_key_is_reachable(const char *name, const void *bytes, size_t count) {
  // A bare clone with no signal at its end: no handler of ours hears of it and no other wait takes it away. All its
  // arguments are zero, so their order, which differs between architectures, does not matter.
  pid_t pid = (pid_t)syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL);
  if (pid < 0) return false;
  if (pid == 0) _exit(finds(name, bytes, count) ? 0 : 1);
  int status;
  pid_t ended;
  do ended = waitpid(pid, &status, __WALL);
  while (ended < 0 && errno == EINTR);
  return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void chost_key_remove(const char *name) {
  int32_t key = chost_key_find(name);
  if (key >= 0) keyctl(KEYCTL_UNLINK, (unsigned long)key, (unsigned long)KEY_SPEC_USER_KEYRING, 0, 0);
}
