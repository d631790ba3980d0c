#include "include/CHost.h"
#include "given.h"

#include <unistd.h>

pid_t chost_continue_detached(void) {
  pid_t pid = fork();
  if (pid == 0) {
    setsid();
    chost_interrupts_renew();
  }
  return pid;
}
