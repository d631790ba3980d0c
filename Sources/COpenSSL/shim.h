// libcrypto's own headers, as they are. libssl is not used: TLS is libcurl's.
#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// OSSL_PARAM_BLD_push_* keeps the pointer to a parameter's name until the parameters are made. Swift imports the string
// macros as String, which lends a pointer for one call only; a C string literal lives for good.
static inline const char *COpenSSL_parameterRSAModulus(void) { return OSSL_PKEY_PARAM_RSA_N; }
static inline const char *COpenSSL_parameterRSAExponent(void) { return OSSL_PKEY_PARAM_RSA_E; }
static inline const char *COpenSSL_parameterGroupName(void) { return OSSL_PKEY_PARAM_GROUP_NAME; }
static inline const char *COpenSSL_parameterPublicKey(void) { return OSSL_PKEY_PARAM_PUB_KEY; }

// A macro made of other headers' macros, which Swift does not import.
static inline int COpenSSL_selectPublicKey(void) { return EVP_PKEY_PUBLIC_KEY; }
