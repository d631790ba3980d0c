// libcrypto's AES, GCM and SHA-256 by themselves, for the front. The EVP interface that `Crypto` uses readies all of the
// library first: seven million instructions for one file of 2 kB, where these take a quarter of one. Deprecated since
// OpenSSL 3.0, which means to move everybody to EVP; still there, and never fetched, configured or replaced. C because of
// the block function that is cast, and because the importer would warn of each name.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/aes.h>
#include <openssl/crypto.h>
#include <openssl/modes.h>
#include <openssl/sha.h>

/// Opens AES-256-GCM (NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16. 1 if every bit is right; what was put
/// into `plaintext` is to be wiped in either case.
static inline int CSealing_open(
  const unsigned char *key, const unsigned char *nonce, const unsigned char *associated, size_t associatedCount,
  const unsigned char *ciphertext, size_t count, const unsigned char *tag, unsigned char *plaintext) {
  AES_KEY schedule;
  if (AES_set_encrypt_key(key, 256, &schedule) != 0) return 0;
  GCM128_CONTEXT *context = CRYPTO_gcm128_new(&schedule, (block128_f)AES_encrypt);
  int isOpen = 0;
  if (context != NULL) {
    CRYPTO_gcm128_setiv(context, nonce, 12);
    isOpen = CRYPTO_gcm128_aad(context, associated, associatedCount) == 0
      && CRYPTO_gcm128_decrypt(context, ciphertext, plaintext, count) == 0
      && CRYPTO_gcm128_finish(context, tag, 16) == 0;
    CRYPTO_gcm128_release(context);
  }
  OPENSSL_cleanse(&schedule, sizeof schedule);
  return isOpen;
}
