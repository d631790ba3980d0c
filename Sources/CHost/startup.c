#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

enum {
  SIGNALS = 65,
  // Where descriptors must be tried one by one. The kernel hands out the lowest free number, so ours are far below.
  HIGHEST_TRIED = 65535,
  // An endpoint's connections (10,000), and what the program needs beside them.
  ENOUGH_FILES = 16384
};

static struct {
  struct sigaction actions[SIGNALS];
  sigset_t mask;
  mode_t umask;
  struct rlimit core;
  struct rlimit files;
  // Sorted.
  int *descriptors;
  size_t descriptor_count;
  // What /proc/self/coredump_filter held, if it was changed.
  char core_filter[32];
  size_t core_filter_length;
} given;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static int argument_count;
static char **arguments;

/// glibc hands a constructor what main gets.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
  argument_count = count;
  arguments = words;
}

char **chost_arguments(int *count) {
  *count = argument_count;
  return arguments;
}

static char **given_environment;

/// Swift's runtime, linked in whole, asks /proc where it lies before anything of ours runs, and ends the process where
/// there is none. Told a place by this variable it does not ask. First of all constructors; undone before main's work.
__attribute__((constructor(101))) static void name_a_place_for_the_runtime(void) {
  if (access("/proc/self/exe", F_OK) == 0) return;
  given_environment = environ;
  setenv("SWIFT_ROOT", "/", 1);
}

char **chost_environment(void) {
  // setenv made a copy: what the kernel gave is untouched.
  if (given_environment != NULL) environ = given_environment;
  given_environment = NULL;
  return environ;
}

void chost_keep_memory_private(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

bool chost_is_privileged(void) { return getauxval(AT_SECURE) != 0; }

const char *chost_started_as(void) { return (const char *)getauxval(AT_EXECFN); }

static int by_number(const void *left, const void *right) {
  int a = *(const int *)left, b = *(const int *)right;
  return (a > b) - (a < b);
}

static void remember_descriptor(int descriptor, size_t *capacity) {
  if (given.descriptor_count == *capacity) {
    size_t larger = *capacity == 0 ? 16 : *capacity * 2;
    int *grown = realloc(given.descriptors, larger * sizeof *grown);
    if (grown == NULL) return;
    given.descriptors = grown;
    *capacity = larger;
  }
  given.descriptors[given.descriptor_count++] = descriptor;
}

static void record_descriptors(void) {
  size_t capacity = 0;
  DIR *directory = opendir("/proc/self/fd");
  if (directory != NULL) {
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
      char *end;
      long number = strtol(entry->d_name, &end, 10);
      if (end == entry->d_name || *end != 0 || number == dirfd(directory)) continue;
      remember_descriptor((int)number, &capacity);
    }
    closedir(directory);
  } else {
    for (int number = 0; number <= HIGHEST_TRIED; number++)
      if (fcntl(number, F_GETFD) >= 0) remember_descriptor(number, &capacity);
  }
  if (given.descriptor_count > 1)
    qsort(given.descriptors, given.descriptor_count, sizeof *given.descriptors, by_number);
}

/// A file opened later must not become somebody's standard output. Opened for reading, so that what is written to a
/// closed standard output fails as it would have, instead of vanishing.
static void open_standard_descriptors(void) {
  for (int number = 0; number <= 2; number++) {
    if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    int opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (opened >= 0 && opened != number) close(opened);
  }
}

/// The customary soft limit of 1024 is for programs that call select(2); nothing here does. Somebody who opens that
/// many connections to us would keep everybody else out.
static void raise_file_limit(void) {
  if (given.files.rlim_cur >= ENOUGH_FILES) return;
  struct rlimit raised = given.files;
  raised.rlim_cur = given.files.rlim_max < ENOUGH_FILES ? given.files.rlim_max : ENOUGH_FILES;
  setrlimit(RLIMIT_NOFILE, &raised);
}

static void prepare(void) {
  chost_environment();
  for (int number = 1; number < SIGNALS; number++) sigaction(number, NULL, &given.actions[number]);
  record_descriptors();
  open_standard_descriptors();
  given.umask = umask(077);
  getrlimit(RLIMIT_CORE, &given.core);
  getrlimit(RLIMIT_NOFILE, &given.files);
  raise_file_limit();

  signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, &given.mask);

  struct rlimit no_core = {0, given.core.rlim_max};
  setrlimit(RLIMIT_CORE, &no_core);
  chost_keep_memory_private();
}

void chost_prepare(void) { pthread_once(&once, prepare); }

bool chost_was_ignored(int signal) {
  chost_prepare();
  return signal > 0 && signal < SIGNALS && given.actions[signal].sa_handler == SIG_IGN;
}

void chost_become_supervisor(void) {
  chost_prepare();
  // The filter holds for core patterns that are a pipe too, to which RLIMIT_CORE 0 means nothing.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (given.core_filter_length > 0) return;
  int filter = open("/proc/self/coredump_filter", O_RDWR | O_CLOEXEC);
  if (filter < 0) return;
  // The kernel writes hexadecimal digits without a prefix and reads them back only with one.
  memcpy(given.core_filter, "0x", 2);
  ssize_t length = read(filter, given.core_filter + 2, sizeof given.core_filter - 2);
  if (length > 0 && pwrite(filter, "0x0", 3, 0) == 3) given.core_filter_length = (size_t)length + 2;
  close(filter);
}

static void restore_core_filter(void) {
  if (given.core_filter_length == 0) return;
  int filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (filter < 0) return;
  ssize_t ignored = write(filter, given.core_filter, given.core_filter_length);
  (void)ignored;
  close(filter);
}

static void close_on_exec(unsigned first, unsigned last) {
  if (first > last) return;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC) == 0) return;
#endif
  // Linux before 5.11, or a sandbox that does not know the call.
  for (unsigned number = first; number <= last && number <= HIGHEST_TRIED; number++)
    fcntl((int)number, F_SETFD, FD_CLOEXEC);
}

void chost_close_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
  for (int number = first; number <= HIGHEST_TRIED; number++) close(number);
}

static void mark_our_descriptors(void) {
  unsigned next = 0;
  for (size_t index = 0; index < given.descriptor_count; index++) {
    unsigned number = (unsigned)given.descriptors[index];
    if (number > next) close_on_exec(next, number - 1);
    next = number + 1;
  }
  close_on_exec(next, ~0U);
}

void chost_restore_given(void) {
  // A handler of ours is no handler in the new program; ignored and default are all that exec keeps.
  for (int number = 1; number < SIGNALS; number++) {
    struct sigaction action = {.sa_handler = given.actions[number].sa_handler == SIG_IGN ? SIG_IGN : SIG_DFL};
    sigaction(number, &action, NULL);
  }
  umask(given.umask);
  setrlimit(RLIMIT_CORE, &given.core);
  setrlimit(RLIMIT_NOFILE, &given.files);
  restore_core_filter();
  mark_our_descriptors();
  // sigprocmask of a forked child or of the thread that execs: the program's only thread either way.
  pthread_sigmask(SIG_SETMASK, &given.mask, NULL);
}

void chost_release_given(void) {
  int nothing = -1;
  bool is_first_process = getpid() == 1;
  size_t kept = 0;
  for (size_t index = 0; index < given.descriptor_count; index++) {
    int number = given.descriptors[index];
    if (number > 2) {
      close(number);
      continue;
    }
    // Still what a program gets that is started later: to it, these three are given.
    given.descriptors[kept++] = number;
    if (is_first_process) continue;
    if (nothing < 0) nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0) dup2(nothing, number);
  }
  given.descriptor_count = kept;
  if (nothing >= 0) close(nothing);
}

void chost_close_given(int first) {
  size_t kept = 0;
  for (size_t index = 0; index < given.descriptor_count; index++) {
    int number = given.descriptors[index];
    if (number >= first) close(number);
    else given.descriptors[kept++] = number;
  }
  given.descriptor_count = kept;
}

void chost_erase_variable(const char *name) {
  size_t length = strlen(name);
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
      explicit_bzero(*entry + length + 1, strlen(*entry + length + 1));
}
