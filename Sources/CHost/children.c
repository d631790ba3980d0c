#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// A supervisor takes in whatever child ended, since process 1 is left the children of others. One that another thread
// started and waits for must not be lost to that thread: every child is known here from its birth until it is waited
// for, and its end is kept.
struct known {
  pid_t pid;
  bool ended;
  int status;
  struct known *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct known *children;

pid_t chost_fork_known(void) {
  struct known *child = malloc(sizeof *child);
  if (child == NULL) {
    errno = ENOMEM;
    return -1;
  }
  pthread_mutex_lock(&lock);
  pid_t pid = fork();
  if (pid == 0) return 0;
  int failure = errno;
  if (pid > 0) {
    *child = (struct known){.pid = pid, .next = children};
    children = child;
  } else {
    free(child);
  }
  pthread_mutex_unlock(&lock);
  errno = failure;
  return pid;
}

static struct known **find(pid_t pid) {
  struct known **place = &children;
  while (*place != NULL && (*place)->pid != pid) place = &(*place)->next;
  return place;
}

/// Whether a supervisor has taken in its end. From then on another process may have its number.
static bool is_over(pid_t pid) {
  pthread_mutex_lock(&lock);
  struct known *child = *find(pid);
  bool ended = child != NULL && child->ended;
  pthread_mutex_unlock(&lock);
  return ended;
}

int chost_wait(pid_t pid) {
  // Only looks, so that its end stays to be taken by one of us under the lock.
  siginfo_t info;
  while (!is_over(pid) && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
  pthread_mutex_lock(&lock);
  struct known **place = find(pid);
  struct known *child = *place;
  int status = 0;
  bool ended = child != NULL && child->ended;
  if (ended) {
    status = child->status;
  } else {
    ended = waitpid(pid, &status, WNOHANG) == pid;
  }
  if (child != NULL) {
    *place = child->next;
    free(child);
  }
  pthread_mutex_unlock(&lock);
  return ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool chost_reap(pid_t *pid, enum chost_change *change, int *value) {
  int status;
  pthread_mutex_lock(&lock);
  do *pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED);
  while (*pid < 0 && errno == EINTR);
  if (*pid > 0 && (WIFEXITED(status) || WIFSIGNALED(status))) {
    struct known *child = *find(*pid);
    if (child != NULL) {
      child->ended = true;
      child->status = status;
    }
  }
  pthread_mutex_unlock(&lock);
  if (*pid <= 0) return false;
  if (WIFEXITED(status)) {
    *change = CHOST_EXITED;
    *value = WEXITSTATUS(status);
  } else if (WIFSIGNALED(status)) {
    *change = CHOST_KILLED;
    *value = WTERMSIG(status);
  } else if (WIFSTOPPED(status)) {
    *change = CHOST_STOPPED;
    *value = WSTOPSIG(status);
  } else {
    *change = CHOST_CONTINUED;
    *value = SIGCONT;
  }
  return true;
}
