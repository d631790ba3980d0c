#define _GNU_SOURCE
#include "include/CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/// The same for every libcurl since 2006.
static const char LIBRARY[] = "libcurl.so.4";

struct daypass_curl_functions daypass_curl;
static char failure[512];

static void *find(void *library, const char *name) {
  void *function = dlsym(library, name);
  if (function == NULL && failure[0] == 0) snprintf(failure, sizeof failure, "%s has no %s", LIBRARY, name);
  return function;
}

/// GnuTLS, which comes with libcurl's RTMP, readies itself for half a millisecond wherever it is loaded, unless it is
/// told not to (gnutls_global_init(3)). Nothing here speaks RTMP; a libcurl that has its TLS from GnuTLS readies that
/// by itself.
static void *open_without_ado(void) {
  static const char variable[] = "GNUTLS_NO_IMPLICIT_INIT";
  bool was_set = getenv(variable) != NULL;
  if (!was_set) setenv(variable, "1", 0);
  void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  if (!was_set) unsetenv(variable);
  return library;
}

static void open_library(void) {
  void *library = open_without_ado();
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason != NULL ? reason : LIBRARY);
    return;
  }
#define FIND(name) daypass_curl.name = (__typeof__(name) *)find(library, #name);
  DAYPASS_CURL_FUNCTIONS(FIND)
#undef FIND
  // The first with all options that are set; others would be refused one by one, in the middle of a request.
  const curl_version_info_data *version = failure[0] == 0 ? daypass_curl.curl_version_info(CURLVERSION_NOW) : NULL;
  if (version != NULL && version->version_num < 0x075700)
    snprintf(failure, sizeof failure, "%s is of version %s", LIBRARY, version->version);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *daypass_curl_open(void) {
  pthread_once(&once, open_library);
  return failure[0] != 0 ? failure : NULL;
}
