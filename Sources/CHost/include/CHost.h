/// What Swift cannot do, or must not: run in a signal handler, run between fork and exec, call the kernel where libc
/// has no function, and read macros that take arguments. `Host` is the only importer.

#ifndef CHOST_H
#define CHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// MARK: Start of the process (startup.c)

/// Records what this process was given (signal mask and dispositions, umask, limits, open descriptors) and closes it
/// up: SIGPIPE ignored, no signal blocked, umask 077, no core files, not dumpable, 0–2 open, room for many descriptors.
/// Only the first call does anything. C because dispositions are a union and handlers are compared by address, which
/// Swift's importer does not give.
void chost_prepare(void);

/// Lets others of our user read /proc/self again, which a supervisor must (its child reaches its own log through
/// /proc/1/fd), and keeps memory out of core files in another way.
/// C because prctl is variadic.
void chost_become_supervisor(void);

/// Lets go of the descriptors that the process was given and has handed on to its child: a pipe whose other end waits for
/// its end must not be kept open by a bystander. 0–2 become /dev/null, the others are closed. Process 1 keeps its 0–2:
/// through /proc/1/fd the scripts of an image reach the log.
/// C because the list of what was given is kept here.
void chost_release_given(void);

/// Closes the descriptors from `first` on that the process was given: whoever waits for the end of a pipe must not wait
/// for one that goes on in the background. Programs that are started later do not get them either.
/// C because the list of what was given is kept here.
void chost_close_given(int first);

/// Overwrites the value of each variable of that name in the block that this process was started with, which others of
/// our user read as /proc/PID/environ, whatever a program that we start is given. `getenv` then finds an empty value.
/// C because Swift 6 refuses the mutable global that the block is, and to its compiler the writing would be in vain.
void chost_erase_variable(const char *name);

/// The words of the command line, program name first. C because Swift's own reads /proc/self/cmdline, which is not there
/// in every root, and begins with the loader's words where the loader was asked to start us.
char **chost_arguments(int *count);

/// The environment block. C because Swift 6 refuses a mutable global.
char **chost_environment(void);

/// Keeps this process's memory out of core files and from other processes of its user, until it becomes another program.
/// C because prctl is variadic.
void chost_keep_memory_private(void);

/// Whether the kernel gave this process rights that whoever started it does not have (AT_SECURE, getauxval(3)).
/// C, like the next, because Swift's module of the C library does not have getauxval.
bool chost_is_privileged(void);

/// The path by which the kernel was asked to start this program; null where it does not tell.
const char *chost_started_as(void);

// MARK: Interrupts (interrupts.c)

/// Catches SIGINT, SIGTERM and SIGHUP, except those that were ignored when we started. False if no pipe could be made.
/// C because a handler may only do what is async-signal-safe, and Swift's runtime is not.
bool chost_interrupts_install(void);

/// Becomes readable at the first interrupt and stays so; -1 before `chost_interrupts_install`.
int chost_interrupts_descriptor(void);

/// The first interrupt's number, 0 while there was none.
int chost_interrupts_pending(void);

/// The same, and from now on there was none. Only where another handler has taken the signals over.
int chost_interrupts_take(void);

// MARK: Signals of a supervisor (watch.c)

struct chost_signal {
  int32_t number;
  /// Raised by the kernel: by the terminal, a timer, a hang-up. Otherwise a process sent it.
  int32_t from_kernel;
};

/// Catches every signal that is to be passed on, and SIGCHLD; each becomes one record in a pipe whose reading end is
/// returned, -1 on failure. Handlers, not a mask, because threads of libraries would not share the mask.
/// C because of the handler.
int chost_watch(void);

/// Makes the interrupt that came before `chost_watch` the next record.
void chost_watch_earlier(void);

/// The dispositions of before `chost_watch`; the pipe is closed.
void chost_unwatch(void);

/// Takes the next record; false when there is none.
bool chost_watch_next(struct chost_signal *record);

enum chost_change { CHOST_EXITED = 0, CHOST_KILLED = 1, CHOST_STOPPED = 2, CHOST_CONTINUED = 3 };

/// Takes the next change of any child without waiting. `value` is an exit code or a signal. False when there is none.
/// The end of a child that another thread waits for by `chost_wait` is kept for that thread.
/// C because the WIF… macros take arguments.
bool chost_reap(pid_t *pid, enum chost_change *change, int *value);

/// Stops this process as `signal` does by default (SIGTSTP, SIGTTIN or SIGTTOU) and returns when it is continued. As
/// elsewhere, it does nothing where no shell could continue us: in an orphaned process group, and to process 1.
/// C because of the handler that is put aside for it.
void chost_stop_ourselves(int signal);

// MARK: Other users (identity.c)

struct chost_identity {
  uid_t user;
  gid_t group;
  const gid_t *groups;
  size_t group_count;
};

/// Gives the calling thread, and no other, this effective identity until `chost_resume_identity`. 0, or an errno; then
/// nothing has changed.
/// C because libc's functions change every thread at once, and `syscall` is variadic.
int chost_assume_identity(const struct chost_identity *identity);

/// Undoes the above. Ends the process where that fails: it would go on as somebody else.
void chost_resume_identity(void);

// MARK: Running a program (exec.c)

struct chost_program {
  /// Paths to try, in order, null-terminated.
  const char *const *candidates;
  char *const *arguments;
  char *const *environment;
  /// `/bin/sh`, a place for the path, then the arguments without their first: for a script without a `#!` line.
  char **script_arguments;
  /// Whom the program runs as; null for ourselves.
  const struct chost_identity *identity;
};

/// Replaces this process, with everything `chost_prepare` recorded put back. Returns only on failure: an errno.
/// C because no Swift may run once handlers and mask are the program's.
int chost_exec(const struct chost_program *program);

/// The same in a new process of our group. 0, or an errno: of `execve` if `*started` is true, else of the system calls
/// before it.
/// C because after fork in a process with threads only async-signal-safe code may run.
int chost_spawn(const struct chost_program *program, pid_t *child, bool *started);

/// Goes on in a child that belongs to no terminal, with the same memory, and for which there was no interrupt yet: 0
/// there. In the parent the child's number, -1 where there is none. Only before the first thread. C because Swift does not offer fork.
pid_t chost_continue_detached(void);

/// Waits for a child of `chost_spawn`, also while a supervisor takes in children on another thread: its exit code, or
/// -1 if it did not end by itself. C because the WIF… macros take arguments.
int chost_wait(pid_t child);

// MARK: A program's output (capture.c)

/// How a captured program ended: `CHOST_EXITED` with its code, `CHOST_KILLED` with a signal, or not at all:
/// `CHOST_NOT_STARTED` with an errno.
struct chost_end {
  int32_t kind;
  int32_t value;
};

enum { CHOST_NOT_STARTED = 4 };

struct chost_capture {
  /// Its process group.
  pid_t group;
  /// To read its standard output from.
  int output;
  /// To read one `chost_end` from.
  int end;
};

/// Starts a program in a process group of its own, with nothing to read and a pipe to write to. 0, or an errno.
/// C because of what runs between fork and exec.
int chost_capture_start(const struct chost_program *program, struct chost_capture *capture);

/// Kills what still runs of it, and takes in the process that waited for it.
void chost_capture_finish(pid_t group, bool is_running);
// MARK: A program that is told something (hook.c)

/// Starts a program in a process group of its own, with `input` (less than a pipe holds) on its standard input and our
/// standard error for all it prints. 0, or an errno. C because of what runs between fork and exec.
int chost_hook_start(const struct chost_program *program, const void *input, size_t length, pid_t *child);

/// Its exit code, or 128 + the signal that ended it; -2 where it had to be killed, with its group, after so long.
int chost_hook_wait(pid_t child, int milliseconds);

// MARK: Neighbours on this machine (peer.c)

/// The user id that holds the TCP socket whose own end is `local` and whose other end is `remote`, as the kernel's
/// socket diagnosis says (sock_diag(7)); -1 where there is none, or the kernel does not say. Addresses of 4 or 16 bytes
/// in network order. C because the kernel's headers are not in Swift's module of the C library.
int64_t chost_socket_owner(
  bool is_v6, const uint8_t *local, uint16_t local_port, const uint8_t *remote, uint16_t remote_port);

// MARK: Kernel keyring (keyring.c)

/// The key's serial number in the user keyring, or -1.
/// C, like all of this part, because libc has no functions for these system calls and `syscall` is variadic.
int32_t chost_key_find(const char *name);

/// Copies at most `capacity` bytes; the key's length, or -1.
long chost_key_read(int32_t key, void *buffer, size_t capacity);

/// Puts a key of permissions 0x3f3f0000 into the user keyring in place of one of the same name: its serial, or -1.
int32_t chost_key_store(const char *name, const void *bytes, size_t count);

/// Whether a process in a new, empty session keyring finds `name` with exactly these bytes.
bool chost_key_is_reachable(const char *name, const void *bytes, size_t count);

void chost_key_remove(const char *name);

// MARK: Files (filesystem.c)

/// The magic number of the file system that an open file is on, as statfs(2) names it; -1 where it is not known.
/// C because Swift's Glibc module has no sys/vfs.h.
long chost_file_system_type(int descriptor);

#endif
