// libqrencode, opened when a code is to be shown: to load it at each start takes a tenth of a
// millisecond, and a machine that never shows one need not have it (docs/decisions/0019).
#pragma once
#include <qrencode.h>
#include <stdbool.h>

/// Opens the library, once for the process. False if it is not there.
bool daypass_qr_open(void);

/// QRcode_encodeData of any version, at level L. NULL if memory ran out; after `daypass_qr_open` alone.
QRcode *daypass_qr_encode(int size, const unsigned char *bytes);
void daypass_qr_free(QRcode *symbol);
