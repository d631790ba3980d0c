// Starts the bundled program by the bundled loader, with the bundled libraries, wherever the tree was put: what a program
// names as its loader is an absolute path, which another image need not have. Static, because it starts where there is
// no C library. Part of the bundle's recipe and of no target: a target would be linked as the product is.

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

enum { BUG = 70 };

static char own[PATH_MAX], loader[PATH_MAX], program[PATH_MAX], libraries[PATH_MAX];

static int fail(const char *what) {
  fprintf(stderr, "daypass: %s: %s; is the tree of `ci/build --bundle` whole?\n", what, strerror(errno));
  return BUG;
}

int main(int count, char **arguments, char **environment) {
  // Without /proc the kernel still tells by which name it was started.
  ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
  if (length <= 0) {
    const char *started = (const char *)getauxval(AT_EXECFN);
    if (started == NULL || realpath(started, own) == NULL) return fail("its own place is not known");
  }

  // ROOT/bin/daypass
  char root[PATH_MAX];
  strcpy(root, own);
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(root, '/');
    if (slash == NULL) return fail("its own place is not known");
    *slash = 0;
  }
  int lengths[] = {
      snprintf(loader, sizeof loader, "%s/libexec/daypass/ld.so", root),
      snprintf(program, sizeof program, "%s/libexec/daypass/daypass", root),
      snprintf(libraries, sizeof libraries, "%s/lib", root),
  };
  for (size_t index = 0; index < sizeof lengths / sizeof *lengths; index++) {
    errno = ENAMETOOLONG;
    if (lengths[index] < 0 || lengths[index] >= PATH_MAX) return fail(own);
  }

  // By argv[0] the program knows how it can be started again; /proc/self/exe is the loader.
  char *own_words[] = {loader, "--argv0", own, "--library-path", libraries, program};
  enum { OWN = sizeof own_words / sizeof *own_words };
  int given = count > 1 ? count - 1 : 0;
  char **words = calloc((size_t)(OWN + given + 1), sizeof *words);
  if (words == NULL) return fail("no memory");
  memcpy(words, own_words, sizeof own_words);
  for (int index = 0; index < given; index++) words[OWN + index] = arguments[index + 1];
  execve(loader, words, environment);
  return fail(loader);
}
