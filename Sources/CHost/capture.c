#define _GNU_SOURCE
#include "include/CHost.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void report(int pipe, int32_t kind, int32_t value) {
  struct chost_end end = {kind, value};
  ssize_t ignored = write(pipe, &end, sizeof end);
  (void)ignored;
}

/// Becomes the program, its standard output the pipe. Only async-signal-safe calls.
static void become(const struct chost_program *program, int output, int end) {
  chost_restore_given();
  // After the descriptors were put back: one that we were not given would be closed by the exec.
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) {
    report(end, CHOST_NOT_STARTED, errno);
    _exit(127);
  }
  if (nothing > STDERR_FILENO) close(nothing);
  report(end, CHOST_NOT_STARTED, chost_try_candidates(program));
  _exit(127);
}

/// A process between us and the program, that waits for it and tells how it ended, through a pipe: of a child one can
/// only wait without end or ask again and again, of a pipe beside other pipes. Its own end tells nothing.
static void stand_between(const struct chost_program *program, int output, int end) {
  setpgid(0, 0);
  // A child of whoever ignores SIGCHLD leaves no trace.
  signal(SIGCHLD, SIG_DFL);
  pid_t pid = _Fork();
  if (pid == 0) become(program, output, end);
  if (pid < 0) {
    report(end, CHOST_NOT_STARTED, errno);
    _exit(127);
  }
  // Locks and pipes of ours must not outlive us here.
  if (end != 0) dup2(end, 0);
  chost_close_from(1);
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) _exit(127);
  if (WIFEXITED(status)) report(0, CHOST_EXITED, WEXITSTATUS(status));
  else report(0, CHOST_KILLED, WTERMSIG(status));
  _exit(0);
}

int chost_capture_start(const struct chost_program *program, struct chost_capture *capture) {
  chost_prepare();
  int output[2], end[2];
  if (pipe2(output, O_CLOEXEC) != 0) return errno;
  if (pipe2(end, O_CLOEXEC) != 0) {
    int failure = errno;
    close(output[0]);
    close(output[1]);
    return failure;
  }
  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  pid_t pid = chost_fork_known();
  if (pid == 0) stand_between(program, output[1], end[1]);
  int failure = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  close(output[1]);
  close(end[1]);
  if (failure != 0) {
    close(output[0]);
    close(end[0]);
    return failure;
  }
  // Both sides, so that the group is there whoever comes first.
  setpgid(pid, pid);
  capture->group = pid;
  capture->output = output[0];
  capture->end = end[0];
  return 0;
}

void chost_capture_finish(pid_t group, bool is_running) {
  if (is_running) kill(-group, SIGKILL);
  chost_wait(group);
}
