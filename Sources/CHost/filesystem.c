#include "CHost.h"

#include <sys/vfs.h>

// Swift's Glibc module has no <sys/vfs.h>, and statvfs(3) tells no type.
long chost_file_system_type(int descriptor) {
  struct statfs system;
  return fstatfs(descriptor, &system) == 0 ? (long)system.f_type : -1;
}
