internal import COpenSSL
public import Model

/// AES-256-GCM (NIST SP 800-38D) with a random nonce: 2³² files under one key are safe, and a key seals a few a day.
extension OpenSSL {
  static let keySize = 32
  static let nonceSize = 12
  static let tagSize = 16

  public func seal(
    _ plaintext: Secret, key: Secret, associatedData: [UInt8]
  ) throws(CryptographyFailure) -> [UInt8] {
    guard key.count == OpenSSL.keySize else { throw .unusableKey }
    let nonce = try randomBytes(OpenSSL.nonceSize)
    guard let size = Int32(exactly: plaintext.count), let associatedSize = Int32(exactly: associatedData.count) else {
      throw .library("more than 2 GiB to seal")
    }
    ERR_clear_error()
    guard let context = EVP_CIPHER_CTX_new() else { throw ErrorQueue.failure("EVP_CIPHER_CTX_new") }
    defer { EVP_CIPHER_CTX_free(context) }

    var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
    var tag = [UInt8](repeating: 0, count: OpenSSL.tagSize)
    var written: Int32 = 0
    let isSealed =
      key.withBytes { EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, $0.octets, nonce) } == 1
      && (associatedSize == 0 || EVP_EncryptUpdate(context, nil, &written, associatedData, associatedSize) == 1)
      && (size == 0
        || plaintext.withBytes { EVP_EncryptUpdate(context, &ciphertext, &written, $0.octets, size) } == 1)
      && EVP_EncryptFinal_ex(context, nil, &written) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(OpenSSL.tagSize), &tag) == 1
    guard isSealed else { throw ErrorQueue.failure("AES-256-GCM") }
    return nonce + ciphertext + tag
  }

  public func open(_ sealed: [UInt8], key: Secret, associatedData: [UInt8]) -> Secret? {
    guard key.count == OpenSSL.keySize, sealed.count >= OpenSSL.nonceSize + OpenSSL.tagSize else { return nil }
    let nonce = Array(sealed.prefix(OpenSSL.nonceSize))
    let ciphertext = Array(sealed.dropFirst(OpenSSL.nonceSize).dropLast(OpenSSL.tagSize))
    var tag = Array(sealed.suffix(OpenSSL.tagSize))
    guard let size = Int32(exactly: ciphertext.count), let associatedSize = Int32(exactly: associatedData.count) else {
      return nil
    }
    ERR_clear_error()
    defer { ERR_clear_error() }
    guard let context = EVP_CIPHER_CTX_new() else { return nil }
    defer { EVP_CIPHER_CTX_free(context) }

    // Memory of its own rather than an array, so that it can be wiped: it holds the plaintext before the tag is
    // checked.
    let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: ciphertext.count, alignment: 1)
    defer {
      if let memory = plaintext.baseAddress { OPENSSL_cleanse(memory, plaintext.count) }
      plaintext.deallocate()
    }
    let output = plaintext.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var written: Int32 = 0
    let isOpen =
      key.withBytes { EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, $0.octets, nonce) } == 1
      && (associatedSize == 0 || EVP_DecryptUpdate(context, nil, &written, associatedData, associatedSize) == 1)
      && (size == 0 || EVP_DecryptUpdate(context, output, &written, ciphertext, size) == 1)
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(OpenSSL.tagSize), &tag) == 1
      && EVP_DecryptFinal_ex(context, nil, &written) == 1
    return isOpen ? Secret(plaintext) : nil
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}
