// Stands in for the seven symbols of FoundationEssentials that swift-argument-parser refers to, so that the linker finds
// them here and leaves the library, 5 MB of it, where it is (docs/decisions/0017).
//
// ArgumentParser needs the library for two things: to print the command line's description as JSON
// (--experimental-dump-help, which daypass refuses before the parser sees it), and to ask an error whether it is a
// LocalizedError, which no error of ours is. The first ends in abort(); the second needs a protocol that nothing
// conforms to.
//
// All are weak: should another symbol bring the library after all, its own definitions hold.
#include <stdlib.h>

#define NEVER_CALLED(name, symbol) \
  void name(void) __asm__(symbol); \
  __attribute__((weak)) void name(void) { abort(); }

NEVER_CALLED(encoder_metadata, "$s20FoundationEssentials11JSONEncoderCMa")
NEVER_CALLED(encoder_init, "$s20FoundationEssentials11JSONEncoderCACycfc")
NEVER_CALLED(sorted_keys, "$s20FoundationEssentials11JSONEncoderC16OutputFormattingV10sortedKeysAEvau")
NEVER_CALLED(pretty_printed, "$s20FoundationEssentials11JSONEncoderC16OutputFormattingV13prettyPrintedAEvau")
NEVER_CALLED(string_of_data, "$sSS20FoundationEssentialsE4data8encodingSSSgAA4DataVh_SSAAE8EncodingVtcfC")
NEVER_CALLED(encoding_utf8, "$sSS20FoundationEssentialsE8EncodingV4utf8ACvau")

// protocol LocalizedError {}, as the runtime reads it: flags (a protocol, unique, open to any type), no parent, the name,
// no requirements, no associated types. <https://github.com/swiftlang/swift/blob/main/docs/ABI/TypeMetadata.rst>
__asm__(
  ".pushsection .rodata,\"a\",%progbits\n"
  ".p2align 2\n"
  "1: .asciz \"LocalizedError\"\n"
  ".p2align 2\n"
  ".weak \"$s20FoundationEssentials14LocalizedErrorMp\"\n"
  ".type \"$s20FoundationEssentials14LocalizedErrorMp\",%object\n"
  "\"$s20FoundationEssentials14LocalizedErrorMp\":\n"
  ".long 0x10043, 0\n"
  ".long 1b - .\n"
  ".long 0, 0, 0\n"
  ".size \"$s20FoundationEssentials14LocalizedErrorMp\", 24\n"
  ".popsection\n");
