// The least that a helper with a cache must do: open a file of its user's own, check it, read it, see that it has not
// expired, print it. What ci/bench compares the cached path with.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 2) return 64;
  int file = open(arguments[1], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) return 1;
  if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077) != 0) return 1;
  char text[16384];
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 1;
  text[length] = 0;
  const char *expiration = strstr(text, "\"Expiration\":\"");
  if (expiration == NULL) return 1;
  struct tm end = {0};
  if (strptime(expiration + strlen("\"Expiration\":\""), "%Y-%m-%dT%H:%M:%SZ", &end) == NULL) return 1;
  if (timegm(&end) <= time(NULL)) return 1;
  return write(STDOUT_FILENO, text, (size_t)length) == length ? 0 : 74;
}
