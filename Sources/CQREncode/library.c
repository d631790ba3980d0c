#include "include/CQREncode.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static __typeof__(QRcode_encodeData) *encode;
static __typeof__(QRcode_free) *release;

static void open_library(void) {
  void *library = dlopen("libqrencode.so.4", RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) return;
  encode = (__typeof__(QRcode_encodeData) *)dlsym(library, "QRcode_encodeData");
  release = (__typeof__(QRcode_free) *)dlsym(library, "QRcode_free");
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

bool daypass_qr_open(void) {
  pthread_once(&once, open_library);
  return encode != NULL && release != NULL;
}

QRcode *daypass_qr_encode(int size, const unsigned char *bytes) { return encode(size, bytes, 0, QR_ECLEVEL_L); }

void daypass_qr_free(QRcode *symbol) { release(symbol); }
