#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static atomic_int pending = 0;
static atomic_llong first_at = 0;
static int ends[2] = {-1, -1};

/// `timeout` and some runners signal the process and then its group: the same wish, told twice.
static const long long SAME_WISH = 100000000;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void on_interrupt(int number) {
  int saved = errno;
  int none = 0;
  if (atomic_compare_exchange_strong(&pending, &none, number)) {
    atomic_store(&first_at, now());
    ssize_t ignored = write(ends[1], "", 1);
    (void)ignored;
  } else if (number != SIGHUP && now() - atomic_load(&first_at) > SAME_WISH) {
    _exit(128 + number);
  }
  errno = saved;
}

bool chost_interrupts_install(void) {
  if (ends[0] < 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return false;
  // No SA_RESTART: whatever waits shall come back and look.
  struct sigaction action = {.sa_handler = on_interrupt};
  sigemptyset(&action.sa_mask);
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++)
    if (!chost_was_ignored(numbers[index])) sigaction(numbers[index], &action, NULL);
  return true;
}

void chost_interrupts_renew(void) {
  if (ends[0] < 0) return;
  close(ends[0]);
  close(ends[1]);
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) ends[0] = ends[1] = -1;
  // One that came before the fork is the parent's to act on.
  atomic_store(&pending, 0);
}

int chost_interrupts_descriptor(void) { return ends[0]; }

int chost_interrupts_pending(void) { return atomic_load(&pending); }

int chost_interrupts_take(void) {
  int number = atomic_exchange(&pending, 0);
  char bytes[16];
  while (ends[0] >= 0 && read(ends[0], bytes, sizeof bytes) > 0) {}
  return number;
}
