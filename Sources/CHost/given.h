// What this process was given at its start, for the files of this module only.

#ifndef CHOST_GIVEN_H
#define CHOST_GIVEN_H

#include <signal.h>
#include <stdbool.h>

/// Puts back what was given: dispositions, umask, limits, core filter; marks our own descriptors close-on-exec; last,
/// the signal mask. Async-signal-safe. Call with every signal blocked, right before execve.
void chost_restore_given(void);

/// Whether `signal` was ignored when the process started.
bool chost_was_ignored(int signal);

#endif
