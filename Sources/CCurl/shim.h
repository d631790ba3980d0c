// What Swift cannot reach of libcurl by itself.
//
// Swift does not import variadic functions, so curl_easy_setopt and curl_easy_getinfo are wrapped here, one wrapper
// for each type an argument can have. The parentheses around the names keep curl's type-checking macros out, which
// expect the option to be a literal. Constants are used under the names that <curl/curl.h> gives them.
#pragma once
#include <curl/curl.h>

// Numbers and switches: curl reads exactly a C long.
static inline CURLcode daypass_curl_set_long(CURL *handle, CURLoption option, long value) {
  return (curl_easy_setopt)(handle, option, value);
}

// Sizes that do not fit a long everywhere.
static inline CURLcode daypass_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return (curl_easy_setopt)(handle, option, value);
}

// Text, which curl copies.
static inline CURLcode daypass_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return (curl_easy_setopt)(handle, option, value);
}

// Everything curl only borrows: bodies, header lists, URL handles, blobs, the callbacks' context.
static inline CURLcode daypass_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return (curl_easy_setopt)(handle, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION, which share their type.
static inline CURLcode daypass_curl_set_receiver(CURL *handle, CURLoption option, curl_write_callback value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode daypass_curl_set_opener(CURL *handle, CURLoption option, curl_opensocket_callback value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode daypass_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode daypass_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return (curl_easy_getinfo)(handle, info, value);
}

// Text that stays curl's own; copy it before the handle is used again.
static inline CURLcode daypass_curl_get_text(CURL *handle, CURLINFO info, const char **value) {
  return (curl_easy_getinfo)(handle, info, value);
}

// The certificates that a server showed; curl's own until the handle is used again.
static inline CURLcode daypass_curl_get_certificates(CURL *handle, const struct curl_certinfo **value) {
  return (curl_easy_getinfo)(handle, CURLINFO_CERTINFO, value);
}

// CURLVERSION_NOW is a macro for an enumerator, which Swift does not import.
static inline const curl_version_info_data *daypass_curl_version(void) {
  return curl_version_info(CURLVERSION_NOW);
}

// Enumerators in some releases of libcurl and macros in others, which Swift imports as different types.
static const long DAYPASS_CURL_NETRC_IGNORED = CURL_NETRC_IGNORED;
static const long DAYPASS_CURL_SSLVERSION_TLSv1_2 = CURL_SSLVERSION_TLSv1_2;
static const long DAYPASS_CURL_HTTP_VERSION_2TLS = CURL_HTTP_VERSION_2TLS;
static const long DAYPASS_CURL_HEADER_SEPARATE = CURLHEADER_SEPARATE;
static const long DAYPASS_CURL_GLOBAL_DEFAULT = CURL_GLOBAL_DEFAULT;
