#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int chost_hook_start(const struct chost_program *program, const void *input, size_t length, pid_t *child) {
  chost_prepare();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  // Less than a pipe holds, so this never waits for a reader.
  if (write(ends[1], input, length) != (ssize_t)length) {
    close(ends[0]);
    close(ends[1]);
    return EIO;
  }
  close(ends[1]);
  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    chost_restore_given();
    // Its output is for whoever reads our log: our own standard output is data.
    if (dup2(ends[0], STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) chost_try_candidates(program);
    _exit(127);
  }
  int failure = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  close(ends[0]);
  if (pid > 0) setpgid(pid, pid);
  *child = pid;
  return failure;
}

int chost_hook_wait(pid_t child, int milliseconds) {
  static const int SLICE = 20;
  int status;
  for (int waited = 0;; waited += SLICE) {
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) break;
    if (ended < 0 && errno != EINTR) return -1;
    if (waited >= milliseconds) {
      kill(-child, SIGKILL);
      while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
      return -2;
    }
    nanosleep(&(struct timespec){.tv_nsec = SLICE * 1000000L}, NULL);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
