#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/// A shell runs a file that the kernel cannot, if it is text: no NUL before the first line's end.
static bool is_script(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  char start[128];
  ssize_t count = read(file, start, sizeof start);
  close(file);
  if (count < 0) return false;
  for (ssize_t index = 0; index < count && start[index] != '\n'; index++)
    if (start[index] == 0) return false;
  return true;
}

/// Tries every candidate. Like a shell's search: the last error that is not "there is no such file" is remembered.
int chost_try_candidates(const struct chost_program *program) {
  int failure = ENOENT;
  for (const char *const *candidate = program->candidates; *candidate != NULL; candidate++) {
    execve(*candidate, program->arguments, program->environment);
    if (errno == ENOEXEC && is_script(*candidate)) {
      program->script_arguments[1] = (char *)*candidate;
      execve(program->script_arguments[0], program->script_arguments, program->environment);
      errno = ENOEXEC;
    }
    if (errno != ENOENT && errno != ENOTDIR) failure = errno;
  }
  return failure;
}

/// The files are looked for as the user who shall run them.
static int become_and_try(const struct chost_program *program) {
  if (program->identity != NULL) {
    int failure = chost_become(program->identity);
    if (failure != 0) return failure;
  }
  return chost_try_candidates(program);
}

int chost_exec(const struct chost_program *program) {
  chost_prepare();
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  chost_restore_given();
  return become_and_try(program);
}

int chost_spawn(const struct chost_program *program, pid_t *child, bool *started) {
  chost_prepare();
  *started = false;
  // Closed by a successful exec; otherwise the reason comes through it.
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return errno;

  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  pid_t pid = chost_fork_known();
  if (pid == 0) {
    chost_restore_given();
    int failure = become_and_try(program);
    ssize_t ignored = write(report[1], &failure, sizeof failure);
    (void)ignored;
    _exit(127);
  }
  int failure = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  close(report[1]);
  if (pid > 0) {
    *started = true;
    ssize_t count;
    do count = read(report[0], &failure, sizeof failure);
    while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof failure) {
      failure = 0;
      *child = pid;
    } else {
      chost_wait(pid);
    }
  }
  close(report[0]);
  return failure;
}
