// What this process was given at its start, for the files of this module only.

#ifndef CHOST_GIVEN_H
#define CHOST_GIVEN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct chost_program;

/// Puts back what was given: dispositions, umask, limits, core filter; marks our own descriptors close-on-exec; last,
/// the signal mask. Async-signal-safe. Call with every signal blocked, right before execve.
void chost_restore_given(void);

/// Closes every descriptor from `first` on. Async-signal-safe.
void chost_close_from(int first);

/// After a fork that goes on in Swift: a descriptor for interrupts that is not the parent's, whom ours are no news.
void chost_interrupts_renew(void);

/// Becomes the first of the program's candidates that can be run; an errno if none can. Async-signal-safe.
int chost_try_candidates(const struct chost_program *program);

/// Whether `signal` was ignored when the process started.
bool chost_was_ignored(int signal);

struct chost_identity;

/// Makes this thread's process somebody else for good. Async-signal-safe, for between fork and exec. 0, or an errno.
int chost_become(const struct chost_identity *identity);

/// `fork` whose child is known before anybody can take its end in (children.c).
pid_t chost_fork_known(void);

#endif
