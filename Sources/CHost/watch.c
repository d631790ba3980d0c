#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SIGNALS = 65 };

static int ends[2] = {-1, -1};
static struct sigaction before[SIGNALS];
static bool changed[SIGNALS];

/// Signals that an instruction of our own can cause.
static bool is_fault(int number) {
  switch (number) {
    case SIGILL: case SIGTRAP: case SIGBUS: case SIGFPE: case SIGSEGV: case SIGSYS: return true;
    default: return false;
  }
}

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  bool from_kernel = info->si_code > 0;
  if (from_kernel && is_fault(number)) {
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  // A broken pipe or an abort of our own is not the child's business.
  bool to_ourselves = !from_kernel && number != SIGCHLD && info->si_pid == getpid();
  if (!to_ourselves) {
    // Smaller than PIPE_BUF, so whole or not at all. A full pipe holds thousands of signals: the child was not
    // listening.
    struct chost_signal record = {.number = number, .from_kernel = from_kernel};
    ssize_t ignored = write(ends[1], &record, sizeof record);
    (void)ignored;
  }
  errno = saved;
}

int chost_watch(void) {
  chost_prepare();
  if (ends[0] >= 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigfillset(&action.sa_mask);
  for (int number = 1; number < SIGNALS; number++)
    changed[number] = sigaction(number, &action, &before[number]) == 0;
  return ends[0];
}

void chost_watch_earlier(void) {
  struct chost_signal record = {.number = chost_interrupts_take()};
  if (record.number == 0) return;
  ssize_t ignored = write(ends[1], &record, sizeof record);
  (void)ignored;
}

void chost_unwatch(void) {
  for (int number = 1; number < SIGNALS; number++)
    if (changed[number]) sigaction(number, &before[number], NULL);
  close(ends[0]);
  close(ends[1]);
  ends[0] = ends[1] = -1;
}

bool chost_watch_next(struct chost_signal *record) {
  ssize_t count;
  do count = read(ends[0], record, sizeof *record);
  while (count < 0 && errno == EINTR);
  return count == (ssize_t)sizeof *record;
}

void chost_stop_ourselves(int number) {
  struct sigaction handler, standard = {.sa_handler = SIG_DFL};
  sigset_t one, mask;
  sigemptyset(&one);
  sigaddset(&one, number);
  sigemptyset(&standard.sa_mask);
  if (sigaction(number, &standard, &handler) != 0) return;
  // Raised while it is blocked, so that it stops us here and nowhere later.
  pthread_sigmask(SIG_BLOCK, &one, &mask);
  kill(getpid(), number);
  pthread_sigmask(SIG_UNBLOCK, &one, NULL);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  sigaction(number, &handler, NULL);
}
