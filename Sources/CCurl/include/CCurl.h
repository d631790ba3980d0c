// libcurl, opened when it is first needed: it brings thirty libraries, which take longer to load than most of what is
// done without a request (docs/decisions/0019). Every call goes through here.
//
// Swift does not import variadic functions, so curl_easy_setopt and curl_easy_getinfo have one wrapper for each type an
// argument can have. Constants and types are used under the names that <curl/curl.h> gives them.
#pragma once
// Its type-checking macros expect the option to be a literal.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

#define DAYPASS_CURL_FUNCTIONS(each) \
  each(curl_global_init) each(curl_version_info) each(curl_free) \
  each(curl_slist_append) each(curl_slist_free_all) \
  each(curl_url) each(curl_url_cleanup) each(curl_url_get) each(curl_url_set) \
  each(curl_easy_init) each(curl_easy_cleanup) each(curl_easy_reset) each(curl_easy_strerror) \
  each(curl_easy_setopt) each(curl_easy_getinfo) \
  each(curl_multi_init) each(curl_multi_cleanup) each(curl_multi_add_handle) each(curl_multi_remove_handle) \
  each(curl_multi_perform) each(curl_multi_poll) each(curl_multi_info_read)

#define DAYPASS_CURL_MEMBER(name) __typeof__(name) *name;
struct daypass_curl_functions {
  DAYPASS_CURL_FUNCTIONS(DAYPASS_CURL_MEMBER)
};
#undef DAYPASS_CURL_MEMBER

extern struct daypass_curl_functions daypass_curl;

/// Opens libcurl, once for the process. NULL if it is there with every function, else why it is not; that text stays.
/// To be called for the first time before any thread is started, because it changes the environment for a moment.
const char *daypass_curl_open(void);

// What begins with these: nothing, where there is no libcurl. Everything else needs what they give.

static inline CURLcode daypass_curl_global_init(long flags) {
  return daypass_curl_open() ? CURLE_FAILED_INIT : daypass_curl.curl_global_init(flags);
}

static inline CURL *daypass_curl_easy_init(void) {
  return daypass_curl_open() ? NULL : daypass_curl.curl_easy_init();
}

static inline CURLM *daypass_curl_multi_init(void) {
  return daypass_curl_open() ? NULL : daypass_curl.curl_multi_init();
}

static inline CURLU *daypass_curl_url(void) { return daypass_curl_open() ? NULL : daypass_curl.curl_url(); }

static inline struct curl_slist *daypass_curl_slist_append(struct curl_slist *list, const char *line) {
  return daypass_curl_open() ? NULL : daypass_curl.curl_slist_append(list, line);
}

static inline const curl_version_info_data *daypass_curl_version(void) {
  return daypass_curl_open() ? NULL : daypass_curl.curl_version_info(CURLVERSION_NOW);
}

static inline void daypass_curl_free(void *memory) { daypass_curl.curl_free(memory); }

// NULL is an empty list, which whoever never made one has.
static inline void daypass_curl_slist_free_all(struct curl_slist *list) {
  if (list) daypass_curl.curl_slist_free_all(list);
}

static inline void daypass_curl_url_cleanup(CURLU *url) { daypass_curl.curl_url_cleanup(url); }

static inline CURLUcode daypass_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
  return daypass_curl.curl_url_get(url, part, text, flags);
}

static inline CURLUcode daypass_curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags) {
  return daypass_curl.curl_url_set(url, part, text, flags);
}

static inline void daypass_curl_easy_cleanup(CURL *handle) { daypass_curl.curl_easy_cleanup(handle); }

static inline void daypass_curl_easy_reset(CURL *handle) { daypass_curl.curl_easy_reset(handle); }

static inline const char *daypass_curl_easy_strerror(CURLcode code) { return daypass_curl.curl_easy_strerror(code); }

static inline void daypass_curl_multi_cleanup(CURLM *multi) { daypass_curl.curl_multi_cleanup(multi); }

static inline CURLMcode daypass_curl_multi_add_handle(CURLM *multi, CURL *handle) {
  return daypass_curl.curl_multi_add_handle(multi, handle);
}

static inline CURLMcode daypass_curl_multi_remove_handle(CURLM *multi, CURL *handle) {
  return daypass_curl.curl_multi_remove_handle(multi, handle);
}

static inline CURLMcode daypass_curl_multi_perform(CURLM *multi, int *running) {
  return daypass_curl.curl_multi_perform(multi, running);
}

static inline CURLMcode daypass_curl_multi_poll(
  CURLM *multi, struct curl_waitfd extra[], unsigned count, int milliseconds) {
  return daypass_curl.curl_multi_poll(multi, extra, count, milliseconds, NULL);
}

static inline CURLMsg *daypass_curl_multi_info_read(CURLM *multi, int *left) {
  return daypass_curl.curl_multi_info_read(multi, left);
}

// Numbers and switches: curl reads exactly a C long.
static inline CURLcode daypass_curl_set_long(CURL *handle, CURLoption option, long value) {
  return daypass_curl.curl_easy_setopt(handle, option, value);
}

// Sizes that do not fit a long everywhere.
static inline CURLcode daypass_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return daypass_curl.curl_easy_setopt(handle, option, value);
}

// Text, which curl copies.
static inline CURLcode daypass_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return daypass_curl.curl_easy_setopt(handle, option, value);
}

// Everything curl only borrows: bodies, header lists, URL handles, blobs, the callbacks' context.
static inline CURLcode daypass_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return daypass_curl.curl_easy_setopt(handle, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION, which share their type.
static inline CURLcode daypass_curl_set_receiver(CURL *handle, CURLoption option, curl_write_callback value) {
  return daypass_curl.curl_easy_setopt(handle, option, value);
}

static inline CURLcode daypass_curl_set_opener(CURL *handle, CURLoption option, curl_opensocket_callback value) {
  return daypass_curl.curl_easy_setopt(handle, option, value);
}

static inline CURLcode daypass_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return daypass_curl.curl_easy_getinfo(handle, info, value);
}

static inline CURLcode daypass_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return daypass_curl.curl_easy_getinfo(handle, info, value);
}

// Text that stays curl's own; copy it before the handle is used again.
static inline CURLcode daypass_curl_get_text(CURL *handle, CURLINFO info, const char **value) {
  return daypass_curl.curl_easy_getinfo(handle, info, value);
}

// The certificates that a server showed; curl's own until the handle is used again.
static inline CURLcode daypass_curl_get_certificates(CURL *handle, const struct curl_certinfo **value) {
  return daypass_curl.curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

// Enumerators in some releases of libcurl and macros in others, which Swift imports as different types.
static const long DAYPASS_CURL_NETRC_IGNORED = CURL_NETRC_IGNORED;
static const long DAYPASS_CURL_SSLVERSION_TLSv1_2 = CURL_SSLVERSION_TLSv1_2;
static const long DAYPASS_CURL_HTTP_VERSION_2TLS = CURL_HTTP_VERSION_2TLS;
static const long DAYPASS_CURL_HEADER_SEPARATE = CURLHEADER_SEPARATE;
static const long DAYPASS_CURL_GLOBAL_DEFAULT = CURL_GLOBAL_DEFAULT;
